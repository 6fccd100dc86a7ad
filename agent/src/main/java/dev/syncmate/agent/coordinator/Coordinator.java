// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator;

import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.*;
import dev.syncmate.schema.RetryRequest;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator: keeps the plan, hands out leases, decides who owns what.
 *
 * <p><b>Threads.</b> May be called from any thread; futures complete on the caller's Vert.x context
 * where there is one.
 *
 * <p><b>Errors.</b> Futures fail with {@link TransferException} only. Every call may be repeated:
 * the same request gets the same answer. An answer that got lost is an unknown outcome, not a
 * failure; the adapter repeats the call.
 */
public interface Coordinator extends AutoCloseable {
  Future<AgentSession> register(AgentRegistration registration);

  Future<HeartbeatReply> heartbeat(String sessionId, Heartbeat heartbeat);

  /** Ends the session and gives back its leases. */
  Future<SessionEnd> endSession(String sessionId);

  Future<JobStatus> submitJob(JobSubmission submission);

  Future<BatchReply> submitFiles(String jobId, FileBatch batch);

  Future<JobStatus> sealJob(String jobId, JobSeal seal);

  Future<JobStatus> job(String jobId);

  /**
   * Gives failed files another chance, a part of them a call; the answer says how many are left.
   */
  Future<JobStatus> retry(RetryRequest request);

  Future<ResolvingReply> takeResolving(TakeResolving request);

  Future<BatchReply> resolved(ResolvedBatch batch);

  /** Files that changed while they were sent, to read their slices once more. */
  Future<ProvingReply> takeProving(TakeResolving request);

  /** Slices of a file that the caller holds to prove it. */
  Future<SlicePage> slicesToProve(SlicesRequest request);

  Future<BatchReply> proved(ProvedBatch batch);

  Future<LeaseReply> take(LeaseRequest request);

  Future<BatchReply> complete(CompleteBatch batch);

  Future<BatchReply> fail(FailBatch batch);

  Future<BatchReply> release(ReleaseBatch batch);

  Future<PlacingReply> takePlacing(TakePlacing request);

  Future<BatchReply> placed(PlacedBatch batch);

  Future<GarbageReply> takeGarbage(GarbageTake request);

  Future<GarbageConfirmed> garbageDeleted(GarbageDeleted deleted);

  /** A job whose objects are to be looked through, if one is due. */
  Future<SweepReply> takeSweep(TakeSweep request);

  /**
   * Says what lies in the bucket; answers with the objects that are garbage as no row knows them.
   */
  Future<GarbageReply> listed(ListedBatch batch);

  Future<Status> status();

  /** Tasks by id, behind {@code after}. */
  Future<TaskPage> tasks(String jobId, @Nullable TaskState state, @Nullable String after);

  /** Files by id, behind {@code after}. */
  Future<FilePage> files(String jobId, @Nullable FileState state, @Nullable String after);

  /** What was placed at a destination, by path and offset, behind {@code after}. */
  Future<ManifestPage> manifests(String destination, @Nullable String after);

  @Override
  void close();
}
