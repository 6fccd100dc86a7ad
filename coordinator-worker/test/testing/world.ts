// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { createApp } from '../../src/index';
import type { Bindings } from '../../src/env';
import type {
  BatchReply,
  JobStatus,
  Lease,
  LeaseReply,
  LeaseRequest,
  ManifestPage,
  ManifestPart,
  Messages,
  PlacingFile,
  PlannedFile,
  Problem,
  ProvedItem,
  ProvingFile,
  SlicePage,
  Status,
  Sweep,
  TaskExplanation,
} from '../../src/generated/messages';
import { check } from '../../src/http/validate';
import type { MessageName } from '../../src/generated/schemas';
import { Meter } from './meter';
import { ZONE } from './planned';

export { planned, ZONE } from './planned';

type Role = 'send' | 'recv' | 'both' | 'admin' | 'read';

/** What an answer may be: every one is checked against the contract. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** Tests make more calls in a second than the limits of wrangler.toml permit. */
const NO_LIMIT: RateLimit = { limit: () => Promise.resolve({ success: true }) };
const UNLIMITED = { CALLS_LIMIT: NO_LIMIT, REFUSALS_LIMIT: NO_LIMIT };

/** The real Worker on the real migrations, with a clock that only the test moves. */
export class World {
  now = 1_800_000_000_000;
  readonly meter = new Meter(env.DB);
  private readonly app = createApp(() => this.now);
  private readonly bindings: Bindings;
  private requests = 0;

  constructor(overrides: Partial<Bindings> = {}) {
    this.bindings = { ...env, DB: this.meter.database, ...UNLIMITED, ...overrides };
  }

  async raw(path: string, init: RequestInit = {}): Promise<Response> {
    return this.app.request(path, init, this.bindings);
  }

  async call<Name extends MessageName>(
    reply: Name,
    method: string,
    path: string,
    options: { body?: unknown; as?: Role } = {},
  ): Promise<Messages[Name]> {
    const answer = await this.attempt(method, path, options);
    if (answer.status !== 200) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return check(reply, answer.body);
  }

  /** The problem that the call is answered with. */
  async problem(
    method: string,
    path: string,
    options: { body?: unknown; as?: Role } = {},
  ): Promise<Problem> {
    const answer = await this.attempt(method, path, options);
    const problem = check('Problem', answer.body);
    if (problem.status !== answer.status) throw new Error(JSON.stringify(answer));
    return problem;
  }

  async attempt(
    method: string,
    path: string,
    { body, as = 'admin' }: { body?: unknown; as?: Role } = {},
  ): Promise<Answer<unknown>> {
    const response = await this.raw(path, {
      method,
      headers: { Authorization: `Bearer test-${as}-token` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  /** A fresh request id, as an agent would choose it. */
  requestId(): string {
    this.requests += 1;
    return `request-${this.requests}-${crypto.randomUUID().slice(0, 8)}`;
  }

  async agent(role: 'send' | 'recv' | 'both', options: Partial<AgentOptions> = {}): Promise<Agent> {
    const sessionId = options.sessionId ?? `s-${crypto.randomUUID()}`;
    const name = options.name ?? `${role}-${sessionId.slice(2, 8)}`;
    const host = options.host ?? name;
    const domain = options.domain ?? host;
    const destination = options.destination ?? DESTINATION;
    const folder = options.folder ?? folderOf(domain);
    const agent = new Agent(this, { sessionId, name, host, role, domain, destination, folder });
    await agent.register();
    return agent;
  }

  async submit(job: JobOptions, files: readonly PlannedFile[], seal = true): Promise<JobStatus> {
    const jobId = job.jobId ?? newJobId();
    const claimer = job.destination === null ? null : await this.claimer(jobId, job.destination);
    await this.call('JobStatus', 'POST', '/v1/jobs', {
      body: {
        job_id: jobId,
        slice_size_bytes: job.sliceSizeBytes ?? 100,
        window_bytes: job.windowBytes ?? 1_000_000,
        session_id: claimer?.sessionId ?? null,
      },
    });
    await claimer?.end();
    if (files.length > 0) {
      const { results } = await this.call('BatchReply', 'POST', `/v1/jobs/${jobId}/files`, {
        body: { files },
      });
      const refused = results.find(({ outcome }) => outcome === 'refused');
      if (refused !== undefined) throw new Error(JSON.stringify(refused));
    }
    if (!seal) return this.job(jobId);
    return this.call('JobStatus', 'POST', `/v1/jobs/${jobId}/seal`, {
      body: { file_count: files.length },
    });
  }

  /** As `recv` does that submits a job, and goes. */
  async claim(jobId: string, destination: string): Promise<void> {
    const receiver = await this.claimer(jobId, destination);
    await receiver.claim(jobId);
    await receiver.end();
  }

  private claimer(jobId: string, destination = DESTINATION): Promise<Agent> {
    return this.agent('recv', { destination, domain: `of-${jobId}` });
  }

  job(jobId: string): Promise<JobStatus> {
    return this.call('JobStatus', 'GET', `/v1/jobs/${jobId}`);
  }

  /** An operator's call on a job. */
  control(jobId: string, verb: 'pause' | 'resume' | 'cancel'): Promise<JobStatus> {
    return this.call('JobStatus', 'POST', `/v1/jobs/${jobId}/${verb}`);
  }

  retry(jobId: string, taskIds: string[] | null = null): Promise<JobStatus> {
    return this.call('JobStatus', 'POST', '/v1/tasks/retry', {
      body: { job_id: jobId, task_ids: taskIds },
    });
  }

  async direct(agent: Agent, directive: 'work' | 'pause' | 'drain'): Promise<number> {
    const { sessions } = await this.call('DirectiveReply', 'POST', '/v1/agents/directive', {
      body: { name: agent.options.name, directive },
    });
    return sessions;
  }

  explain(taskId: string): Promise<TaskExplanation> {
    return this.call('TaskExplanation', 'GET', `/v1/tasks/${taskId}`);
  }

  /** What was placed at a destination. */
  async manifests(destination = DESTINATION): Promise<ManifestPart[]> {
    const parts: ManifestPart[] = [];
    let after: string | null = '';
    while (after !== null) {
      const query = new URLSearchParams(after === '' ? { destination } : { destination, after });
      const page: ManifestPage = await this.call(
        'ManifestPage',
        'GET',
        `/v1/manifests?${query.toString()}`,
      );
      parts.push(...page.parts);
      after = page.next;
    }
    return parts;
  }

  status(): Promise<Status> {
    return this.call('Status', 'GET', '/status');
  }
}

interface AgentOptions {
  readonly sessionId: string;
  readonly name: string;
  readonly host: string;
  readonly role: 'send' | 'recv' | 'both';
  readonly domain: string;
  readonly destination: string;
  /** Id of the folder where its files go. */
  readonly folder: string | null;
}

interface JobOptions {
  readonly jobId?: string;
  /** null: it has none yet. */
  readonly destination?: string | null;
  readonly sliceSizeBytes?: number;
  readonly windowBytes?: number;
}

/** Where everything goes in tests that are not about destinations. */
export const DESTINATION = 'the-copy';

/** Agents of a domain share a file system, unless a test says otherwise. */
const folderOf = (domain: string): string =>
  [...domain]
    .map((char) => char.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('')
    .slice(-32)
    .padStart(32, '0');

export function newJobId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

/** What a slice's SHA-256 is in tests: made of its id, so that it is the same for both sides. */
export const sha256Of = (lease: Pick<Lease, 'task_id'>): string =>
  [...lease.task_id]
    .map((char) => char.charCodeAt(0).toString(16))
    .join('')
    .padEnd(64, '0');

/** A lease on a whole file. */
export interface NamedFile {
  readonly file_id: string;
  readonly lease_epoch: number;
}

/** An agent as it talks to the coordinator. */
export class Agent {
  constructor(
    private readonly world: World,
    readonly options: AgentOptions,
  ) {}

  get sessionId(): string {
    return this.options.sessionId;
  }

  registration() {
    const { sessionId, name, host, role, domain, destination, folder } = this.options;
    return {
      session_id: sessionId,
      name,
      host,
      role,
      domain,
      destination,
      target_folder_id: folder,
      agent_version: '0.1.0',
      contract_version: 1,
    };
  }

  register() {
    return this.world.call('AgentSession', 'POST', '/v1/agents', { body: this.registration() });
  }

  /** Submits the job as its destination's. */
  claim(jobId: string): Promise<JobStatus> {
    return this.world.call('JobStatus', 'POST', '/v1/jobs', { body: this.claiming(jobId) });
  }

  claiming(jobId: string) {
    return {
      job_id: jobId,
      slice_size_bytes: 100,
      window_bytes: 1_000_000,
      session_id: this.sessionId,
    };
  }

  heartbeat(held: readonly Lease[] = [], bytesPerSecond = 0, files: readonly NamedFile[] = []) {
    return this.world.call('HeartbeatReply', 'POST', `/v1/agents/${this.sessionId}/heartbeat`, {
      body: {
        transferred_bytes: 0,
        bytes_per_second: bytesPerSecond,
        held: held.map(({ task_id, lease_epoch }) => ({ task_id, lease_epoch })),
        held_files: files.map(({ file_id, lease_epoch }) => ({ file_id, lease_epoch })),
      },
    });
  }

  end() {
    return this.world.call('SessionEnd', 'DELETE', `/v1/agents/${this.sessionId}`);
  }

  request(direction: 'send' | 'recv', options: Partial<LeaseRequest> = {}): LeaseRequest {
    return {
      session_id: this.sessionId,
      request_id: this.world.requestId(),
      direction,
      max_tasks: 32,
      max_bytes: Number.MAX_SAFE_INTEGER,
      zones: direction === 'send' ? [ZONE] : [],
      free_bytes: null,
      ...options,
    };
  }

  take(request: LeaseRequest): Promise<LeaseReply> {
    return this.world.call('LeaseReply', 'POST', '/v1/leases', { body: request });
  }

  async send(options: Partial<LeaseRequest> = {}): Promise<Lease[]> {
    return (await this.take(this.request('send', options))).leases;
  }

  async recv(options: Partial<LeaseRequest> = {}): Promise<Lease[]> {
    return (await this.take(this.request('recv', options))).leases;
  }

  completion(leases: readonly Lease[]) {
    return {
      session_id: this.sessionId,
      items: leases.map((lease) => ({
        task_id: lease.task_id,
        lease_epoch: lease.lease_epoch,
        object_key: lease.object_key,
        size_bytes: lease.length_bytes,
        sha256: sha256Of(lease),
      })),
    };
  }

  /** Of sent slices with what the source was, where that is to be said. */
  complete(leases: readonly Lease[], stamp: string | null = null): Promise<BatchReply> {
    const { session_id, items } = this.completion(leases);
    const stamped = items.map((item) => ({ ...item, source_stamp: stamp }));
    return this.world.call('BatchReply', 'POST', '/v1/tasks/complete', {
      body: { session_id, items: stamp === null ? items : stamped },
    });
  }

  fail(
    leases: readonly Lease[],
    kind: 'retry' | 'unreachable' | 'source_other' | 'object_bad' | 'permanent',
  ): Promise<BatchReply> {
    return this.world.call('BatchReply', 'POST', '/v1/tasks/fail', {
      body: {
        session_id: this.sessionId,
        items: leases.map(({ task_id, lease_epoch }) => ({
          task_id,
          lease_epoch,
          kind,
          reason: 'test_reason',
          detail: 'a test made it fail',
        })),
      },
    });
  }

  release(leases: readonly Lease[]): Promise<BatchReply> {
    return this.world.call('BatchReply', 'POST', '/v1/tasks/release', {
      body: {
        session_id: this.sessionId,
        items: leases.map(({ task_id, lease_epoch }) => ({ task_id, lease_epoch })),
      },
    });
  }

  async takeResolving(requestId = this.world.requestId(), zones: string[] = [ZONE]) {
    const reply = await this.world.call('ResolvingReply', 'POST', '/v1/files/take-resolving', {
      body: { session_id: this.sessionId, request_id: requestId, zones, max_files: 100 },
    });
    return reply.files;
  }

  resolved(
    files: readonly NamedFile[],
    verdict: 'append' | 'full' | 'unreachable' | 'failed',
  ): Promise<BatchReply> {
    const items = files.map(({ file_id, lease_epoch }) => ({
      file_id,
      lease_epoch,
      verdict,
      detail: null,
    }));
    return this.world.call('BatchReply', 'POST', '/v1/files/resolved', {
      body: { session_id: this.sessionId, items },
    });
  }

  async takeProving(requestId = this.world.requestId()): Promise<ProvingFile[]> {
    const reply = await this.world.call('ProvingReply', 'POST', '/v1/files/take-proving', {
      body: {
        session_id: this.sessionId,
        request_id: requestId,
        zones: [ZONE],
        max_files: 100,
      },
    });
    return reply.files;
  }

  slices(files: readonly ProvingFile[], after: number | null, limit: number): Promise<SlicePage> {
    const [file] = files;
    return this.world.call('SlicePage', 'POST', '/v1/files/slices', {
      body: {
        session_id: this.sessionId,
        file_id: file?.file_id,
        lease_epoch: file?.lease_epoch,
        after,
        limit,
      },
    });
  }

  proved(
    files: readonly { file_id: string; lease_epoch: number }[],
    outcome: ProvedItem['outcome'],
  ): Promise<BatchReply> {
    const items = files.map(({ file_id, lease_epoch }) => ({
      file_id,
      lease_epoch,
      outcome,
      detail: null,
    }));
    return this.world.call('BatchReply', 'POST', '/v1/files/proved', {
      body: { session_id: this.sessionId, items },
    });
  }

  async takePlacing(requestId = this.world.requestId(), maxFiles = 10): Promise<PlacingFile[]> {
    const reply = await this.world.call('PlacingReply', 'POST', '/v1/files/take-placing', {
      body: { session_id: this.sessionId, request_id: requestId, max_files: maxFiles },
    });
    return reply.files;
  }

  placed(
    files: readonly NamedFile[],
    outcome: 'placed' | 'failed' | 'retry' | 'restart' | 'release' = 'placed',
    detail: string | null = null,
    targetPath: string | null = null,
  ): Promise<BatchReply> {
    const items = files.map(({ file_id, lease_epoch }) => ({
      file_id,
      lease_epoch,
      outcome,
      detail,
      target_path: targetPath,
    }));
    return this.world.call('BatchReply', 'POST', '/v1/files/placed', {
      body: { session_id: this.sessionId, items },
    });
  }

  async takeGarbage(maxObjects = 1000): Promise<string[]> {
    const reply = await this.world.call('GarbageReply', 'POST', '/v1/garbage/take', {
      body: { session_id: this.sessionId, max_objects: maxObjects },
    });
    return reply.object_keys;
  }

  /** The job to look through, if one is due. */
  async takeSweep(requestId = this.world.requestId()): Promise<Sweep | null> {
    const reply = await this.world.call('SweepReply', 'POST', '/v1/garbage/take-sweep', {
      body: { session_id: this.sessionId, request_id: requestId },
    });
    return reply.sweeps[0] ?? null;
  }

  /** The keys of them that are garbage because no row knows them. */
  async listed(jobId: string, keys: readonly string[], ageMs: number): Promise<string[]> {
    const objects = keys.map((object_key) => ({
      object_key,
      last_modified_ms: this.world.now - ageMs,
    }));
    const reply = await this.world.call('GarbageReply', 'POST', '/v1/garbage/listed', {
      body: { session_id: this.sessionId, job_id: jobId, objects },
    });
    return reply.object_keys;
  }

  async deleted(keys: readonly string[]): Promise<number> {
    const reply = await this.world.call('GarbageConfirmed', 'POST', '/v1/garbage/deleted', {
      body: { session_id: this.sessionId, object_keys: keys },
    });
    return reply.credited_bytes;
  }
}

export const outcomes = (reply: BatchReply): string[] =>
  reply.results.map(({ outcome, problem }) =>
    outcome === 'ok' ? 'ok' : (problem?.type.split(':').at(-1) ?? ''),
  );
