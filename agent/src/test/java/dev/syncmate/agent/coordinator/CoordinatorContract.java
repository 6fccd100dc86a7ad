// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.AgentRegistration;
import dev.syncmate.schema.AgentSession;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.CompleteBatch;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.Direction;
import dev.syncmate.schema.FailBatch;
import dev.syncmate.schema.FailedTask;
import dev.syncmate.schema.FailureKind;
import dev.syncmate.schema.FileBatch;
import dev.syncmate.schema.FileState;
import dev.syncmate.schema.FileStatus;
import dev.syncmate.schema.GarbageDeleted;
import dev.syncmate.schema.GarbageTake;
import dev.syncmate.schema.Heartbeat;
import dev.syncmate.schema.HeldLease;
import dev.syncmate.schema.ItemOutcome;
import dev.syncmate.schema.ItemResult;
import dev.syncmate.schema.JobSeal;
import dev.syncmate.schema.JobState;
import dev.syncmate.schema.JobStatus;
import dev.syncmate.schema.JobSubmission;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import dev.syncmate.schema.LeaseRequest;
import dev.syncmate.schema.ListedBatch;
import dev.syncmate.schema.ListedObject;
import dev.syncmate.schema.ManifestPage;
import dev.syncmate.schema.ManifestPart;
import dev.syncmate.schema.PlacedBatch;
import dev.syncmate.schema.PlacedItem;
import dev.syncmate.schema.PlacedOutcome;
import dev.syncmate.schema.PlacingFile;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.Problem;
import dev.syncmate.schema.ReleaseBatch;
import dev.syncmate.schema.ResolvedBatch;
import dev.syncmate.schema.ResolvedItem;
import dev.syncmate.schema.ResolvingFile;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.SliceDigest;
import dev.syncmate.schema.Sweep;
import dev.syncmate.schema.SweepReply;
import dev.syncmate.schema.TakePlacing;
import dev.syncmate.schema.TakeResolving;
import dev.syncmate.schema.TakeSweep;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import dev.syncmate.schema.TransferMode;
import dev.syncmate.schema.Verdict;
import dev.syncmate.schema.WaitReason;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every coordinator keeps to, through the port. Each test works in a zone, a domain and a job
 * of its own, so that tests may share a coordinator.
 */
public abstract class CoordinatorContract {
  private static final int SLICE = 100;

  /** Times of objects, whatever the time is. */
  private static final long LONG_AGO_MS = 1_500_000_000_000L;

  private static final long IN_FUTURE_MS = 9_000_000_000_000L;
  private static final String FOLDER = "0123456789abcdef".repeat(2);
  private static final String OTHER_FOLDER = "fedcba9876543210".repeat(2);
  private static final String SHA = "ab".repeat(32);
  private static final String OTHER_SHA = "cd".repeat(32);

  private Coordinator coordinator;
  private String job;
  private String zone;
  private String sender;
  private String receiver;

  /** The coordinator under test; the suite doesn't close it. */
  protected abstract Coordinator coordinator();

  @BeforeEach
  void openJobAndSessions() {
    coordinator = coordinator();
    job = fresh();
    zone = "/zone-" + job;
    sender = register(Role.SEND);
    receiver = register(Role.RECV);
  }

  private static String fresh() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (RuntimeException) e.getCause();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertRefused(Future<?> future, Reason reason) {
    Throwable thrown = catchThrowable(() -> await(future));
    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransferException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static void assertOk(Future<BatchReply> reply) {
    assertThat(await(reply).results()).extracting(ItemResult::outcome).containsOnly(ItemOutcome.OK);
  }

  private static void assertItemRefused(Future<BatchReply> reply, String reason) {
    ItemResult item = await(reply).results().get(0);
    assertThat(item.outcome()).isEqualTo(ItemOutcome.REFUSED);
    assertThat(item.problem())
        .extracting(Problem::type)
        .isEqualTo("urn:syncmate:problem:" + reason);
  }

  private AgentRegistration registration(String session, Role role) {
    return new AgentRegistration(
        session,
        role + "-" + job,
        "host",
        role,
        "domain-" + job,
        "test",
        Contract.VERSION,
        "destination-" + job,
        FOLDER,
        null);
  }

  private String register(Role role) {
    String session = fresh();
    await(coordinator.register(registration(session, role)));
    return session;
  }

  private PlannedFile full(String name, long size) {
    return grouped(name, size, null, null);
  }

  private PlannedFile grouped(
      String name, long size, @Nullable String group, @Nullable Integer order) {
    return new PlannedFile(
        name,
        zone + "/" + name,
        size,
        null,
        null,
        null,
        null,
        PlanMode.FULL,
        "gz",
        name,
        zone,
        group,
        order,
        null,
        null,
        null);
  }

  /** Opens and seals a job of these files. */
  private JobStatus plan(PlannedFile... files) {
    await(coordinator.submitJob(new JobSubmission(job, SLICE, 10 * SLICE, receiver)));
    assertOk(coordinator.submitFiles(job, new FileBatch(List.of(files))));
    return await(coordinator.sealJob(job, new JobSeal(files.length)));
  }

  private LeaseRequest sendRequest(String request, int tasks) {
    return new LeaseRequest(
        sender, request, Direction.SEND, tasks, 1 << 20, List.of(zone), null, null);
  }

  private List<Lease> takeSend(int tasks) {
    return await(coordinator.take(sendRequest(fresh(), tasks))).leases();
  }

  /** All of this job that can be received; what other tests left is taken too, and left alone. */
  private List<Lease> takeRecv() {
    LeaseRequest request =
        new LeaseRequest(
            receiver, fresh(), Direction.RECV, 100, 1 << 20, List.of(), null, 1L << 40);
    return await(coordinator.take(request)).leases().stream()
        .filter(lease -> lease.jobId().equals(job))
        .toList();
  }

  private Future<BatchReply> complete(String session, Lease lease) {
    return complete(session, lease, SHA);
  }

  private Future<BatchReply> complete(String session, Lease lease, String sha256) {
    return coordinator.complete(
        new CompleteBatch(
            session,
            List.of(
                new CompletedTask(
                    lease.taskId(),
                    lease.leaseEpoch(),
                    lease.objectKey(),
                    lease.lengthBytes(),
                    sha256,
                    null,
                    null))));
  }

  private Future<BatchReply> fail(String session, Lease lease, FailureKind kind) {
    return coordinator.fail(
        new FailBatch(
            session,
            List.of(
                new FailedTask(lease.taskId(), lease.leaseEpoch(), kind, "some_reason", "why"))));
  }

  private List<TaskStatus> tasks(TaskState state) {
    return await(coordinator.tasks(job, state, null)).tasks();
  }

  @Test
  void register_repeated_isTheSameSession() {
    AgentRegistration again = registration(sender, Role.SEND);
    AgentSession session = await(coordinator.register(again));
    assertThat(session.sessionId()).isEqualTo(sender);
    assertThat(session.contractVersion()).isEqualTo(Contract.VERSION);
    assertThat(session.heartbeatIntervalMs()).isPositive().isLessThan(session.leaseDurationMs());
  }

  @Test
  void register_otherContract_isRefused() {
    AgentRegistration other =
        new AgentRegistration(
            fresh(), "n", "h", Role.SEND, "d", "test", Contract.VERSION + 1000, null, null, null);
    assertRefused(coordinator.register(other), Reason.CONTRACT_UNSUPPORTED);
  }

  @Test
  void plan_submittedFromBothSides_isOneJob() {
    plan(full("a", 250), full("b", 100));
    JobStatus again = plan(full("a", 250), full("b", 100));
    assertThat(again.state()).isEqualTo(JobState.ACTIVE);
    assertThat(again.files().transferring().count()).isEqualTo(2);
    assertThat(again.tasks().pending().count()).isEqualTo(4);
    assertThat(again.tasks().pending().bytes()).isEqualTo(350);
    assertThat(await(coordinator.job(job))).isEqualTo(again);
  }

  @Test
  void submitFiles_otherPlanOfSameName_isRefused() {
    plan(full("a", 250));
    assertItemRefused(
        coordinator.submitFiles(job, new FileBatch(List.of(full("a", 251)))), "file_conflict");
  }

  @Test
  void submit_ofAnotherDestination_isRefused_andOfASenderSaysNothing() {
    JobSubmission ofNobody = new JobSubmission(job, SLICE, 10 * SLICE, null);
    assertThat(await(coordinator.submitJob(ofNobody)).destination()).isNull();
    JobSubmission ours = new JobSubmission(job, SLICE, 10 * SLICE, receiver);
    assertThat(await(coordinator.submitJob(ours)).destination()).isEqualTo("destination-" + job);
    assertThat(await(coordinator.submitJob(ofNobody)).destination())
        .isEqualTo("destination-" + job);
    String other = fresh();
    await(coordinator.register(receiver(other, "elsewhere-" + job, OTHER_FOLDER)));
    assertRefused(
        coordinator.submitJob(new JobSubmission(job, SLICE, 10 * SLICE, other)),
        Reason.DESTINATION_MISMATCH);
  }

  @Test
  void register_secondOfADomainWithAnotherFolder_isRefused() {
    await(coordinator.register(receiver(fresh(), "destination-" + job, FOLDER)));
    assertRefused(
        coordinator.register(receiver(fresh(), "destination-" + job, OTHER_FOLDER)),
        Reason.DOMAIN_CONFLICT);
    await(coordinator.register(receiver(fresh(), "elsewhere-" + job, OTHER_FOLDER)));
  }

  private AgentRegistration receiver(String session, String destination, String folder) {
    return new AgentRegistration(
        session,
        "recv-" + session,
        "host",
        Role.RECV,
        "domain-" + job,
        "test",
        Contract.VERSION,
        destination,
        folder,
        null);
  }

  @Test
  void seal_filesMissing_isRefused() {
    await(coordinator.submitJob(new JobSubmission(job, SLICE, 10 * SLICE, receiver)));
    assertOk(coordinator.submitFiles(job, new FileBatch(List.of(full("a", 1)))));
    assertRefused(coordinator.sealJob(job, new JobSeal(2)), Reason.JOB_INCOMPLETE);
  }

  @Test
  void job_unknown_isRefused() {
    assertRefused(coordinator.job(fresh()), Reason.JOB_UNKNOWN);
  }

  @Test
  void take_cutsFilesIntoSlices() {
    plan(full("a", 250));
    List<Lease> leases = takeSend(10);
    assertThat(leases).extracting(Lease::offsetBytes).containsExactlyInAnyOrder(0L, 100L, 200L);
    assertThat(leases).extracting(Lease::lengthBytes).containsExactlyInAnyOrder(100L, 100L, 50L);
    assertThat(leases).extracting(Lease::objectKey).doesNotHaveDuplicates();
    assertThat(leases).extracting(Lease::sourcePath).containsOnly(zone + "/a");
    assertThat(leases).extracting(Lease::virtualPath).contains("a.slice.00000", "a.slice.00002");
    assertThat(takeSend(10)).isEmpty();
  }

  @Test
  void take_repeated_getsTheSameLeases() {
    plan(full("a", 250));
    LeaseRequest request = sendRequest(fresh(), 2);
    List<Lease> first = await(coordinator.take(request)).leases();
    assertThat(first).hasSize(2);
    assertThat(await(coordinator.take(request)).leases())
        .containsExactlyInAnyOrderElementsOf(first);
  }

  @Test
  void take_windowFull_waits() {
    await(coordinator.submitJob(new JobSubmission(job, SLICE, 2 * SLICE, receiver)));
    assertOk(coordinator.submitFiles(job, new FileBatch(List.of(full("a", 500)))));
    await(coordinator.sealJob(job, new JobSeal(1)));
    assertThat(takeSend(10)).hasSize(2);
    LeaseReply none = await(coordinator.take(sendRequest(fresh(), 10)));
    assertThat(none.leases()).isEmpty();
    assertThat(none.waiting()).isNotNull();
    assertThat(none.waiting().reason()).isEqualTo(WaitReason.WINDOW_FULL);
  }

  @Test
  void wholeLife_fromPlanToPlaced() {
    plan(full("a", 150));
    for (Lease lease : takeSend(10)) {
      assertOk(complete(sender, lease));
    }
    assertThat(tasks(TaskState.UPLOADED)).hasSize(2);
    List<Lease> received = takeRecv();
    assertThat(received).extracting(Lease::sha256).containsExactly(SHA, SHA);
    for (Lease lease : received) {
      assertOk(complete(receiver, lease));
    }
    PlacingFile placing = takePlacing();
    assertThat(placing.sizeBytes()).isEqualTo(150);
    assertThat(placing.mode()).isEqualTo(TransferMode.FULL);
    assertThat(placing.slices())
        .containsExactly(new SliceDigest(0, 100, SHA), new SliceDigest(100, 50, SHA));
    PlacedBatch placed = placed(placing);
    assertOk(coordinator.placed(placed));
    assertOk(coordinator.placed(placed));
    JobStatus done = await(coordinator.job(job));
    assertThat(done.state()).isEqualTo(JobState.DONE);
    assertThat(done.files().done().count()).isEqualTo(1);
    assertThat(done.tasks().downloaded().count()).isEqualTo(2);
    assertThat(await(coordinator.files(job, FileState.DONE, null)).files()).hasSize(1);
  }

  private PlacingFile takePlacing() {
    List<PlacingFile> found = placeable();
    assertThat(found).isNotEmpty();
    return found.get(0);
  }

  private List<PlacingFile> placeable() {
    return await(coordinator.takePlacing(new TakePlacing(receiver, fresh(), 10))).files().stream()
        .filter(file -> file.jobId().equals(job))
        .toList();
  }

  /** Sends all that is pending and leases it to the receiver. */
  private Map<String, Lease> uploaded() {
    for (Lease lease : takeSend(10)) {
      assertOk(complete(sender, lease));
    }
    return takeRecv().stream().collect(Collectors.toMap(Lease::virtualPath, lease -> lease));
  }

  private void stage(Lease lease) {
    assertOk(complete(receiver, lease));
  }

  @Test
  void group_lowerOrderNotPlaced_holdsTheFileBack() {
    plan(grouped("b.idx", 50, "objects/b", 1), grouped("b.bin", 60, "objects/b", 0));
    Map<String, Lease> leases = uploaded();
    stage(leases.get("b.idx"));
    assertThat(placeable()).isEmpty();
    stage(leases.get("b.bin"));
    PlacingFile data = takePlacing();
    assertThat(data.virtualPath()).isEqualTo("b.bin");
    assertThat(placeable()).isEmpty();
    assertOk(coordinator.placed(placed(data)));
    assertThat(takePlacing().virtualPath()).isEqualTo("b.idx");
  }

  @Test
  void group_sameOrderNotStaged_holdsAllBackUntilTheLastIs() {
    plan(grouped("m0", 50, "map/m/V", 0), grouped("m1", 60, "map/m/V", 0), full("alone", 10));
    Map<String, Lease> leases = uploaded();
    stage(leases.get("m0"));
    stage(leases.get("alone"));
    assertThat(placeable()).extracting(PlacingFile::virtualPath).containsExactly("alone");
    stage(leases.get("m1"));
    assertThat(placeable()).extracting(PlacingFile::virtualPath).containsExactly("m0", "m1");
  }

  @Test
  void group_jobNotSealed_holdsItsFilesBack() {
    await(coordinator.submitJob(new JobSubmission(job, SLICE, 10 * SLICE, receiver)));
    assertOk(coordinator.submitFiles(job, new FileBatch(List.of(grouped("m0", 50, "map/m/V", 0)))));
    stage(uploaded().get("m0"));
    assertThat(placeable()).isEmpty();
    await(coordinator.sealJob(job, new JobSeal(1)));
    assertThat(takePlacing().virtualPath()).isEqualTo("m0");
  }

  @Test
  void group_aFileFailed_failsThoseThatWaitForIt() {
    plan(grouped("b.idx", 50, "objects/b", 1), grouped("b.bin", 60, "objects/b", 0));
    Map<String, Lease> leases = uploaded();
    assertOk(fail(receiver, leases.get("b.bin"), FailureKind.PERMANENT));
    stage(leases.get("b.idx"));
    assertThat(placeable()).isEmpty();
    assertThat(await(coordinator.job(job)).state()).isEqualTo(JobState.DONE);
    assertThat(await(coordinator.files(job, FileState.FAILED, null)).files())
        .filteredOn(file -> file.virtualPath().equals("b.idx"))
        .singleElement()
        .extracting(FileStatus::lastError)
        .asString()
        .startsWith("not placed: b.bin of its publish group failed: some_reason");
  }

  private PlacedBatch placed(PlacingFile file) {
    return placed(file, null);
  }

  private PlacedBatch placed(PlacingFile file, @Nullable String path) {
    return new PlacedBatch(
        receiver,
        List.of(
            new PlacedItem(file.fileId(), file.leaseEpoch(), PlacedOutcome.PLACED, null, path)));
  }

  @Test
  void manifests_ofAPlacedFile_areTheDigestsOfItsSlices() {
    plan(full("m", 60));
    stage(uploaded().get("m"));
    PlacingFile file = takePlacing();
    assertThat(await(coordinator.manifests("destination-" + job, null)).parts()).isEmpty();
    assertOk(coordinator.placed(placed(file, "/copy/a:m")));
    ManifestPage page = await(coordinator.manifests("destination-" + job, null));
    assertThat(page.next()).isNull();
    assertThat(page.parts())
        .singleElement()
        .isEqualTo(
            new ManifestPart(
                "/copy/a:m",
                file.sourcePath(),
                0,
                60,
                SLICE,
                List.of(file.slices().get(0).sha256())));
    assertThat(await(coordinator.manifests("destination-" + job, "0:/copy/a:m")).parts()).isEmpty();
  }

  @Test
  void garbage_ofVerifiedTask_isHandedOutAndCreditsTheWindow() {
    plan(full("a", 60));
    Lease sent = takeSend(1).get(0);
    assertOk(complete(sender, sent));
    assertOk(complete(receiver, takeRecv().get(0)));
    List<String> keys = await(coordinator.takeGarbage(new GarbageTake(receiver, 100))).objectKeys();
    assertThat(keys).contains(sent.objectKey());
    assertThat(await(coordinator.job(job)).windowUsedBytes()).isEqualTo(60);
    GarbageDeleted deleted = new GarbageDeleted(receiver, List.of(sent.objectKey()));
    assertThat(await(coordinator.garbageDeleted(deleted)).creditedBytes()).isEqualTo(60);
    assertThat(await(coordinator.garbageDeleted(deleted)).creditedBytes()).isZero();
    assertThat(await(coordinator.job(job)).windowUsedBytes()).isZero();
  }

  @Test
  void listed_objectOfADeadAttempt_isGarbageOfNoWindow() {
    plan(full("a", 60));
    Lease dead = takeSend(1).get(0);
    release(sender, dead);
    await(coordinator.garbageDeleted(new GarbageDeleted(receiver, List.of(dead.objectKey()))));
    Lease live = takeSend(1).get(0);
    List<String> bucket = List.of(dead.objectKey(), live.objectKey(), "notes.txt");
    assertThat(listed(bucket, IN_FUTURE_MS)).isEmpty();
    assertThat(listed(bucket, LONG_AGO_MS)).containsExactly(dead.objectKey());
    assertThat(listed(bucket, LONG_AGO_MS)).containsExactly(dead.objectKey());
    assertThat(await(coordinator.takeGarbage(new GarbageTake(receiver, 1000))).objectKeys())
        .contains(dead.objectKey())
        .doesNotContain(live.objectKey());
    GarbageDeleted deleted = new GarbageDeleted(receiver, List.of(dead.objectKey()));
    assertThat(await(coordinator.garbageDeleted(deleted)).creditedBytes()).isZero();
    List<String> left = List.of(live.objectKey());
    assertOk(complete(sender, live));
    assertThat(listed(left, LONG_AGO_MS)).isEmpty();
    assertOk(complete(receiver, takeRecv().get(0)));
    assertThat(listed(left, LONG_AGO_MS)).isEmpty();
    GarbageDeleted received = new GarbageDeleted(receiver, List.of(live.objectKey()));
    assertThat(await(coordinator.garbageDeleted(received)).creditedBytes()).isEqualTo(60);
    assertThat(listed(left, LONG_AGO_MS)).isEqualTo(left);
  }

  private List<String> listed(List<String> keys, long lastModifiedMs) {
    List<ListedObject> objects =
        keys.stream().map(key -> new ListedObject(key, lastModifiedMs)).toList();
    return await(coordinator.listed(new ListedBatch(receiver, job, objects))).objectKeys();
  }

  @Test
  void listed_unknownJob_isRefused() {
    ListedBatch batch =
        new ListedBatch(receiver, fresh(), List.of(new ListedObject("k", LONG_AGO_MS)));
    assertRefused(coordinator.listed(batch), Reason.JOB_UNKNOWN);
  }

  @Test
  void takeSweep_job_isDueOnceAndAgainWhenItHasEnded() {
    plan(full("a", 60));
    Sweep sweep = new Sweep(job, job.substring(0, 16) + "/");
    assertThat(sweepsDue()).contains(sweep);
    assertThat(sweepsDue()).doesNotContain(sweep);
    assertOk(complete(sender, takeSend(1).get(0)));
    assertOk(complete(receiver, takeRecv().get(0)));
    assertOk(coordinator.placed(placed(takePlacing())));
    assertThat(sweepsDue()).contains(sweep);
    assertThat(sweepsDue()).doesNotContain(sweep);
  }

  @Test
  void takeSweep_repeated_getsTheSameAnswer() {
    plan(full("a", 60));
    TakeSweep take = new TakeSweep(receiver, fresh(), null);
    SweepReply first = await(coordinator.takeSweep(take));
    assertThat(first.sweeps()).hasSize(1);
    assertThat(await(coordinator.takeSweep(take))).isEqualTo(first);
  }

  /** Of all jobs: other tests' too. */
  private List<Sweep> sweepsDue() {
    List<Sweep> due = new ArrayList<>();
    while (true) {
      List<Sweep> next =
          await(coordinator.takeSweep(new TakeSweep(receiver, fresh(), null))).sweeps();
      if (next.isEmpty()) {
        return due;
      }
      due.addAll(next);
    }
  }

  @Test
  void complete_repeated_isOk() {
    plan(full("a", 60));
    Lease lease = takeSend(1).get(0);
    assertOk(complete(sender, lease));
    assertOk(complete(sender, lease));
    assertThat(tasks(TaskState.UPLOADED)).hasSize(1);
  }

  @Test
  void complete_staleEpoch_isRefusedAndChangesNothing() {
    plan(full("a", 60));
    Lease old = takeSend(1).get(0);
    release(sender, old);
    Lease current = takeSend(1).get(0);
    assertThat(current.taskId()).isEqualTo(old.taskId());
    assertThat(current.leaseEpoch()).isGreaterThan(old.leaseEpoch());
    assertThat(current.objectKey()).isNotEqualTo(old.objectKey());
    List<TaskStatus> before = tasks(TaskState.UPLOADING);
    assertItemRefused(complete(sender, old, OTHER_SHA), "lease_stale");
    assertThat(tasks(TaskState.UPLOADING)).isEqualTo(before).hasSize(1);
    assertOk(complete(sender, current));
  }

  @Test
  void complete_othersLease_isRefused() {
    plan(full("a", 60));
    Lease lease = takeSend(1).get(0);
    assertItemRefused(complete(register(Role.SEND), lease), "lease_stale");
    assertThat(tasks(TaskState.UPLOADING)).hasSize(1);
  }

  @Test
  void complete_otherDigestThanSent_isRefused() {
    plan(full("a", 60));
    assertOk(complete(sender, takeSend(1).get(0)));
    assertItemRefused(complete(receiver, takeRecv().get(0), OTHER_SHA), "object_mismatch");
    assertThat(tasks(TaskState.DOWNLOADING)).hasSize(1);
  }

  private void release(String session, Lease lease) {
    ReleaseBatch batch =
        new ReleaseBatch(session, List.of(new HeldLease(lease.taskId(), lease.leaseEpoch())));
    assertOk(coordinator.release(batch));
    assertOk(coordinator.release(batch));
  }

  @Test
  void fail_objectBad_sendsTheSliceAgain() {
    plan(full("a", 60));
    assertOk(complete(sender, takeSend(1).get(0)));
    Lease received = takeRecv().get(0);
    assertOk(fail(receiver, received, FailureKind.OBJECT_BAD));
    assertThat(tasks(TaskState.PENDING)).hasSize(1);
    assertItemRefused(complete(receiver, received), "lease_stale");
  }

  @Test
  void fail_permanent_failsTaskAndFile() {
    plan(full("a", 60));
    assertOk(fail(sender, takeSend(1).get(0), FailureKind.PERMANENT));
    assertThat(tasks(TaskState.FAILED))
        .singleElement()
        .extracting(TaskStatus::lastError)
        .asString()
        .contains("some_reason");
    JobStatus status = await(coordinator.job(job));
    assertThat(status.files().failed().count()).isEqualTo(1);
  }

  @Test
  void endSession_givesLeasesBack_andIsDoneTwice() {
    plan(full("a", 250));
    assertThat(takeSend(2)).hasSize(2);
    assertThat(await(coordinator.endSession(sender)).released()).isEqualTo(2);
    await(coordinator.endSession(sender));
    assertThat(tasks(TaskState.UPLOADING)).isEmpty();
    assertRefused(
        coordinator.heartbeat(sender, new Heartbeat(0, 0, List.of(), List.of())),
        Reason.SESSION_UNKNOWN);
  }

  @Test
  void heartbeat_leaseNotHeld_isReportedLost() {
    plan(full("a", 250));
    List<Lease> leases = takeSend(2);
    Lease lost = leases.get(0);
    release(sender, lost);
    List<HeldLease> held =
        leases.stream().map(l -> new HeldLease(l.taskId(), l.leaseEpoch())).toList();
    assertThat(await(coordinator.heartbeat(sender, new Heartbeat(5, 5, held, List.of()))).lost())
        .containsExactly(lost.taskId());
  }

  @Test
  void resolving_append_cutsOnlyTheTail() {
    PlannedFile grown =
        new PlannedFile(
            "g",
            zone + "/g",
            250,
            null,
            "/target/g",
            100L,
            "0123456789abcdef",
            PlanMode.UNRESOLVED,
            "gz",
            "g",
            zone,
            null,
            null,
            null,
            null,
            null);
    plan(grown);
    assertThat(takeSend(1)).isEmpty();
    ResolvingFile file =
        await(coordinator.takeResolving(new TakeResolving(sender, fresh(), List.of(zone), 10)))
            .files()
            .get(0);
    assertThat(file.targetSizeBytes()).isEqualTo(100);
    ResolvedBatch answer =
        new ResolvedBatch(
            sender,
            List.of(new ResolvedItem(file.fileId(), file.leaseEpoch(), Verdict.APPEND, null)));
    assertOk(coordinator.resolved(answer));
    assertOk(coordinator.resolved(answer));
    List<Lease> leases = takeSend(10);
    assertThat(leases).extracting(Lease::offsetBytes).containsExactlyInAnyOrder(100L, 200L);
    assertThat(leases).extracting(Lease::mode).containsOnly(TransferMode.APPEND);
    assertThat(leases)
        .extracting(Lease::virtualPath)
        .contains("g.offset.100.slice.00000", "g.offset.100.slice.00001");
  }

  @Test
  void take_unknownSession_isRefused() {
    assertRefused(
        coordinator.take(
            new LeaseRequest(fresh(), fresh(), Direction.SEND, 1, 1, List.of(zone), null, null)),
        Reason.SESSION_UNKNOWN);
  }

  @Test
  void status_countsThisJob() {
    plan(full("a", 250));
    takeSend(1);
    assertThat(await(coordinator.status()).jobs())
        .filteredOn(status -> status.jobId().equals(job))
        .singleElement()
        .satisfies(
            status -> {
              assertThat(status.tasks().uploading().count()).isEqualTo(1);
              assertThat(status.tasks().pending().count()).isEqualTo(2);
            });
    assertThat(await(coordinator.status()).agents())
        .anyMatch(agent -> agent.name().equals("SEND-" + job));
  }
}
