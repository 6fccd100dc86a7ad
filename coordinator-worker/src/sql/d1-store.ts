// SPDX-License-Identifier: Apache-2.0
import type { Store } from '../domain/store';
import { audit, auditPage } from './audit';
import { liveAgents, taskFacts } from './explain';
import { noteProbe, untriedElsewhere } from './failures';
import { findFiles, moveFiles, restartStranded } from './file-moves';
import { takePlacing, takeResolving } from './file-takes';
import { confirmGarbage, takeGarbage } from './garbage';
import { addFiles, findJob, newestJobs, sealJob, submitJob } from './jobs';
import {
  cancelFiles,
  controlJob,
  directSessions,
  failedFiles,
  jobPage,
  reviveFiles,
} from './operators';
import { settleJob } from './publishing';
import {
  beginRecount,
  finishRecount,
  jobDueForRecount,
  jobsToCount,
  keepReport,
  recountPart,
  recountReports,
} from './recount';
import { agentPage, filePage, newestAgents, taskPage } from './reports';
import {
  buryClosing,
  closeSession,
  closingSessions,
  findSession,
  forgetSessions,
  leasesOf,
  noteTake,
  openSession,
  renewSession,
  servedByOthers,
  tasksTakenBy,
  zones,
} from './sessions';
import { averageSendRate, steal } from './steals';
import { discardUnknown, takeSweep } from './sweeps';
import { leasesAgain, takeRecv, takeSend, wasTaken, whyNoRecv, whyNoSend } from './takes';
import { findTasks, moveTasks } from './task-moves';
import { addToken, findToken, revokeToken, tokenPage } from './tokens';

/** The store on D1. */
export function d1Store(db: D1Database): Store {
  return {
    openSession: (session) => openSession(db, session),
    session: (sessionId) => findSession(db, sessionId),
    renewSession: (renewal) => renewSession(db, renewal),
    noteTake: (sessionId, found) => noteTake(db, sessionId, found),
    noteProbe: (sessionId, nextAt) => noteProbe(db, sessionId, nextAt),
    servedByOthers: (sessionId, now) => servedByOthers(db, sessionId, now),
    closeSession: (sessionId) => closeSession(db, sessionId),
    closingSessions: (now) => closingSessions(db, now),
    leasesOf: (sessionId) => leasesOf(db, sessionId),
    tasksTakenBy: (sessionId, takenBefore) => tasksTakenBy(db, sessionId, takenBefore),
    buryClosing: (sessionId, state) => buryClosing(db, sessionId, state),
    forgetSessions: (lastSeenBefore) => forgetSessions(db, lastSeenBefore),
    zones: () => zones(db),

    submitJob: (job, now) => submitJob(db, job, now),
    job: (jobId) => findJob(db, jobId),
    addFiles: (jobId, planned) => addFiles(db, jobId, planned),
    sealJob: (jobId, fileCount) => sealJob(db, jobId, fileCount),

    wasTaken: (take) => wasTaken(db, take),
    takeSend: (take) => takeSend(db, take),
    steal: (take) => steal(db, take),
    averageSendRate: (now) => averageSendRate(db, now),
    takeRecv: (take) => takeRecv(db, take),
    leasesAgain: (take) => leasesAgain(db, take),
    whyNoSend: (take) => whyNoSend(db, take),
    whyNoRecv: (take) => whyNoRecv(db, take),
    takeResolving: (take) => takeResolving(db, take),
    takePlacing: (take) => takePlacing(db, take),

    tasks: (refs) => findTasks(db, refs),
    untriedElsewhere: (refs, host, now) => untriedElsewhere(db, refs, host, now),
    moveTasks: (sessionId, transitions, after) => moveTasks(db, sessionId, transitions, after),
    files: (ids) => findFiles(db, ids),
    moveFiles: (sessionId, transitions, after) => moveFiles(db, sessionId, transitions, after),
    restartStranded: (times) => restartStranded(db, times),

    takeGarbage: (take) => takeGarbage(db, take),
    confirmGarbage: (sessionId, keys, now) => confirmGarbage(db, sessionId, keys, now),

    takeSweep: (take) => takeSweep(db, take),
    discardUnknown: (jobId, objects) => discardUnknown(db, jobId, objects),

    controlJob: (jobId, wanted) => controlJob(db, jobId, wanted),
    cancelFiles: (jobId, part) => cancelFiles(db, jobId, part),
    failedFiles: (jobId, limit) => failedFiles(db, jobId, limit),
    reviveFiles: (jobId, ids) => reviveFiles(db, jobId, ids),
    directSessions: (order) => directSessions(db, order),

    token: (sha256) => findToken(db, sha256),
    addToken: (token) => addToken(db, token),
    revokeToken: (tokenId, now) => revokeToken(db, tokenId, now),
    tokenPage: (query) => tokenPage(db, query),

    audit: (record) => audit(db, record, d1Store),
    auditPage: (query) => auditPage(db, query),

    jobsToCount: (query) => jobsToCount(db, query),
    jobDueForRecount: (startedBefore) => jobDueForRecount(db, startedBefore),
    beginRecount: (jobId, now) => beginRecount(db, jobId, now),
    recountPart: (jobId, most) => recountPart(db, jobId, most),
    finishRecount: (jobId, now) => finishRecount(db, jobId, now),
    settleJob: (jobId) => settleJob(db, jobId),
    keepReport: (report) => keepReport(db, report),
    recountReports: () => recountReports(db),

    jobPage: (query) => jobPage(db, query),
    agentPage: (query) => agentPage(db, query),
    taskFacts: (ref) => taskFacts(db, ref),
    liveAgents: (now) => liveAgents(db, now),
    jobs: () => newestJobs(db),
    agents: (seenSince) => newestAgents(db, seenSince),
    taskPage: (query) => taskPage(db, query),
    filePage: (query) => filePage(db, query),
  };
}
