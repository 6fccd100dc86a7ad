// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectInfo;
import dev.syncmate.agent.testing.UnexpectedStore;
import dev.syncmate.schema.GarbageReply;
import dev.syncmate.schema.ListedBatch;
import dev.syncmate.schema.ListedObject;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.Sweep;
import dev.syncmate.schema.SweepReply;
import dev.syncmate.schema.TakeSweep;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepingTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Sweep JOB = new Sweep("0123456789abcdef", "0123456789abcdef/");
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final Rig rig = new Rig();
  private final Played coordinator = new Played();
  private final Bucket bucket = new Bucket();
  private int found;
  private final Sweeping sweeping = new Sweeping(coordinator, bucket, () -> found++);
  private final PollLoop loop =
      new PollLoop("sweep", rig.loops(coordinator, Role.RECV), sweeping, () -> LEASE);

  private static final class Played extends Rig.Played {
    final List<Sweep> due = new ArrayList<>();
    final List<ListedBatch> listed = new ArrayList<>();
    List<String> unknown = List.of();
    int asked;

    @Override
    public Future<SweepReply> takeSweep(TakeSweep request) {
      asked++;
      return Future.succeededFuture(
          new SweepReply(due.isEmpty() ? List.of() : List.of(due.remove(0)), null));
    }

    @Override
    public Future<GarbageReply> listed(ListedBatch batch) {
      listed.add(batch);
      return Future.succeededFuture(
          new GarbageReply(
              batch.objects().stream()
                  .map(ListedObject::objectKey)
                  .filter(unknown::contains)
                  .toList()));
    }
  }

  private static final class Bucket extends UnexpectedStore {
    final List<List<ObjectInfo>> pages = new ArrayList<>();
    final List<String> prefixes = new ArrayList<>();
    int brokenPage = -1;

    @Override
    public Future<ObjectPage> list(String prefix, String continuation) {
      prefixes.add(prefix);
      int page = continuation == null ? 0 : Integer.parseInt(continuation);
      if (page == brokenPage) {
        return Future.failedFuture(new TransferException(Reason.STORE_UNAVAILABLE, "503"));
      }
      String next = page + 1 < pages.size() ? String.valueOf(page + 1) : null;
      return Future.succeededFuture(new ObjectPage(pages.get(page), next));
    }
  }

  private static ObjectInfo object(String name, Duration age) {
    return new ObjectInfo(JOB.keyPrefix() + name, 7, "tag", NOW.minus(age));
  }

  private static ListedObject listedObject(String name, Duration age) {
    return new ListedObject(JOB.keyPrefix() + name, NOW.minus(age).toEpochMilli());
  }

  @Test
  void step_nothingDue_listsNothing() {
    assertThat(sweeping.run(Rig.SESSION).result()).isFalse();
    assertThat(bucket.prefixes).isEmpty();
  }

  @Test
  void step_jobDue_saysEveryPageWithTimes() {
    coordinator.due.add(JOB);
    bucket.pages.add(List.of(object("1/0.1", Duration.ofMinutes(9)), object("1/1.1", LEASE)));
    bucket.pages.add(List.of(object("1/2.3", Duration.ZERO)));
    assertThat(sweeping.run(Rig.SESSION).result()).isTrue();

    assertThat(bucket.prefixes).containsExactly(JOB.keyPrefix(), JOB.keyPrefix());
    assertThat(coordinator.listed)
        .extracting(ListedBatch::objects)
        .containsExactly(
            List.of(listedObject("1/0.1", Duration.ofMinutes(9)), listedObject("1/1.1", LEASE)),
            List.of(listedObject("1/2.3", Duration.ZERO)));
    assertThat(coordinator.listed).extracting(ListedBatch::jobId).containsOnly(JOB.jobId());
    assertThat(found).isZero();
  }

  @Test
  void step_someUnknown_tellsThatThereIsGarbage() {
    coordinator.due.add(JOB);
    coordinator.unknown = List.of(JOB.keyPrefix() + "1/0.1");
    bucket.pages.add(List.of(object("1/0.1", LEASE), object("1/1.1", LEASE)));
    assertThat(sweeping.run(Rig.SESSION).result()).isTrue();

    assertThat(found).isEqualTo(1);
  }

  @Test
  void step_otherPeoplesObjects_areNotMentioned() {
    coordinator.due.add(JOB);
    bucket.pages.add(
        List.of(
            object("notes.txt", LEASE),
            object("1/0.1.part", LEASE),
            object("ü/0.1", LEASE),
            new ObjectInfo("elsewhere/1/0.1", 7, "tag", NOW)));
    assertThat(sweeping.run(Rig.SESSION).result()).isTrue();

    assertThat(coordinator.listed).isEmpty();
  }

  @Test
  void loop_withinALease_asksOnce() {
    loop.wake();
    rig.scheduler.advance(LEASE.minusMillis(1));
    assertThat(coordinator.asked).isEqualTo(1);
    rig.scheduler.advance(Duration.ofMillis(1));
    assertThat(coordinator.asked).isEqualTo(2);
  }

  @Test
  void loop_bucketDownAtTheSecondPage_asksLaterAgain() {
    coordinator.due.add(JOB);
    bucket.pages.add(List.of(object("1/0.1", LEASE)));
    bucket.pages.add(List.of());
    bucket.brokenPage = 1;
    assertThat(sweeping.run(Rig.SESSION).failed()).isTrue();
    coordinator.due.add(JOB);
    loop.wake();
    rig.scheduler.advance(LEASE.minusMillis(1));
    assertThat(coordinator.asked).isEqualTo(2);
    rig.scheduler.advance(Duration.ofMillis(1));
    assertThat(coordinator.asked).isEqualTo(3);
  }

  @Test
  void exhaust_severalJobsDue_sweepsEach() {
    coordinator.due.add(JOB);
    coordinator.due.add(new Sweep("fedcba9876543210", "fedcba9876543210/"));
    bucket.pages.add(List.of());
    assertThat(loop.exhaust().succeeded()).isTrue();

    assertThat(bucket.prefixes).containsExactly(JOB.keyPrefix(), "fedcba9876543210/");
    assertThat(coordinator.asked).isEqualTo(3);
  }
}
