// SPDX-License-Identifier: Apache-2.0
import type { CallerRefusal } from '../../domain/refusal';
import type { Wordings } from './wording';

/** Of sessions, agents and tokens: who calls is not who may. */
export const CALLERS: Wordings<CallerRefusal> = {
  session_unknown: {
    status: 409,
    title: 'Session is not open',
    detail: ({ sessionId }) =>
      `Session ${sessionId} is unknown, ended or expired, and its leases are lost. Stop its work and register with a new session id.`,
  },
  session_conflict: {
    status: 409,
    title: 'Session id is taken',
    detail: ({ sessionId }) =>
      `Session ${sessionId} was registered with other properties. Choose a new session id.`,
  },
  domain_conflict: {
    status: 409,
    title: 'Domain is that of another file system',
    detail: ({ domain, name, host, rivalName, rivalHost }) =>
      `Hosts ${host} (agent ${name}) and ${rivalHost} (${rivalName}) both say domain ${domain} and have different folders. Disks of their own: give each its own "domain", and both one "destination" if they hold parts of one copy. One file system: the same --dest-dir and --cache-dir.`,
  },
  contract_unsupported: {
    status: 426,
    title: 'Contract version is not supported',
    detail: ({ presented, supported }) =>
      `The agent speaks contract version ${presented}; this coordinator speaks ${supported}. ${
        presented < supported
          ? "Install the agent.jar of the coordinator's release on this host."
          : "Deploy the coordinator of the agent's release first, or install the agent.jar of the coordinator's."
      }`,
  },
  role_mismatch: {
    status: 403,
    title: 'Session has another role',
    detail: ({ sessionRole, needed }) =>
      `The session is registered as ${sessionRole}; this call is for ${needed}. Register as ${needed} or both.`,
  },
  agent_unknown: {
    status: 404,
    title: 'Agent is unknown',
    detail: ({ name }) => `No live agent is called ${name}. GET /v1/agents lists them.`,
  },
  token_unknown: {
    status: 404,
    title: 'Token is unknown',
    detail: ({ tokenId }) =>
      `There is no token ${tokenId}. GET /v1/tokens lists those that were added.`,
  },
  token_revoked: {
    status: 409,
    title: 'Token was revoked',
    detail: ({ tokenId }) =>
      `The token is the former token ${tokenId} and stays revoked. Make a new one.`,
  },
  token_conflict: {
    status: 409,
    title: 'Token is there already',
    detail: ({ tokenId, name, role }) =>
      `The token is token ${tokenId}, for ${name} as ${role}. Make a new one for another holder.`,
  },
};
