// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.schema.AgentRegistration;
import dev.syncmate.schema.AgentSession;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.CompleteBatch;
import dev.syncmate.schema.FailBatch;
import dev.syncmate.schema.FileBatch;
import dev.syncmate.schema.FilePage;
import dev.syncmate.schema.FileState;
import dev.syncmate.schema.GarbageConfirmed;
import dev.syncmate.schema.GarbageDeleted;
import dev.syncmate.schema.GarbageReply;
import dev.syncmate.schema.GarbageTake;
import dev.syncmate.schema.Heartbeat;
import dev.syncmate.schema.HeartbeatReply;
import dev.syncmate.schema.JobSeal;
import dev.syncmate.schema.JobStatus;
import dev.syncmate.schema.JobSubmission;
import dev.syncmate.schema.LeaseReply;
import dev.syncmate.schema.LeaseRequest;
import dev.syncmate.schema.ListedBatch;
import dev.syncmate.schema.ManifestPage;
import dev.syncmate.schema.PlacedBatch;
import dev.syncmate.schema.PlacingReply;
import dev.syncmate.schema.ProvedBatch;
import dev.syncmate.schema.ProvingReply;
import dev.syncmate.schema.ReleaseBatch;
import dev.syncmate.schema.ResolvedBatch;
import dev.syncmate.schema.ResolvingReply;
import dev.syncmate.schema.RetryRequest;
import dev.syncmate.schema.SessionEnd;
import dev.syncmate.schema.SlicePage;
import dev.syncmate.schema.SlicesRequest;
import dev.syncmate.schema.Status;
import dev.syncmate.schema.SweepReply;
import dev.syncmate.schema.TakePlacing;
import dev.syncmate.schema.TakeResolving;
import dev.syncmate.schema.TakeSweep;
import dev.syncmate.schema.TaskPage;
import dev.syncmate.schema.TaskState;
import io.vertx.core.Future;

/** A coordinator that expects no call: a test overrides those that it plays. */
public class UnexpectedCoordinator implements Coordinator {
  private static <T> Future<T> unexpected(Object request) {
    return Future.failedFuture(new AssertionError("unexpected call: " + request));
  }

  @Override
  public Future<AgentSession> register(AgentRegistration registration) {
    return unexpected(registration);
  }

  @Override
  public Future<HeartbeatReply> heartbeat(String sessionId, Heartbeat heartbeat) {
    return unexpected(heartbeat);
  }

  @Override
  public Future<SessionEnd> endSession(String sessionId) {
    return unexpected(sessionId);
  }

  @Override
  public Future<JobStatus> submitJob(JobSubmission submission) {
    return unexpected(submission);
  }

  @Override
  public Future<JobStatus> retry(RetryRequest request) {
    return unexpected(request);
  }

  @Override
  public Future<BatchReply> submitFiles(String jobId, FileBatch batch) {
    return unexpected(batch);
  }

  @Override
  public Future<JobStatus> sealJob(String jobId, JobSeal seal) {
    return unexpected(seal);
  }

  @Override
  public Future<JobStatus> job(String jobId) {
    return unexpected(jobId);
  }

  @Override
  public Future<ResolvingReply> takeResolving(TakeResolving request) {
    return unexpected(request);
  }

  @Override
  public Future<BatchReply> resolved(ResolvedBatch batch) {
    return unexpected(batch);
  }

  @Override
  public Future<ProvingReply> takeProving(TakeResolving request) {
    return unexpected(request);
  }

  @Override
  public Future<SlicePage> slicesToProve(SlicesRequest request) {
    return unexpected(request);
  }

  @Override
  public Future<BatchReply> proved(ProvedBatch batch) {
    return unexpected(batch);
  }

  @Override
  public Future<LeaseReply> take(LeaseRequest request) {
    return unexpected(request);
  }

  @Override
  public Future<BatchReply> complete(CompleteBatch batch) {
    return unexpected(batch);
  }

  @Override
  public Future<BatchReply> fail(FailBatch batch) {
    return unexpected(batch);
  }

  @Override
  public Future<BatchReply> release(ReleaseBatch batch) {
    return unexpected(batch);
  }

  @Override
  public Future<PlacingReply> takePlacing(TakePlacing request) {
    return unexpected(request);
  }

  @Override
  public Future<BatchReply> placed(PlacedBatch batch) {
    return unexpected(batch);
  }

  @Override
  public Future<GarbageReply> takeGarbage(GarbageTake request) {
    return unexpected(request);
  }

  @Override
  public Future<SweepReply> takeSweep(TakeSweep request) {
    return unexpected(request);
  }

  @Override
  public Future<GarbageReply> listed(ListedBatch batch) {
    return unexpected(batch);
  }

  @Override
  public Future<GarbageConfirmed> garbageDeleted(GarbageDeleted deleted) {
    return unexpected(deleted);
  }

  @Override
  public Future<Status> status() {
    return unexpected("status");
  }

  @Override
  public Future<TaskPage> tasks(String jobId, TaskState state, String after) {
    return unexpected(jobId);
  }

  @Override
  public Future<FilePage> files(String jobId, FileState state, String after) {
    return unexpected(jobId);
  }

  @Override
  public Future<ManifestPage> manifests(String destination, String after) {
    return unexpected(destination);
  }

  @Override
  public void close() {}
}
