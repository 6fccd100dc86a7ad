// SPDX-License-Identifier: Apache-2.0
// Generated from shared-schema/schemas by `npm run generate`. Change the schemas, not this file.

import type { Messages } from './messages';
import agentDirective from '../../../shared-schema/schemas/agent-directive.schema.json';
import agentPage from '../../../shared-schema/schemas/agent-page.schema.json';
import agentRegistration from '../../../shared-schema/schemas/agent-registration.schema.json';
import agentSession from '../../../shared-schema/schemas/agent-session.schema.json';
import agentStatus from '../../../shared-schema/schemas/agent-status.schema.json';
import auditEntry from '../../../shared-schema/schemas/audit-entry.schema.json';
import auditPage from '../../../shared-schema/schemas/audit-page.schema.json';
import batchReply from '../../../shared-schema/schemas/batch-reply.schema.json';
import completeBatch from '../../../shared-schema/schemas/complete-batch.schema.json';
import completedTask from '../../../shared-schema/schemas/completed-task.schema.json';
import directiveReply from '../../../shared-schema/schemas/directive-reply.schema.json';
import failBatch from '../../../shared-schema/schemas/fail-batch.schema.json';
import failedTask from '../../../shared-schema/schemas/failed-task.schema.json';
import fileBatch from '../../../shared-schema/schemas/file-batch.schema.json';
import filePage from '../../../shared-schema/schemas/file-page.schema.json';
import fileStatus from '../../../shared-schema/schemas/file-status.schema.json';
import garbageConfirmed from '../../../shared-schema/schemas/garbage-confirmed.schema.json';
import garbageDeleted from '../../../shared-schema/schemas/garbage-deleted.schema.json';
import garbageReply from '../../../shared-schema/schemas/garbage-reply.schema.json';
import garbageTake from '../../../shared-schema/schemas/garbage-take.schema.json';
import health from '../../../shared-schema/schemas/health.schema.json';
import heartbeatReply from '../../../shared-schema/schemas/heartbeat-reply.schema.json';
import heartbeat from '../../../shared-schema/schemas/heartbeat.schema.json';
import heldFile from '../../../shared-schema/schemas/held-file.schema.json';
import heldLease from '../../../shared-schema/schemas/held-lease.schema.json';
import hostFailure from '../../../shared-schema/schemas/host-failure.schema.json';
import itemResult from '../../../shared-schema/schemas/item-result.schema.json';
import jobPage from '../../../shared-schema/schemas/job-page.schema.json';
import jobSeal from '../../../shared-schema/schemas/job-seal.schema.json';
import jobStatus from '../../../shared-schema/schemas/job-status.schema.json';
import jobSubmission from '../../../shared-schema/schemas/job-submission.schema.json';
import leaseReply from '../../../shared-schema/schemas/lease-reply.schema.json';
import leaseRequest from '../../../shared-schema/schemas/lease-request.schema.json';
import lease from '../../../shared-schema/schemas/lease.schema.json';
import listedBatch from '../../../shared-schema/schemas/listed-batch.schema.json';
import listedObject from '../../../shared-schema/schemas/listed-object.schema.json';
import manifestPage from '../../../shared-schema/schemas/manifest-page.schema.json';
import manifestPart from '../../../shared-schema/schemas/manifest-part.schema.json';
import placedBatch from '../../../shared-schema/schemas/placed-batch.schema.json';
import placedItem from '../../../shared-schema/schemas/placed-item.schema.json';
import placingFile from '../../../shared-schema/schemas/placing-file.schema.json';
import placingReply from '../../../shared-schema/schemas/placing-reply.schema.json';
import plannedFile from '../../../shared-schema/schemas/planned-file.schema.json';
import problem from '../../../shared-schema/schemas/problem.schema.json';
import provedBatch from '../../../shared-schema/schemas/proved-batch.schema.json';
import provedItem from '../../../shared-schema/schemas/proved-item.schema.json';
import provingFile from '../../../shared-schema/schemas/proving-file.schema.json';
import provingReply from '../../../shared-schema/schemas/proving-reply.schema.json';
import readSlice from '../../../shared-schema/schemas/read-slice.schema.json';
import recountReport from '../../../shared-schema/schemas/recount-report.schema.json';
import releaseBatch from '../../../shared-schema/schemas/release-batch.schema.json';
import resolvedBatch from '../../../shared-schema/schemas/resolved-batch.schema.json';
import resolvedItem from '../../../shared-schema/schemas/resolved-item.schema.json';
import resolvingFile from '../../../shared-schema/schemas/resolving-file.schema.json';
import resolvingReply from '../../../shared-schema/schemas/resolving-reply.schema.json';
import retryRequest from '../../../shared-schema/schemas/retry-request.schema.json';
import sessionEnd from '../../../shared-schema/schemas/session-end.schema.json';
import sliceDigest from '../../../shared-schema/schemas/slice-digest.schema.json';
import slicePage from '../../../shared-schema/schemas/slice-page.schema.json';
import slicesRequest from '../../../shared-schema/schemas/slices-request.schema.json';
import status from '../../../shared-schema/schemas/status.schema.json';
import sweepReply from '../../../shared-schema/schemas/sweep-reply.schema.json';
import sweep from '../../../shared-schema/schemas/sweep.schema.json';
import takePlacing from '../../../shared-schema/schemas/take-placing.schema.json';
import takeResolving from '../../../shared-schema/schemas/take-resolving.schema.json';
import takeSweep from '../../../shared-schema/schemas/take-sweep.schema.json';
import tally from '../../../shared-schema/schemas/tally.schema.json';
import taskExplanation from '../../../shared-schema/schemas/task-explanation.schema.json';
import taskLine from '../../../shared-schema/schemas/task-line.schema.json';
import taskPage from '../../../shared-schema/schemas/task-page.schema.json';
import taskStatus from '../../../shared-schema/schemas/task-status.schema.json';
import tokenPage from '../../../shared-schema/schemas/token-page.schema.json';
import tokenStatus from '../../../shared-schema/schemas/token-status.schema.json';
import tokenSubmission from '../../../shared-schema/schemas/token-submission.schema.json';
import wait from '../../../shared-schema/schemas/wait.schema.json';
import zone from '../../../shared-schema/schemas/zone.schema.json';

/** Name of a message: the title of its schema. */
export type MessageName = keyof Messages;

/** Schemas by message name; they refer to each other by `$id`. */
export const SCHEMAS: Readonly<Record<MessageName, object>> = {
  AgentDirective: agentDirective,
  AgentPage: agentPage,
  AgentRegistration: agentRegistration,
  AgentSession: agentSession,
  AgentStatus: agentStatus,
  AuditEntry: auditEntry,
  AuditPage: auditPage,
  BatchReply: batchReply,
  CompleteBatch: completeBatch,
  CompletedTask: completedTask,
  DirectiveReply: directiveReply,
  FailBatch: failBatch,
  FailedTask: failedTask,
  FileBatch: fileBatch,
  FilePage: filePage,
  FileStatus: fileStatus,
  GarbageConfirmed: garbageConfirmed,
  GarbageDeleted: garbageDeleted,
  GarbageReply: garbageReply,
  GarbageTake: garbageTake,
  Health: health,
  HeartbeatReply: heartbeatReply,
  Heartbeat: heartbeat,
  HeldFile: heldFile,
  HeldLease: heldLease,
  HostFailure: hostFailure,
  ItemResult: itemResult,
  JobPage: jobPage,
  JobSeal: jobSeal,
  JobStatus: jobStatus,
  JobSubmission: jobSubmission,
  LeaseReply: leaseReply,
  LeaseRequest: leaseRequest,
  Lease: lease,
  ListedBatch: listedBatch,
  ListedObject: listedObject,
  ManifestPage: manifestPage,
  ManifestPart: manifestPart,
  PlacedBatch: placedBatch,
  PlacedItem: placedItem,
  PlacingFile: placingFile,
  PlacingReply: placingReply,
  PlannedFile: plannedFile,
  Problem: problem,
  ProvedBatch: provedBatch,
  ProvedItem: provedItem,
  ProvingFile: provingFile,
  ProvingReply: provingReply,
  ReadSlice: readSlice,
  RecountReport: recountReport,
  ReleaseBatch: releaseBatch,
  ResolvedBatch: resolvedBatch,
  ResolvedItem: resolvedItem,
  ResolvingFile: resolvingFile,
  ResolvingReply: resolvingReply,
  RetryRequest: retryRequest,
  SessionEnd: sessionEnd,
  SliceDigest: sliceDigest,
  SlicePage: slicePage,
  SlicesRequest: slicesRequest,
  Status: status,
  SweepReply: sweepReply,
  Sweep: sweep,
  TakePlacing: takePlacing,
  TakeResolving: takeResolving,
  TakeSweep: takeSweep,
  Tally: tally,
  TaskExplanation: taskExplanation,
  TaskLine: taskLine,
  TaskPage: taskPage,
  TaskStatus: taskStatus,
  TokenPage: tokenPage,
  TokenStatus: tokenStatus,
  TokenSubmission: tokenSubmission,
  Wait: wait,
  Zone: zone,
};
