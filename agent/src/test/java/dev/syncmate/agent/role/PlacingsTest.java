// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.placing.Placer;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.agent.staging.TargetConfig;
import dev.syncmate.agent.staging.TargetPaths;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.HeldFile;
import dev.syncmate.schema.PlacedBatch;
import dev.syncmate.schema.PlacedItem;
import dev.syncmate.schema.PlacedOutcome;
import dev.syncmate.schema.PlacingFile;
import dev.syncmate.schema.PlacingReply;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.SliceDigest;
import dev.syncmate.schema.TakePlacing;
import dev.syncmate.schema.TransferMode;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose staging is gone, as the simplest that a real placer has an answer to. */
class PlacingsTest {
  @TempDir Path folder;

  private final Rig rig = new Rig();
  private final Played coordinator = new Played();

  private static final class Played extends Rig.Played {
    final List<TakePlacing> takes = new ArrayList<>();
    final Deque<Future<PlacingReply>> answers = new ArrayDeque<>();
    final List<PlacedItem> items = new ArrayList<>();
    int reportsLost;

    @Override
    public Future<PlacingReply> takePlacing(TakePlacing request) {
      takes.add(request);
      return answers.isEmpty()
          ? Future.succeededFuture(new PlacingReply(List.of()))
          : answers.remove();
    }

    @Override
    public Future<BatchReply> placed(PlacedBatch batch) {
      if (reportsLost > 0) {
        reportsLost--;
        return Rig.unanswered();
      }
      items.addAll(batch.items());
      return Future.succeededFuture(
          Rig.ok(batch.items().stream().map(PlacedItem::fileId).toList()));
    }
  }

  private Loops loops;

  private Placings placings() {
    return placings(folder);
  }

  private Placings placings(@Nullable Path destDir) {
    loops = rig.loops(coordinator, Role.RECV);
    TargetPaths targets = new TargetPaths(new TargetConfig(destDir, List.of(folder), Path::of));
    Staging staging = new Staging(targets, folder.resolve("cache"), "writer-1");
    return new Placings(loops, new Placer(staging, (file, size) -> "0123456789abcdef", true));
  }

  private static Future<PlacingReply> file(String id) {
    return Future.succeededFuture(
        new PlacingReply(
            List.of(
                new PlacingFile(
                    id,
                    "0123456789abcdef",
                    3,
                    "f",
                    TransferMode.FULL,
                    "/z/f",
                    10,
                    null,
                    0,
                    null,
                    null,
                    null,
                    null,
                    "All.sha1c",
                    "f",
                    null,
                    List.of(new SliceDigest(0, 10, "0".repeat(64)))))));
  }

  @Test
  void step_stagingLost_saysThatTheFileMustStartAgain() {
    coordinator.answers.add(file("1"));
    assertThat(placings().run(Rig.SESSION).succeeded()).isTrue();

    assertThat(coordinator.items)
        .singleElement()
        .satisfies(
            item -> {
              assertThat(item.outcome()).isEqualTo(PlacedOutcome.RESTART);
              assertThat(item.leaseEpoch()).isEqualTo(3);
              assertThat(item.detail()).isNotBlank();
            });
    assertThat(loops.keeper().leases().count()).isZero();
  }

  @Test
  void step_thisHostCannot_isCountedAndTheNextFileIsAskedForAtOnce() {
    coordinator.answers.add(file("1"));
    assertThat(placings(null).run(Rig.SESSION).result()).isTrue();

    assertThat(coordinator.items)
        .singleElement()
        .satisfies(
            item -> {
              assertThat(item.outcome()).isEqualTo(PlacedOutcome.RETRY);
              assertThat(item.detail()).startsWith("target_unavailable: ");
            });
  }

  @Test
  void step_bugOfOurs_isCountedToo() {
    coordinator.answers.add(file("1"));
    Placings placings = placings();
    rig.poolClosed = true;
    placings.run(Rig.SESSION);

    assertThat(coordinator.items)
        .singleElement()
        .satisfies(
            item -> {
              assertThat(item.outcome()).isEqualTo(PlacedOutcome.RETRY);
              assertThat(item.detail()).startsWith("internal_error: ");
            });
  }

  @Test
  void report_underWay_holdsTheFileByItsEpoch() {
    coordinator.answers.add(file("1"));
    coordinator.reportsLost = 1;
    placings().run(Rig.SESSION);
    assertThat(loops.keeper().leases().files(9)).containsExactly(new HeldFile("1", 3));
    rig.scheduler.advance(Duration.ofSeconds(1));

    assertThat(loops.keeper().leases().files(9)).isEmpty();
  }

  @Test
  void step_answerLost_asksAgainWithTheSameRequest() {
    Placings placings = placings();
    coordinator.answers.add(Rig.unanswered());
    coordinator.answers.add(file("1"));
    assertThat(placings.run(Rig.SESSION).failed()).isTrue();
    placings.run(Rig.SESSION);
    placings.run(Rig.SESSION);

    assertThat(coordinator.items).hasSize(1);
    List<String> requests = coordinator.takes.stream().map(TakePlacing::requestId).toList();
    assertThat(requests.get(1)).isEqualTo(requests.get(0));
    assertThat(requests.get(2)).isNotEqualTo(requests.get(0));
  }

  @Test
  void report_unanswered_isRepeatedUntilAnswered() {
    coordinator.answers.add(file("1"));
    coordinator.reportsLost = 2;
    Future<Boolean> step = placings().run(Rig.SESSION);
    assertThat(step.isComplete()).isFalse();
    rig.scheduler.advance(Duration.ofSeconds(2));

    assertThat(step.succeeded()).isTrue();
    assertThat(coordinator.items).hasSize(1);
  }

  @Test
  void report_leaseLostMeanwhile_isNotRepeated() {
    coordinator.answers.add(file("1"));
    coordinator.reportsLost = 1;
    Future<Boolean> step = placings().run(Rig.SESSION);
    loops.keeper().leases().cancelAll(new TransferException(Reason.DRAINED, "leaving"));
    rig.scheduler.advance(Duration.ofSeconds(1));

    assertThat(step.cause()).isInstanceOf(TransferException.class);
    assertThat(coordinator.items).isEmpty();
  }

  @Test
  void step_poolThrows_letsTheFileGo() {
    coordinator.answers.add(file("1"));
    Placings placings = placings();
    rig.poolClosed = true;
    placings.run(Rig.SESSION);

    assertThat(loops.keeper().leases().count()).isZero();
  }
}
