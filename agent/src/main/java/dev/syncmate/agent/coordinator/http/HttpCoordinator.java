// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator.http;

import dev.syncmate.agent.config.CoordinatorConfig;
import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
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
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator over HTTP: JSON, bearer token, RFC 9457 problems.
 *
 * <p><b>Threads.</b> Any.
 *
 * <p><b>Errors.</b> {@link TransferException}: STOP_AGENT for refused credentials, another contract
 * or another site; ABANDON_LEASE for session_unknown and lease_stale; RETRY for
 * coordinator_unreachable, once the {@link CallPolicy} is used up; FAIL_TASK for other refusals.
 */
public final class HttpCoordinator implements Coordinator {
  private static final int CONNECTIONS_MAX = 8;
  private static final int HEARTBEAT_CONNECTIONS_MAX = 2;

  private final CoordinatorConfig config;
  private final Calls calls;
  // Apart from the others: queued behind them, a renewal would arrive after its lease had expired.
  private final Calls heartbeats;

  private HttpCoordinator(CoordinatorConfig config, Calls calls, Calls heartbeats) {
    this.config = config;
    this.calls = calls;
    this.heartbeats = heartbeats;
  }

  /** Makes the adapter; nothing is sent yet. */
  public static HttpCoordinator open(Vertx vertx, CoordinatorConfig config) {
    return open(vertx, config, CallPolicy.patient());
  }

  /** Makes the adapter with its patience; nothing is sent yet. */
  public static HttpCoordinator open(Vertx vertx, CoordinatorConfig config, CallPolicy policy) {
    return new HttpCoordinator(
        config,
        new Calls(vertx, config, policy, CONNECTIONS_MAX),
        new Calls(vertx, config, policy.forHeartbeats(), HEARTBEAT_CONNECTIONS_MAX));
  }

  @Override
  public Future<AgentSession> register(AgentRegistration registration) {
    return post("/v1/agents", registration, AgentSession.class);
  }

  @Override
  public Future<HeartbeatReply> heartbeat(String sessionId, Heartbeat heartbeat) {
    return heartbeats.make(
        call(
            HttpMethod.POST,
            "/v1/agents/%s/heartbeat".formatted(segment(sessionId)),
            heartbeat,
            HeartbeatReply.class));
  }

  @Override
  public Future<SessionEnd> endSession(String sessionId) {
    return calls
        .make(call(HttpMethod.DELETE, "/v1/agents/" + segment(sessionId), null, SessionEnd.class))
        .recover(HttpCoordinator::endedAlready);
  }

  // Where the answer to the first DELETE got lost, the second finds no session.
  private static Future<SessionEnd> endedAlready(Throwable failure) {
    return TransferException.isFor(Reason.SESSION_UNKNOWN, failure)
        ? Future.succeededFuture(new SessionEnd(0))
        : Future.failedFuture(failure);
  }

  @Override
  public Future<JobStatus> submitJob(JobSubmission submission) {
    return post("/v1/jobs", submission, JobStatus.class);
  }

  @Override
  public Future<BatchReply> submitFiles(String jobId, FileBatch batch) {
    return post("/v1/jobs/%s/files".formatted(segment(jobId)), batch, BatchReply.class);
  }

  @Override
  public Future<JobStatus> sealJob(String jobId, JobSeal seal) {
    return post("/v1/jobs/%s/seal".formatted(segment(jobId)), seal, JobStatus.class);
  }

  @Override
  public Future<JobStatus> job(String jobId) {
    return get("/v1/jobs/" + segment(jobId), Map.of(), JobStatus.class);
  }

  @Override
  public Future<JobStatus> retry(RetryRequest request) {
    return post("/v1/tasks/retry", request, JobStatus.class);
  }

  @Override
  public Future<ResolvingReply> takeResolving(TakeResolving request) {
    return post("/v1/files/take-resolving", request, ResolvingReply.class);
  }

  @Override
  public Future<BatchReply> resolved(ResolvedBatch batch) {
    return post("/v1/files/resolved", batch, BatchReply.class);
  }

  @Override
  public Future<ProvingReply> takeProving(TakeResolving request) {
    return post("/v1/files/take-proving", request, ProvingReply.class);
  }

  @Override
  public Future<SlicePage> slicesToProve(SlicesRequest request) {
    return post("/v1/files/slices", request, SlicePage.class);
  }

  @Override
  public Future<BatchReply> proved(ProvedBatch batch) {
    return post("/v1/files/proved", batch, BatchReply.class);
  }

  @Override
  public Future<LeaseReply> take(LeaseRequest request) {
    return post("/v1/leases", request, LeaseReply.class);
  }

  @Override
  public Future<BatchReply> complete(CompleteBatch batch) {
    return post("/v1/tasks/complete", batch, BatchReply.class);
  }

  @Override
  public Future<BatchReply> fail(FailBatch batch) {
    return post("/v1/tasks/fail", batch, BatchReply.class);
  }

  @Override
  public Future<BatchReply> release(ReleaseBatch batch) {
    return post("/v1/tasks/release", batch, BatchReply.class);
  }

  @Override
  public Future<PlacingReply> takePlacing(TakePlacing request) {
    return post("/v1/files/take-placing", request, PlacingReply.class);
  }

  @Override
  public Future<BatchReply> placed(PlacedBatch batch) {
    return post("/v1/files/placed", batch, BatchReply.class);
  }

  @Override
  public Future<GarbageReply> takeGarbage(GarbageTake request) {
    return post("/v1/garbage/take", request, GarbageReply.class);
  }

  @Override
  public Future<GarbageConfirmed> garbageDeleted(GarbageDeleted deleted) {
    return post("/v1/garbage/deleted", deleted, GarbageConfirmed.class);
  }

  @Override
  public Future<SweepReply> takeSweep(TakeSweep request) {
    return post("/v1/garbage/take-sweep", request, SweepReply.class);
  }

  @Override
  public Future<GarbageReply> listed(ListedBatch batch) {
    return post("/v1/garbage/listed", batch, GarbageReply.class);
  }

  @Override
  public Future<Status> status() {
    return get("/status", Map.of(), Status.class);
  }

  @Override
  public Future<TaskPage> tasks(String jobId, @Nullable TaskState state, @Nullable String after) {
    return get("/v1/tasks", pageQuery(jobId, state, after), TaskPage.class);
  }

  @Override
  public Future<FilePage> files(String jobId, @Nullable FileState state, @Nullable String after) {
    return get("/v1/files", pageQuery(jobId, state, after), FilePage.class);
  }

  @Override
  public Future<ManifestPage> manifests(String destination, @Nullable String after) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("destination", destination);
    if (after != null) {
      query.put("after", after);
    }
    return get("/v1/manifests", query, ManifestPage.class);
  }

  @Override
  public void close() {
    calls.close();
    heartbeats.close();
  }

  private static Map<String, String> pageQuery(
      String jobId, @Nullable Enum<?> state, @Nullable String after) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("job_id", jobId);
    if (state != null) {
      query.put("state", state.name().toLowerCase(Locale.ROOT));
    }
    if (after != null) {
      query.put("after", after);
    }
    return query;
  }

  private <T> Future<T> post(String path, Object body, Class<T> answer) {
    return calls.make(call(HttpMethod.POST, path, body, answer));
  }

  private <T> Future<T> get(String path, Map<String, String> query, Class<T> answer) {
    return calls.make(new Call<>(HttpMethod.GET, url(path), query, null, answer));
  }

  private <T> Call<T> call(HttpMethod method, String path, @Nullable Object body, Class<T> answer) {
    return new Call<>(method, url(path), Map.of(), body, answer);
  }

  private URI url(String path) {
    return URI.create(config.url() + path);
  }

  private static String segment(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
