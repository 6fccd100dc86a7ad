// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.coordinator.CoordinatorException;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.schema.*;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A coordinator in memory: the main path by the rules of {@code CoordinatorContract}. No time
 * passes in it: no lease expires, no attempt is put off, garbage may be deleted at once.
 *
 * <p><b>Threads.</b> Any; one call at a time is worked on.
 */
public final class FakeCoordinator implements Coordinator {
  private static final int LEASE_DURATION_MS = 60_000;
  private static final int HEARTBEAT_INTERVAL_MS = 20_000;
  private static final int POLL_INTERVAL_MS = 10;
  private static final long NOW_MS = 1_800_000_000_000L;
  private static final Pattern OBJECT_KEY = Pattern.compile("[0-9a-f]{16}/(\\d+)/(\\d+)\\.(\\d+)");

  private final Map<String, AgentRegistration> sessions = new LinkedHashMap<>();
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private final Map<String, Object> taken = new HashMap<>();
  private final Map<String, Task> garbage = new LinkedHashMap<>();

  /** Garbage that no row knew: it is in no window. */
  private final Set<String> strays = new LinkedHashSet<>();

  private final Set<String> swept = new HashSet<>();
  private final Map<TakeSweep, SweepReply> sweepsTaken = new HashMap<>();
  private int filesMade;

  private static final class Job {
    final JobSubmission submission;
    final Map<String, FileTransfer> files = new LinkedHashMap<>();
    long windowUsedBytes;
    boolean sealed;

    Job(JobSubmission submission) {
      this.submission = submission;
    }
  }

  private static final class FileTransfer {
    final String id;
    final Job job;
    final PlannedFile plan;
    final List<Task> tasks = new ArrayList<>();
    FileState state;
    TransferMode mode = TransferMode.FULL;
    String error;
    String session;
    String domain;
    int epoch;

    FileTransfer(String id, Job job, PlannedFile plan) {
      this.id = id;
      this.job = job;
      this.plan = plan;
    }

    long offsetBytes() {
      return mode == TransferMode.APPEND ? plan.targetSizeBytes() : 0;
    }

    String virtualPath() {
      boolean wasUnresolved = plan.mode() == PlanMode.UNRESOLVED && mode == TransferMode.APPEND;
      return plan.virtualPath() + (wasUnresolved ? ".offset." + plan.targetSizeBytes() : "");
    }
  }

  private static final class Task {
    final FileTransfer file;
    final int no;
    final long offsetBytes;
    final long lengthBytes;
    TaskState state = TaskState.PENDING;
    int epoch;
    int uploadEpoch;
    int attempts;
    String session;
    String objectKey;
    String sha256;
    String error;

    Task(FileTransfer file, int no, long offsetBytes, long lengthBytes) {
      this.file = file;
      this.no = no;
      this.offsetBytes = offsetBytes;
      this.lengthBytes = lengthBytes;
    }

    String id() {
      return file.id + "-" + no;
    }

    boolean leased() {
      return state == TaskState.UPLOADING || state == TaskState.DOWNLOADING;
    }

    boolean heldBy(String sessionId, int leaseEpoch) {
      return leased() && sessionId.equals(session) && epoch == leaseEpoch;
    }

    boolean completedBy(int leaseEpoch) {
      boolean sent =
          uploadEpoch == leaseEpoch
              && state != TaskState.PENDING
              && state != TaskState.UPLOADING
              && state != TaskState.FAILED;
      return sent || (state == TaskState.DOWNLOADED && epoch == leaseEpoch);
    }

    Lease lease() {
      String path = file.virtualPath();
      return new Lease(
          id(),
          file.id,
          file.job.submission.jobId(),
          epoch,
          file.tasks.size() == 1 ? path : "%s.slice.%05d".formatted(path, no),
          file.plan.sourcePath(),
          file.plan.sizeBytes(),
          offsetBytes,
          lengthBytes,
          objectKey,
          state == TaskState.DOWNLOADING ? sha256 : null,
          file.mode,
          file.offsetBytes(),
          file.plan.targetPath(),
          file.plan.destSub(),
          file.plan.destName());
    }
  }

  private synchronized <T> Future<T> answer(Supplier<T> work) {
    try {
      T answer = work.get();
      failHeld();
      return Future.succeededFuture(answer);
    } catch (CoordinatorException refusal) {
      return Future.failedFuture(refusal);
    }
  }

  private static CoordinatorException refusal(Disposition disposition, String reason) {
    return new CoordinatorException(disposition, reason, "fake coordinator: " + reason, null);
  }

  private AgentRegistration session(String id) {
    AgentRegistration session = sessions.get(id);
    if (session == null) {
      throw refusal(Disposition.ABANDON_LEASE, "session_unknown");
    }
    return session;
  }

  private Job known(String jobId) {
    Job job = jobs.get(jobId);
    if (job == null) {
      throw refusal(Disposition.FAIL_TASK, "job_unknown");
    }
    return job;
  }

  private Stream<FileTransfer> allFiles() {
    return jobs.values().stream().flatMap(job -> job.files.values().stream());
  }

  private Stream<Task> allTasks() {
    return allFiles().flatMap(file -> file.tasks.stream());
  }

  private static <T> Map<String, T> byId(Stream<T> things, Function<T, String> id) {
    Map<String, T> found = new HashMap<>();
    things.forEach(thing -> found.put(id.apply(thing), thing));
    return found;
  }

  /** The same request repeated gets the same answer. */
  @SuppressWarnings("unchecked")
  private <T> T once(String sessionId, String requestId, Supplier<T> take) {
    String key = sessionId + " " + requestId;
    Object known = taken.get(key);
    if (known == null) {
      known = take.get();
      taken.put(key, known);
    }
    return (T) known;
  }

  private static <I> BatchReply each(
      List<I> items, Function<I, String> id, Function<I, String> refusalOf) {
    List<ItemResult> results = new ArrayList<>();
    for (I item : items) {
      String reason = refusalOf.apply(item);
      results.add(
          reason == null
              ? new ItemResult(id.apply(item), ItemOutcome.OK, null)
              : new ItemResult(
                  id.apply(item),
                  ItemOutcome.REFUSED,
                  new Problem("urn:syncmate:problem:" + reason, "T", 409, reason, null)));
    }
    return new BatchReply(results);
  }

  @Override
  public Future<AgentSession> register(AgentRegistration registration) {
    return answer(
        () -> {
          if (registration.contractVersion() != Contract.VERSION) {
            throw refusal(Disposition.STOP_AGENT, "contract_unsupported");
          }
          AgentRegistration known = sessions.putIfAbsent(registration.sessionId(), registration);
          if (known != null && !known.equals(registration)) {
            throw refusal(Disposition.STOP_AGENT, "session_conflict");
          }
          return new AgentSession(
              registration.sessionId(),
              Contract.VERSION,
              LEASE_DURATION_MS,
              HEARTBEAT_INTERVAL_MS,
              POLL_INTERVAL_MS,
              zones());
        });
  }

  private List<Zone> zones() {
    Map<String, Zone> zones = new LinkedHashMap<>();
    allFiles()
        .filter(f -> f.state == FileState.UNRESOLVED || f.state == FileState.TRANSFERRING)
        .forEach(
            f -> zones.putIfAbsent(f.plan.zone(), new Zone(f.plan.zone(), f.plan.sourcePath())));
    return List.copyOf(zones.values());
  }

  @Override
  public Future<HeartbeatReply> heartbeat(String sessionId, Heartbeat heartbeat) {
    return answer(
        () -> {
          session(sessionId);
          Map<String, Task> tasks = byId(allTasks(), Task::id);
          List<String> lost =
              heartbeat.held().stream()
                  .filter(held -> !tasks.get(held.taskId()).heldBy(sessionId, held.leaseEpoch()))
                  .map(HeldLease::taskId)
                  .toList();
          return new HeartbeatReply(
              LEASE_DURATION_MS,
              HEARTBEAT_INTERVAL_MS,
              POLL_INTERVAL_MS,
              lost,
              Directive.WORK,
              zones());
        });
  }

  @Override
  public Future<SessionEnd> endSession(String sessionId) {
    return answer(
        () -> {
          sessions.remove(sessionId);
          List<Task> held =
              allTasks().filter(t -> t.leased() && sessionId.equals(t.session)).toList();
          held.forEach(this::giveBack);
          allFiles().filter(f -> sessionId.equals(f.session)).forEach(f -> f.session = null);
          return new SessionEnd(held.size());
        });
  }

  /** A sender's object is garbage then; a receiver's goes to the next. */
  private void giveBack(Task task) {
    if (task.state == TaskState.UPLOADING) {
      discardObject(task);
      task.state = TaskState.PENDING;
    } else {
      task.state = TaskState.UPLOADED;
    }
  }

  private void discardObject(Task task) {
    garbage.put(task.objectKey, task);
  }

  @Override
  public Future<JobStatus> submitJob(JobSubmission submission) {
    return answer(
        () -> {
          if (submission.sliceSizeBytes() > submission.windowBytes()) {
            throw refusal(Disposition.FAIL_TASK, "slice_exceeds_window");
          }
          return status(jobs.computeIfAbsent(submission.jobId(), id -> new Job(submission)));
        });
  }

  @Override
  public Future<BatchReply> submitFiles(String jobId, FileBatch batch) {
    return answer(
        () -> {
          Job job = known(jobId);
          return each(batch.files(), PlannedFile::virtualPath, plan -> add(job, plan));
        });
  }

  private String add(Job job, PlannedFile plan) {
    FileTransfer known = job.files.get(plan.virtualPath());
    if (known != null) {
      return known.plan.equals(plan) ? null : "file_conflict";
    }
    if (job.sealed) {
      return "job_sealed";
    }
    FileTransfer file = new FileTransfer(String.valueOf(++filesMade), job, plan);
    job.files.put(plan.virtualPath(), file);
    file.state = FileState.UNRESOLVED;
    if (plan.mode() != PlanMode.UNRESOLVED) {
      cut(file, plan.mode() == PlanMode.APPEND ? TransferMode.APPEND : TransferMode.FULL);
    }
    return null;
  }

  private static void cut(FileTransfer file, TransferMode mode) {
    file.mode = mode;
    file.state = FileState.TRANSFERRING;
    long slice = file.job.submission.sliceSizeBytes();
    long at = file.offsetBytes();
    do {
      long length = Math.min(slice, file.plan.sizeBytes() - at);
      file.tasks.add(new Task(file, file.tasks.size(), at, length));
      at += length;
    } while (at < file.plan.sizeBytes());
  }

  @Override
  public Future<JobStatus> sealJob(String jobId, JobSeal seal) {
    return answer(
        () -> {
          Job job = known(jobId);
          if (job.files.size() != seal.fileCount()) {
            throw refusal(Disposition.FAIL_TASK, "job_incomplete");
          }
          job.sealed = true;
          return status(job);
        });
  }

  @Override
  public Future<JobStatus> job(String jobId) {
    return answer(() -> status(known(jobId)));
  }

  @Override
  public Future<ResolvingReply> takeResolving(TakeResolving request) {
    return answer(
        () -> {
          session(request.sessionId());
          return once(
              request.sessionId(),
              request.requestId(),
              () -> {
                Predicate<FileTransfer> free =
                    f -> f.state == FileState.UNRESOLVED && request.zones().contains(f.plan.zone());
                return new ResolvingReply(
                    lease(free, request.maxFiles(), request.sessionId())
                        .map(FakeCoordinator::resolving)
                        .toList());
              });
        });
  }

  private Stream<FileTransfer> lease(Predicate<FileTransfer> free, int max, String sessionId) {
    List<FileTransfer> leased =
        allFiles().filter(f -> f.session == null).filter(free).limit(max).toList();
    leased.forEach(
        f -> {
          f.session = sessionId;
          f.epoch++;
        });
    return leased.stream();
  }

  private static ResolvingFile resolving(FileTransfer file) {
    PlannedFile plan = file.plan;
    return new ResolvingFile(
        file.id,
        file.job.submission.jobId(),
        file.epoch,
        plan.virtualPath(),
        plan.sourcePath(),
        plan.sizeBytes(),
        plan.sourceDigest(),
        plan.targetSizeBytes(),
        plan.targetDigest());
  }

  @Override
  public Future<BatchReply> resolved(ResolvedBatch batch) {
    return answer(
        () ->
            each(
                batch.items(),
                ResolvedItem::fileId,
                item ->
                    endFile(
                        batch.sessionId(),
                        item.fileId(),
                        item.leaseEpoch(),
                        FileState.UNRESOLVED,
                        file -> resolve(file, item))));
  }

  private static void resolve(FileTransfer file, ResolvedItem item) {
    switch (item.verdict()) {
      case APPEND -> cut(file, TransferMode.APPEND);
      case FULL -> cut(file, TransferMode.FULL);
      case FAILED -> failFile(file, item.detail());
      case UNREACHABLE -> {}
    }
  }

  private static void failFile(FileTransfer file, String error) {
    file.state = FileState.FAILED;
    file.error = error;
  }

  private String endFile(
      String sessionId,
      String fileId,
      int leaseEpoch,
      FileState leasedState,
      Consumer<FileTransfer> end) {
    session(sessionId);
    FileTransfer file = byId(allFiles(), f -> f.id).get(fileId);
    if (file == null) {
      return "file_unknown";
    }
    if (file.epoch != leaseEpoch) {
      return "lease_stale";
    }
    if (sessionId.equals(file.session) && file.state == leasedState) {
      file.session = null;
      end.accept(file);
    }
    return null;
  }

  @Override
  public Future<LeaseReply> take(LeaseRequest request) {
    return answer(
        () -> {
          AgentRegistration session = session(request.sessionId());
          return once(
              request.sessionId(),
              request.requestId(),
              () ->
                  request.direction() == Direction.SEND
                      ? send(request)
                      : receive(request, session));
        });
  }

  private LeaseReply send(LeaseRequest request) {
    List<Lease> leases = new ArrayList<>();
    long bytes = 0;
    boolean windowFull = false;
    for (Task task : pending(request)) {
      Job job = task.file.job;
      boolean fits = job.windowUsedBytes + task.lengthBytes <= job.submission.windowBytes();
      windowFull |= !fits;
      boolean enough = bytes + task.lengthBytes > request.maxBytes() && !leases.isEmpty();
      if (fits && !enough && leases.size() < request.maxTasks()) {
        bytes += task.lengthBytes;
        job.windowUsedBytes += task.lengthBytes;
        leases.add(hand(task, TaskState.UPLOADING, request.sessionId()));
      }
    }
    return reply(leases, windowFull ? WaitReason.WINDOW_FULL : WaitReason.NO_WORK);
  }

  private List<Task> pending(LeaseRequest request) {
    return allTasks()
        .filter(t -> t.state == TaskState.PENDING && t.file.state == FileState.TRANSFERRING)
        .filter(t -> request.zones().contains(t.file.plan.zone()))
        .toList();
  }

  private LeaseReply receive(LeaseRequest request, AgentRegistration session) {
    List<Lease> leases =
        allTasks()
            .filter(t -> t.state == TaskState.UPLOADED && t.file.state == FileState.TRANSFERRING)
            .filter(t -> t.file.domain == null || t.file.domain.equals(session.domain()))
            .limit(request.maxTasks())
            .toList()
            .stream()
            .map(
                task -> {
                  task.file.domain = session.domain();
                  return hand(task, TaskState.DOWNLOADING, request.sessionId());
                })
            .toList();
    return reply(leases, WaitReason.NO_WORK);
  }

  private static LeaseReply reply(List<Lease> leases, WaitReason otherwise) {
    return new LeaseReply(leases, leases.isEmpty() ? new Wait(otherwise, POLL_INTERVAL_MS) : null);
  }

  private static Lease hand(Task task, TaskState state, String sessionId) {
    task.state = state;
    task.session = sessionId;
    task.epoch++;
    if (state == TaskState.UPLOADING) {
      String job = task.file.job.submission.jobId();
      task.objectKey =
          "%s/%s/%d.%d".formatted(job.substring(0, 16), task.file.id, task.no, task.epoch);
    }
    return task.lease();
  }

  private <I> Future<BatchReply> reported(
      String sessionId, List<I> items, Function<I, String> id, BiFunction<I, Task, String> apply) {
    return answer(
        () -> {
          session(sessionId);
          Map<String, Task> tasks = byId(allTasks(), Task::id);
          return each(
              items,
              id,
              item -> {
                Task task = tasks.get(id.apply(item));
                return task == null ? "task_unknown" : apply.apply(item, task);
              });
        });
  }

  @Override
  public Future<BatchReply> complete(CompleteBatch batch) {
    return reported(
        batch.sessionId(),
        batch.items(),
        CompletedTask::taskId,
        (item, task) -> {
          boolean held = task.heldBy(batch.sessionId(), item.leaseEpoch());
          if (!held && !task.completedBy(item.leaseEpoch())) {
            return "lease_stale";
          }
          if (mismatch(item, task)) {
            return "object_mismatch";
          }
          if (held) {
            completeHeld(item, task);
          }
          return null;
        });
  }

  private static boolean mismatch(CompletedTask item, Task task) {
    boolean digestKnown = task.state != TaskState.UPLOADING;
    return !item.objectKey().equals(task.objectKey)
        || item.sizeBytes() != task.lengthBytes
        || (digestKnown && !item.sha256().equals(task.sha256));
  }

  private void completeHeld(CompletedTask item, Task task) {
    if (task.state == TaskState.UPLOADING) {
      task.state = TaskState.UPLOADED;
      task.uploadEpoch = task.epoch;
      task.sha256 = item.sha256();
      return;
    }
    task.state = TaskState.DOWNLOADED;
    discardObject(task);
    if (task.file.tasks.stream().allMatch(t -> t.state == TaskState.DOWNLOADED)) {
      task.file.state = FileState.PLACING;
    }
  }

  @Override
  public Future<BatchReply> fail(FailBatch batch) {
    return reported(
        batch.sessionId(),
        batch.items(),
        FailedTask::taskId,
        (item, task) -> {
          if (!task.heldBy(batch.sessionId(), item.leaseEpoch())) {
            return ended(task, batch.sessionId(), item.leaseEpoch());
          }
          task.attempts++;
          task.error = item.reason() + ": " + item.detail();
          failHeld(item, task);
          return null;
        });
  }

  private void failHeld(FailedTask item, Task task) {
    switch (item.kind()) {
      case PERMANENT -> {
        discardObject(task);
        task.state = TaskState.FAILED;
        failFile(task.file, task.error);
      }
      case OBJECT_BAD -> {
        discardObject(task);
        task.state = TaskState.PENDING;
      }
      case RETRY, UNREACHABLE -> giveBack(task);
    }
  }

  /** A repeated fail or release meets its own work. */
  private static String ended(Task task, String sessionId, int leaseEpoch) {
    boolean byIt =
        !task.leased()
            && sessionId.equals(task.session)
            && task.epoch == leaseEpoch
            && !task.completedBy(leaseEpoch);
    return byIt ? null : "lease_stale";
  }

  @Override
  public Future<BatchReply> release(ReleaseBatch batch) {
    return reported(
        batch.sessionId(),
        batch.items(),
        HeldLease::taskId,
        (item, task) -> {
          if (!task.heldBy(batch.sessionId(), item.leaseEpoch())) {
            return ended(task, batch.sessionId(), item.leaseEpoch());
          }
          giveBack(task);
          return null;
        });
  }

  @Override
  public Future<PlacingReply> takePlacing(TakePlacing request) {
    return answer(
        () -> {
          String domain = session(request.sessionId()).domain();
          return once(
              request.sessionId(),
              request.requestId(),
              () ->
                  new PlacingReply(
                      lease(
                              f ->
                                  f.state == FileState.PLACING
                                      && domain.equals(f.domain)
                                      && groupIsReady(f),
                              request.maxFiles(),
                              request.sessionId())
                          .map(FakeCoordinator::placing)
                          .toList()));
        });
  }

  private static Stream<FileTransfer> groupUpTo(FileTransfer file) {
    String group = file.plan.publishGroup();
    return file.job.files.values().stream()
        .filter(f -> group != null && group.equals(f.plan.publishGroup()))
        .filter(f -> f.plan.publishOrder() <= file.plan.publishOrder());
  }

  private static boolean groupIsReady(FileTransfer file) {
    return file.plan.publishGroup() == null
        || (file.job.sealed
            && groupUpTo(file)
                .allMatch(
                    f ->
                        f.state == FileState.DONE
                            || (f.state == FileState.PLACING
                                && f.plan.publishOrder().equals(file.plan.publishOrder()))));
  }

  /** A staged file whose group can't become ready fails with it. */
  private void failHeld() {
    for (FileTransfer file : allFiles().toList()) {
      if (file.state == FileState.PLACING && file.session == null) {
        groupUpTo(file)
            .filter(f -> f.state == FileState.FAILED)
            .findFirst()
            .ifPresent(
                f ->
                    failFile(
                        file,
                        "not placed: %s of its publish group failed: %s"
                            .formatted(f.plan.virtualPath(), f.error)));
      }
    }
  }

  private static PlacingFile placing(FileTransfer file) {
    PlannedFile plan = file.plan;
    return new PlacingFile(
        file.id,
        file.job.submission.jobId(),
        file.epoch,
        file.virtualPath(),
        file.mode,
        plan.sourcePath(),
        plan.sizeBytes(),
        plan.sourceDigest(),
        file.offsetBytes(),
        plan.targetPath(),
        plan.targetDigest(),
        plan.destSub(),
        plan.destName(),
        file.tasks.stream()
            .map(task -> new SliceDigest(task.offsetBytes, task.lengthBytes, task.sha256))
            .toList());
  }

  @Override
  public Future<BatchReply> placed(PlacedBatch batch) {
    return answer(
        () ->
            each(
                batch.items(),
                PlacedItem::fileId,
                item ->
                    endFile(
                        batch.sessionId(),
                        item.fileId(),
                        item.leaseEpoch(),
                        FileState.PLACING,
                        file -> place(file, item))));
  }

  private static void place(FileTransfer file, PlacedItem item) {
    switch (item.outcome()) {
      case PLACED -> file.state = FileState.DONE;
      case FAILED -> failFile(file, item.detail());
      case RESTART -> {
        file.state = FileState.TRANSFERRING;
        file.domain = null;
        file.tasks.forEach(task -> task.state = TaskState.PENDING);
      }
      case RELEASE -> {}
    }
  }

  @Override
  public Future<GarbageReply> takeGarbage(GarbageTake request) {
    return answer(
        () -> {
          session(request.sessionId());
          return new GarbageReply(
              Stream.concat(garbage.keySet().stream(), strays.stream())
                  .limit(request.maxObjects())
                  .toList());
        });
  }

  @Override
  public Future<GarbageConfirmed> garbageDeleted(GarbageDeleted deleted) {
    return answer(
        () -> {
          session(deleted.sessionId());
          deleted.objectKeys().forEach(strays::remove);
          long credited = 0;
          for (Task task : deleted.objectKeys().stream().map(garbage::remove).toList()) {
            if (task != null) {
              task.file.job.windowUsedBytes -= task.lengthBytes;
              credited += task.lengthBytes;
            }
          }
          return new GarbageConfirmed(credited);
        });
  }

  /** Each job once while it is at work, and once when it is done. */
  @Override
  public Future<SweepReply> takeSweep(TakeSweep request) {
    return answer(
        () -> {
          session(request.sessionId());
          return sweepsTaken.computeIfAbsent(request, ignored -> nextSweep());
        });
  }

  private SweepReply nextSweep() {
    return new SweepReply(
        jobs.values().stream()
            .map(FakeCoordinator::status)
            .filter(job -> swept.add(job.jobId() + (job.state() == JobState.DONE)))
            .map(job -> new Sweep(job.jobId(), keyPrefix(job.jobId())))
            .limit(1)
            .toList());
  }

  private static String keyPrefix(String jobId) {
    return jobId.substring(0, 16) + "/";
  }

  @Override
  public Future<GarbageReply> listed(ListedBatch batch) {
    return answer(
        () -> {
          session(batch.sessionId());
          known(batch.jobId());
          List<String> old =
              batch.objects().stream()
                  .filter(object -> object.lastModifiedMs() <= NOW_MS - 2L * LEASE_DURATION_MS)
                  .map(ListedObject::objectKey)
                  .toList();
          strays.addAll(old.stream().filter(key -> isUnknown(batch.jobId(), key)).toList());
          return new GarbageReply(old.stream().filter(strays::contains).toList());
        });
  }

  /** Whether no attempt has the key or can get it: only epochs that the task has had. */
  private boolean isUnknown(String jobId, String key) {
    Matcher parts = OBJECT_KEY.matcher(key);
    if (!parts.matches() || !key.startsWith(keyPrefix(jobId)) || garbage.containsKey(key)) {
      return false;
    }
    Task task = byId(allTasks(), Task::id).get(parts.group(1) + "-" + parts.group(2));
    return task != null
        && Integer.parseInt(parts.group(3)) <= task.epoch
        && !(key.equals(task.objectKey) && (task.leased() || task.state == TaskState.UPLOADED));
  }

  @Override
  public Future<Status> status() {
    return answer(
        () ->
            new Status(
                jobs.values().stream().map(FakeCoordinator::status).toList(),
                taskTallies(allTasks().toList()),
                fileTallies(allFiles().toList()),
                0,
                0,
                null,
                sessions.values().stream().map(this::agent).toList()));
  }

  private AgentStatus agent(AgentRegistration session) {
    long leases =
        allTasks().filter(t -> t.leased() && session.sessionId().equals(t.session)).count();
    return new AgentStatus(
        session.sessionId(),
        session.name(),
        session.host(),
        session.role(),
        session.domain(),
        AgentState.LIVE,
        (int) leases,
        0,
        0,
        0,
        session.agentVersion(),
        Directive.WORK,
        0);
  }

  private static JobStatus status(Job job) {
    Collection<FileTransfer> files = job.files.values();
    boolean over =
        files.stream().allMatch(f -> f.state == FileState.DONE || f.state == FileState.FAILED);
    JobState state = !job.sealed ? JobState.OPEN : over ? JobState.DONE : JobState.ACTIVE;
    return new JobStatus(
        job.submission.jobId(),
        state,
        JobControl.RUN,
        job.submission.sliceSizeBytes(),
        job.submission.windowBytes(),
        job.windowUsedBytes,
        taskTallies(files.stream().flatMap(f -> f.tasks.stream()).toList()),
        fileTallies(files));
  }

  private static TaskTallies taskTallies(List<Task> tasks) {
    Function<TaskState, Tally> tally =
        state -> tally(tasks, t -> t.state == state, t -> t.lengthBytes);
    return new TaskTallies(
        tally.apply(TaskState.PENDING),
        tally.apply(TaskState.UPLOADING),
        tally.apply(TaskState.UPLOADED),
        tally.apply(TaskState.DOWNLOADING),
        tally.apply(TaskState.DOWNLOADED),
        tally.apply(TaskState.FAILED));
  }

  private static FileTallies fileTallies(Collection<FileTransfer> files) {
    Function<FileState, Tally> tally =
        state -> tally(files, f -> f.state == state, f -> f.plan.sizeBytes() - f.offsetBytes());
    return new FileTallies(
        tally.apply(FileState.UNRESOLVED),
        tally.apply(FileState.TRANSFERRING),
        tally.apply(FileState.PLACING),
        tally.apply(FileState.DONE),
        tally.apply(FileState.FAILED));
  }

  private static <T> Tally tally(Collection<T> things, Predicate<T> test, Function<T, Long> bytes) {
    List<T> counted = things.stream().filter(test).toList();
    return new Tally(counted.size(), counted.stream().map(bytes).reduce(0L, Long::sum));
  }

  @Override
  public Future<TaskPage> tasks(String jobId, TaskState state, String after) {
    return answer(
        () ->
            new TaskPage(
                known(jobId).files.values().stream()
                    .flatMap(file -> file.tasks.stream())
                    .filter(task -> state == null || task.state == state)
                    .map(FakeCoordinator::taskStatus)
                    .toList(),
                null));
  }

  private static TaskStatus taskStatus(Task task) {
    Lease shown = task.lease();
    return new TaskStatus(
        task.id(),
        task.file.id,
        shown.jobId(),
        shown.virtualPath(),
        task.state,
        task.epoch,
        task.offsetBytes,
        task.lengthBytes,
        task.attempts,
        null,
        null,
        task.objectKey,
        task.error,
        List.of());
  }

  @Override
  public Future<FilePage> files(String jobId, FileState state, String after) {
    return answer(
        () ->
            new FilePage(
                known(jobId).files.values().stream()
                    .filter(file -> state == null || file.state == state)
                    .map(FakeCoordinator::fileStatus)
                    .toList(),
                null));
  }

  private static FileStatus fileStatus(FileTransfer file) {
    return new FileStatus(
        file.id,
        file.job.submission.jobId(),
        file.virtualPath(),
        file.plan.sourcePath(),
        file.plan.targetPath(),
        file.plan.mode(),
        file.state,
        file.plan.sizeBytes(),
        file.error);
  }

  @Override
  public void close() {}
}
