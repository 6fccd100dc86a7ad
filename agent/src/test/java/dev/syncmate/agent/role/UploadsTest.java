// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static dev.syncmate.agent.role.Leases.lease;
import static dev.syncmate.agent.role.Rig.leases;
import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.slice.StampedSource;
import dev.syncmate.agent.testing.UnexpectedStore;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import dev.syncmate.schema.LeaseRequest;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.Wait;
import dev.syncmate.schema.WaitReason;
import dev.syncmate.schema.Zone;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a loop of uploads asks for; the slices that it gets are never done. */
class UploadsTest {
  private static final int TRANSFERS = 2;

  private final Rig rig = new Rig();
  private final Rig.Leasing coordinator = new Rig.Leasing();
  private final Loops loops = rig.loops(coordinator, Role.SEND);
  private final List<String> opened = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();
  private boolean openThrows;

  private final LeasedSlices slices =
      new LeasedSlices() {
        @Override
        public Future<StampedSource> open(Lease lease) {
          opened.add(lease.taskId());
          return openThrows ? Rig.bug() : Promise.<StampedSource>promise().future();
        }

        @Override
        public @Nullable String metadata(Lease lease) {
          return null;
        }

        @Override
        public Future<Void> close(Lease lease) {
          closed.add(lease.taskId());
          return Future.succeededFuture();
        }
      };

  private final Uploads uploads =
      new Uploads(
          new UnexpectedStore(),
          slices,
          new DearZones(loops, new ReachableZones(loops, Path::of, Map.of("/far", Reach.NETWORK))),
          rig.blocking);
  private final TransferLoop loop = new TransferLoop(loops, uploads, TRANSFERS, () -> {});

  @Test
  void move_openingThrows_endsTheUseOfTheSliceAllTheSame() {
    openThrows = true;

    assertThat(uploads.move(lease("1-0", 1), new Cancellation()).failed()).isTrue();
    assertThat(closed).containsExactly("1-0");
  }

  /** Zones whose sample is there: one on this host's disk, one that the configuration calls far. */
  private void zones(String... names) {
    coordinator.zones = List.of(names).stream().map(name -> new Zone(name, "/")).toList();
    loops.keeper().refresh();
  }

  private static Future<LeaseReply> nothing(WaitReason reason) {
    return Future.succeededFuture(new LeaseReply(List.of(), new Wait(reason, 60_000)));
  }

  @Test
  void take_workInCheapZones_namesNoDearOnes() {
    zones("/near", "/far");
    coordinator.takes.add(leases(lease("1-0", 1), lease("1-1", 1)));
    loop.wake();

    assertThat(coordinator.requests).hasSize(1);
    assertThat(coordinator.requests.get(0).zones()).containsExactly("/near");
    assertThat(coordinator.requests.get(0).dearZones()).isNull();
  }

  @Test
  void take_cheapZonesEmpty_namesDearOnesAtOnce() {
    zones("/near", "/far");
    coordinator.takes.add(nothing(WaitReason.NOT_REACHABLE));
    coordinator.takes.add(leases(lease("1-0", 1), lease("1-1", 1)));
    loop.wake();

    assertThat(coordinator.requests).hasSize(2);
    assertThat(coordinator.requests.get(1).zones()).containsExactly("/near");
    assertThat(coordinator.requests.get(1).dearZones()).containsExactly("/far");
  }

  @ParameterizedTest
  @EnumSource(names = {"WINDOW_FULL", "FAILING"})
  void take_nothingForOtherReasonsThanWork_leavesDearZonesToOthers(WaitReason reason) {
    zones("/near", "/far");
    coordinator.takes.add(nothing(reason));
    loop.wake();

    assertThat(coordinator.requests).hasSize(1);
  }

  @Test
  void take_onlyDearZones_namesThemAsDear() {
    zones("/far");
    coordinator.takes.add(nothing(WaitReason.NOT_REACHABLE));
    loop.wake();

    assertThat(coordinator.requests).hasSize(1);
    assertThat(coordinator.requests.get(0).zones()).isEmpty();
    assertThat(coordinator.requests.get(0).dearZones()).containsExactly("/far");
  }

  @Test
  void take_leftOutForLong_namesAllZonesAlike() {
    zones("/far");
    for (int i = 0; i < 11; i++) {
      coordinator.takes.add(nothing(WaitReason.NOT_REACHABLE));
    }
    coordinator.takes.add(leases(lease("1-0", 1), lease("1-1", 1)));
    loop.wake();
    rig.scheduler.advance(DearZones.PATIENCE.minusSeconds(1));
    assertThat(coordinator.requests).allMatch(request -> request.zones().isEmpty());
    rig.scheduler.advance(Duration.ofSeconds(1));

    LeaseRequest last = coordinator.requests.get(coordinator.requests.size() - 1);
    assertThat(last.zones()).containsExactly("/far");
    assertThat(last.dearZones()).isNull();
    assertThat(opened).contains("1-0");
  }

  @Test
  void take_askingForZonesThrows_isRepeatedAfterAPollInterval() {
    zones("/near");
    rig.poolClosed = true;
    loop.wake();
    rig.poolClosed = false;
    assertThat(loop.idle()).isTrue();
    rig.scheduler.advance(Rig.POLL);

    assertThat(coordinator.requests.get(0).zones()).containsExactly("/near");
  }
}
