// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.testing.UnexpectedStore;
import dev.syncmate.schema.GarbageConfirmed;
import dev.syncmate.schema.GarbageDeleted;
import dev.syncmate.schema.GarbageReply;
import dev.syncmate.schema.GarbageTake;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GarbageTest {
  private final Played coordinator = new Played();
  private final Bucket bucket = new Bucket();
  private final Garbage garbage = new Garbage(coordinator, bucket);

  private static final class Played extends Rig.Played {
    List<String> offered = List.of();
    final List<List<String>> confirmed = new ArrayList<>();

    @Override
    public Future<GarbageReply> takeGarbage(GarbageTake request) {
      return Future.succeededFuture(new GarbageReply(offered));
    }

    @Override
    public Future<GarbageConfirmed> garbageDeleted(GarbageDeleted deleted) {
      confirmed.add(deleted.objectKeys());
      return Future.succeededFuture(new GarbageConfirmed(1));
    }
  }

  private static final class Bucket extends UnexpectedStore {
    List<String> stubborn = List.of();
    boolean down;

    @Override
    public Future<List<String>> delete(List<String> keys) {
      return down
          ? Future.failedFuture(new TransferException(Reason.STORE_UNAVAILABLE, "503"))
          : Future.succeededFuture(keys.stream().filter(key -> !stubborn.contains(key)).toList());
    }
  }

  @Test
  void step_nothingOffered_findsNoWork() {
    assertThat(garbage.run(Rig.SESSION).result()).isFalse();
    assertThat(coordinator.confirmed).isEmpty();
  }

  @Test
  void step_someObjectsStay_confirmsOnlyThoseThatAreGone() {
    coordinator.offered = List.of("a", "b", "c");
    bucket.stubborn = List.of("b");
    assertThat(garbage.run(Rig.SESSION).result()).isFalse();

    assertThat(coordinator.confirmed).containsExactly(List.of("a", "c"));
  }

  @Test
  void step_noObjectGoes_confirmsNothing() {
    coordinator.offered = List.of("a");
    bucket.stubborn = List.of("a");
    assertThat(garbage.run(Rig.SESSION).result()).isFalse();

    assertThat(coordinator.confirmed).isEmpty();
  }

  @Test
  void step_bucketDown_failsAndConfirmsNothing() {
    coordinator.offered = List.of("a");
    bucket.down = true;
    assertThat(garbage.run(Rig.SESSION).failed()).isTrue();

    assertThat(coordinator.confirmed).isEmpty();
  }

  @Test
  void step_aWholeBatch_asksForMore() {
    coordinator.offered =
        IntStream.range(0, ObjectStore.DELETE_KEYS_MAX).mapToObj(i -> "k" + i).toList();

    assertThat(garbage.run(Rig.SESSION).result()).isTrue();
  }
}
