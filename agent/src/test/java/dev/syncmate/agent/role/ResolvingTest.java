// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.HeldFile;
import dev.syncmate.schema.ResolvedBatch;
import dev.syncmate.schema.ResolvedItem;
import dev.syncmate.schema.ResolvingFile;
import dev.syncmate.schema.ResolvingReply;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.TakeResolving;
import dev.syncmate.schema.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResolvingTest {
  private final Rig rig = new Rig();
  private final Played coordinator = new Played();
  private int resolved;
  private String bad = "";

  private static final class Played extends Rig.Played {
    final List<TakeResolving> takes = new ArrayList<>();
    final Deque<Future<ResolvingReply>> answers = new ArrayDeque<>();
    final List<ResolvedItem> items = new ArrayList<>();
    Promise<BatchReply> unanswered;

    @Override
    public Future<ResolvingReply> takeResolving(TakeResolving request) {
      takes.add(request);
      return answers.isEmpty()
          ? Future.succeededFuture(new ResolvingReply(List.of()))
          : answers.remove();
    }

    @Override
    public Future<BatchReply> resolved(ResolvedBatch batch) {
      if (unanswered != null) {
        return unanswered.future();
      }
      items.addAll(batch.items());
      return Future.succeededFuture(
          Rig.ok(batch.items().stream().map(ResolvedItem::fileId).toList()));
    }
  }

  private Loops loops;

  private Resolving resolving() {
    loops = rig.loops(coordinator, Role.SEND);
    return new Resolving(
        loops,
        new ReachableZones(loops, Path::of, Map.of()),
        file ->
            file.fileId().equals(bad)
                ? Rig.bug()
                : new ResolvedItem(file.fileId(), file.leaseEpoch(), Verdict.APPEND, null),
        () -> resolved++);
  }

  private static Future<ResolvingReply> files(String... ids) {
    return Future.succeededFuture(
        new ResolvingReply(
            List.of(ids).stream()
                .map(id -> new ResolvingFile(id, "j", 1, "f", "/z/f", 10, null, 5, null))
                .toList()));
  }

  @Test
  void step_filesHandedOut_areCheckedAndReported() {
    coordinator.answers.add(files("1", "2"));
    assertThat(resolving().run(Rig.SESSION).result()).isTrue();

    assertThat(coordinator.items).extracting(ResolvedItem::fileId).containsExactly("1", "2");
    assertThat(resolved).isEqualTo(1);
  }

  @Test
  void step_underWay_holdsItsFilesUntilTheReportIsAnswered() {
    coordinator.answers.add(files("1", "2"));
    coordinator.unanswered = Promise.promise();
    Future<Boolean> step = resolving().run(Rig.SESSION);
    assertThat(loops.keeper().leases().files(9))
        .containsExactly(new HeldFile("1", 1), new HeldFile("2", 1));
    coordinator.unanswered.complete(Rig.ok(List.of("1", "2")));

    assertThat(step.result()).isTrue();
    assertThat(loops.keeper().leases().count()).isZero();
  }

  @Test
  void step_hangsForALease_letsItsFilesGoToOthers() {
    coordinator.answers.add(files("1"));
    coordinator.unanswered = Promise.promise();
    resolving().run(Rig.SESSION);
    rig.scheduler.advance(loops.keeper().terms().lease());

    assertThat(loops.keeper().leases().count()).isZero();
  }

  @Test
  void step_reportUnanswered_letsItsFilesGo() {
    coordinator.answers.add(files("1"));
    coordinator.unanswered = Promise.promise();
    Future<Boolean> step = resolving().run(Rig.SESSION);
    coordinator.unanswered.fail("down");

    assertThat(step.failed()).isTrue();
    assertThat(loops.keeper().leases().count()).isZero();
  }

  @Test
  void step_oneCheckThrows_reportsTheOthersAndThatItCouldNot() {
    bad = "1";
    coordinator.answers.add(files("1", "2"));
    assertThat(resolving().run(Rig.SESSION).result()).isTrue();

    assertThat(coordinator.items)
        .extracting(ResolvedItem::verdict)
        .containsExactly(Verdict.UNREACHABLE, Verdict.APPEND);
  }

  @Test
  void step_answerLost_asksAgainWithTheSameRequest() {
    Resolving resolving = resolving();
    coordinator.answers.add(Rig.unanswered());
    coordinator.answers.add(files("1"));
    assertThat(resolving.run(Rig.SESSION).failed()).isTrue();
    assertThat(resolving.run(Rig.SESSION).result()).isTrue();
    resolving.run(Rig.SESSION);

    assertThat(coordinator.items).hasSize(1);
    List<String> requests = coordinator.takes.stream().map(TakeResolving::requestId).toList();
    assertThat(requests.get(1)).isEqualTo(requests.get(0));
    assertThat(requests.get(2)).isNotEqualTo(requests.get(0));
  }

  @Test
  void step_noZoneReached_asksForNothing() {
    coordinator.zones = List.of();
    assertThat(resolving().run(Rig.SESSION).result()).isFalse();

    assertThat(coordinator.takes).isEmpty();
  }
}
