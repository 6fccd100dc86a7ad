// SPDX-License-Identifier: Apache-2.0
import { JOB_CHARS_IN_KEY } from '../../domain/names';
import type { WorkRefusal } from '../../domain/refusal';
import type { Wordings } from './wording';

/** Of jobs, files and tasks: what is reported or wanted is not what there is. */
export const WORK: Wordings<WorkRefusal> = {
  job_unknown: {
    status: 404,
    title: 'Job is unknown',
    detail: ({ jobId }) => `There is no job ${jobId}. Submit it first.`,
  },
  job_cancelled: {
    status: 409,
    title: 'Job is cancelled',
    detail: ({ jobId }) =>
      `Job ${jobId} is cancelled. POST /v1/tasks/retry by an admin brings it back, its files and a plan that was cut short.`,
  },
  destination_mismatch: {
    status: 409,
    title: 'Job is for another destination',
    detail: destinationDetail,
  },
  job_sealed: {
    status: 409,
    title: 'Job is sealed',
    detail: ({ jobId, virtualPath }) =>
      `Job ${jobId} is sealed and has no file ${virtualPath}. Submit it in another job.`,
  },
  job_incomplete: {
    status: 409,
    title: 'Job has another number of files',
    detail: ({ jobId, current, presented }) =>
      `Job ${jobId} has ${current} files; the seal says ${presented}. Submit the whole plan, then seal.`,
  },
  slice_exceeds_window: {
    status: 422,
    title: 'A slice does not fit into the window',
    detail: ({ sliceSizeBytes, windowBytes }) =>
      `slice_size_bytes is ${sliceSizeBytes}, window_bytes ${windowBytes} (expected: slice_size_bytes <= window_bytes). Use a larger window or smaller slices.`,
  },
  file_conflict: {
    status: 409,
    title: 'File is already planned differently',
    detail: ({ virtualPath, fields }) =>
      `File ${virtualPath} is in the job with other values of ${fields.join(', ')}. Give it a virtual path of its own.`,
  },
  file_invalid: {
    status: 422,
    title: 'File can not be planned so',
    detail: ({ virtualPath, found, expected }) =>
      `File ${virtualPath}: ${found} (expected: ${expected}).`,
  },
  file_unknown: {
    status: 404,
    title: 'File is unknown',
    detail: ({ fileId }) => `There is no file ${fileId}.`,
  },
  task_unknown: {
    status: 404,
    title: 'Task is unknown',
    detail: ({ taskId }) => `There is no task ${taskId}.`,
  },
  lease_stale: { status: 409, title: 'Lease is no longer held', detail: staleDetail },
  object_mismatch: {
    status: 409,
    title: 'Report does not fit the lease',
    detail: ({ taskId, field, presented, expected }) =>
      `Task ${taskId}: ${field} is ${presented} (expected: ${expected}). Nothing was changed; fail the task or report the leased object.`,
  },
};

/** The agent shows 300 characters of it: what to do comes early, and job ids are cut. */
function destinationDetail({
  jobId,
  jobDestination,
  agentDestination,
  domain,
}: Extract<WorkRefusal, { reason: 'destination_mismatch' }>): string {
  const job = `Job ${jobId.slice(0, JOB_CHARS_IN_KEY)}`;
  if (jobDestination !== agentDestination) {
    return `${job} is for destination ${jobDestination}, this agent receives for ${agentDestination}. Run recv with a profile of ${agentDestination}; or, on a host of ${jobDestination}, set "destination" to that.`;
  }
  return `${job} has begun to arrive in another folder of domain ${domain}. Run recv with the --dest-dir of then; a host with disks of its own needs a "domain" of its own. To begin anew elsewhere, profile that folder: another pair is another job.`;
}

function staleDetail(refusal: Extract<WorkRefusal, { reason: 'lease_stale' }>): string {
  const { subject, id, presentedEpoch, currentEpoch } = refusal;
  const found =
    presentedEpoch === currentEpoch
      ? `${subject} ${id} at epoch ${currentEpoch} is not leased to this session`
      : `${subject} ${id} is at epoch ${currentEpoch}; the request carries ${presentedEpoch}`;
  const what = subject === 'Task' ? 'task' : 'file';
  return `${found} (presented_epoch=${presentedEpoch}, current_epoch=${currentEpoch}). Stop work on this ${what} and lease another.`;
}
