// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.slice.SliceSource;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayReceiverTest {
  private static final long WINDOW = 1L << 40;
  private static Vertx vertx;

  @TempDir Path folder;
  private RelayBench bench;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
  }

  @BeforeEach
  void makeBench() {
    bench = new RelayBench(folder, vertx);
  }

  private void assertPlaced(PlannedFile file) {
    assertThat(bench.targetOf(file)).hasBinaryContent(RelayBench.bytes(Path.of(file.sourcePath())));
  }

  private void assertNoStagingLeft() throws Exception {
    try (var paths = Files.walk(bench.target)) {
      assertThat(paths.map(Path::toString)).noneMatch(path -> path.contains(".syncmate-staging"));
    }
  }

  @Test
  void receive_allThere_placesEachAndDeletesItsObject() throws Exception {
    PlannedFile full = bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    PlannedFile replaced = bench.plan("r.tch", 5000, 4000, PlanMode.FULL);
    PlannedFile tail = bench.plan("b.bin", 8000, 3000, PlanMode.APPEND);
    PlannedFile empty = bench.plan("e.tch", 0, 0, PlanMode.FULL);
    bench.send(false, WINDOW);
    bench.store.objects().put("foreign", new byte[3]);

    assertThat(bench.receive(false, true)).isEqualTo(new RelayResult(4, 19_000, 0, 0, 0));

    for (PlannedFile file : List.of(full, replaced, tail, empty)) {
      assertPlaced(file);
    }
    assertThat(bench.store.objects()).containsOnlyKeys("foreign");
    assertNoStagingLeft();
  }

  @Test
  void receive_secondRun_movesNothing() throws Exception {
    bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    PlannedFile tail = bench.plan("b.bin", 8000, 3000, PlanMode.APPEND);
    bench.send(false, WINDOW);
    bench.receive(false, true);
    Object inode = Files.getAttribute(bench.targetOf(tail), "unix:ino");

    assertThat(bench.receive(false, true)).isEqualTo(new RelayResult(0, 0, 2, 0, 0));
    assertThat(Files.getAttribute(bench.targetOf(tail), "unix:ino")).isEqualTo(inode);
  }

  @Test
  void receive_objectsKept_secondRunMovesNothingEither() throws Exception {
    bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    bench.send(false, WINDOW);

    assertThat(bench.receive(false, false)).isEqualTo(new RelayResult(1, 9000, 0, 0, 0));
    assertThat(bench.store.objects()).containsOnlyKeys("a.tch");
    assertThat(bench.receive(false, false)).isEqualTo(new RelayResult(0, 0, 1, 0, 0));
    assertThat(bench.receive(false, true)).isEqualTo(new RelayResult(0, 0, 1, 0, 0));
    assertThat(bench.store.objects()).isEmpty();
  }

  @Test
  void receive_unresolved_takesTheCandidateThatWasSent() throws Exception {
    PlannedFile tail = bench.plan("b.bin", 8000, 3000, PlanMode.UNRESOLVED);
    PlannedFile whole = bench.plan("c.bin", 7000, 2000, PlanMode.UNRESOLVED);
    byte[] content = RelayBench.bytes(Path.of(tail.sourcePath()));
    bench.store.objects().put("b.bin.offset.3000", Arrays.copyOfRange(content, 3000, 8000));
    bench.store.objects().put("b.bin", content);
    bench.store.objects().put("c.bin", RelayBench.bytes(Path.of(whole.sourcePath())));

    assertThat(bench.receive(true, true)).isEqualTo(new RelayResult(2, 12_000, 0, 0, 0));
    assertPlaced(tail);
    assertPlaced(whole);
    assertThat(bench.store.objects()).as("the candidate not taken goes too").isEmpty();
  }

  @Test
  void receive_senderStillRuns_waitsForTheRest() throws Exception {
    PlannedFile first = bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    PlannedFile late = bench.plan("b.tch", 5000, 0, PlanMode.FULL);
    byte[] content = RelayBench.bytes(Path.of(late.sourcePath()));
    bench.store.objects().put("a.tch", RelayBench.bytes(Path.of(first.sourcePath())));
    bench.atPause.add(() -> {});
    bench.atPause.add(() -> bench.store.objects().put("b.tch", content));

    assertThat(bench.receive(false, true)).isEqualTo(new RelayResult(2, 14_000, 0, 0, 0));
    assertPlaced(late);
    assertThat(bench.said).filteredOn(line -> line.startsWith("waiting: 1 of 2")).hasSize(1);
  }

  @Test
  void receive_once_endsWithoutWhatIsNotThere() throws Exception {
    bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    assertThat(bench.receive(true, true)).isEqualTo(new RelayResult(0, 0, 0, 1, 0));
  }

  @Test
  void receive_objectOfAnotherSize_isNeverTakenUntilItIsReplaced() throws Exception {
    PlannedFile file = bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    byte[] content = RelayBench.bytes(Path.of(file.sourcePath()));
    bench.store.objects().put("a.tch", Arrays.copyOf(content, 8999));

    assertThat(bench.receive(true, true)).isEqualTo(new RelayResult(0, 0, 0, 1, 0));
    assertThat(bench.targetOf(file)).doesNotExist();
    assertThat(bench.store.objects()).containsOnlyKeys("a.tch");
    assertThat(bench.said)
        .singleElement()
        .asString()
        .startsWith("skipped: object a.tch has 8999 bytes (expected: 9000)");

    bench.atPause.add(() -> bench.store.objects().put("a.tch", content));
    assertThat(bench.receive(false, true)).isEqualTo(new RelayResult(1, 9000, 0, 0, 0));
    assertPlaced(file);
  }

  @Test
  void receive_sampleDigestDiffers_neverPlacesAndKeepsTheObject() throws Exception {
    PlannedFile full = bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    PlannedFile tail = bench.plan("b.bin", 8000, 3000, PlanMode.APPEND);
    byte[] before = RelayBench.bytes(bench.targetOf(tail));
    bench.send(false, WINDOW);
    bench.store.objects().put("a.tch", new byte[9000]);
    bench.store.objects().put("b.bin.offset.3000", new byte[5000]);

    assertThat(bench.receive(false, true)).isEqualTo(new RelayResult(0, 0, 0, 0, 2));
    assertThat(bench.targetOf(full)).doesNotExist();
    assertThat(bench.targetOf(tail)).hasBinaryContent(before);
    assertThat(bench.store.objects()).containsOnlyKeys("a.tch", "b.bin.offset.3000");
    assertThat(bench.said)
        .filteredOn(line -> line.contains("sample digest") && line.contains("its object stays"))
        .hasSize(2);

    bench.send(true, WINDOW);
    assertThat(bench.receive(false, true)).isEqualTo(new RelayResult(2, 14_000, 0, 0, 0));
    assertPlaced(full);
    assertPlaced(tail);
    assertThat(bench.store.objects()).isEmpty();
  }

  @Test
  void receive_targetChangedByOthers_isReportedAndKept() throws Exception {
    PlannedFile tail = bench.plan("b.bin", 8000, 3000, PlanMode.APPEND);
    bench.send(false, WINDOW);
    RelayBench.write(bench.targetOf(tail), new byte[3500]);

    assertThat(bench.receive(false, true)).isEqualTo(new RelayResult(0, 0, 0, 0, 1));
    assertThat(bench.targetOf(tail)).hasBinaryContent(new byte[3500]);
    assertThat(bench.store.objects()).containsOnlyKeys("b.bin.offset.3000");
  }

  @Test
  void receive_deletionFails_isPlacedAndTheNextRunDeletes() throws Exception {
    PlannedFile file = bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    bench.send(false, WINDOW);
    ObjectStore noDelete = new Wrapped(bench.store, true, false);

    assertThat(bench.receive(noDelete, false, true)).isEqualTo(new RelayResult(1, 9000, 0, 0, 0));
    assertPlaced(file);
    assertThat(bench.store.objects()).containsOnlyKeys("a.tch");
    assertThat(bench.said).anyMatch(line -> line.startsWith("not deleted: a.tch: "));

    assertThat(bench.receive(new Wrapped(bench.store, false, true), false, true))
        .as("nothing is fetched")
        .isEqualTo(new RelayResult(0, 0, 1, 0, 0));
    assertThat(bench.store.objects()).isEmpty();
  }

  @Test
  void receive_stagedByAnEarlierRun_isPlacedWithoutAnotherGet() throws Exception {
    PlannedFile tail = bench.plan("b.bin", 8000, 3000, PlanMode.APPEND);
    byte[] before = RelayBench.bytes(bench.targetOf(tail));
    bench.send(false, WINDOW);
    RelayBench.write(bench.targetOf(tail), new byte[3500]);
    bench.receive(false, true);
    RelayBench.write(bench.targetOf(tail), before);

    assertThat(bench.receive(new Wrapped(bench.store, false, true), false, true))
        .isEqualTo(new RelayResult(1, 0, 0, 0, 0));
    assertPlaced(tail);
    assertThat(bench.store.objects()).isEmpty();
    assertNoStagingLeft();
  }

  @Test
  void receive_indexComesBeforeItsData_isPlacedAfterIt() throws Exception {
    PlannedFile index = bench.inGroup(bench.plan("b.idx", 900, 0, PlanMode.FULL), "objects/b", 1);
    PlannedFile data = bench.inGroup(bench.plan("b.bin", 8000, 0, PlanMode.FULL), "objects/b", 0);
    bench.store.objects().put("b.idx", RelayBench.bytes(Path.of(index.sourcePath())));
    bench.atPause.add(
        () -> {
          assertThat(bench.targetOf(index)).doesNotExist();
          bench.store.objects().put("b.bin", RelayBench.bytes(Path.of(data.sourcePath())));
        });

    assertThat(bench.receive(false, true)).isEqualTo(new RelayResult(2, 8900, 0, 0, 0));
    assertPlaced(index);
    assertPlaced(data);
    assertThat(bench.said)
        .filteredOn(line -> line.contains("b.idx") || line.startsWith("placed"))
        .containsExactly(
            "held: b.idx waits for b.bin",
            "placed: b.bin (8000 bytes)",
            "placed: b.idx (900 bytes)");
  }

  @Test
  void receive_dataFailed_doesNotPlaceItsIndexUntilTheDataIsReplaced() throws Exception {
    PlannedFile index = bench.inGroup(bench.plan("b.idx", 900, 0, PlanMode.FULL), "objects/b", 1);
    PlannedFile data = bench.inGroup(bench.plan("b.bin", 8000, 0, PlanMode.FULL), "objects/b", 0);
    bench.send(false, WINDOW);
    bench.store.objects().put("b.bin", new byte[8000]);

    assertThat(bench.receive(false, true)).isEqualTo(new RelayResult(0, 0, 0, 0, 2));
    assertThat(bench.targetOf(index)).doesNotExist();
    assertThat(bench.store.objects()).containsOnlyKeys("b.bin", "b.idx");
    assertThat(bench.said).contains("failed: b.idx: not placed, as b.bin failed");

    bench.store.objects().put("b.bin", RelayBench.bytes(Path.of(data.sourcePath())));
    assertThat(bench.receive(false, true)).isEqualTo(new RelayResult(2, 8900, 0, 0, 0));
    assertPlaced(index);
  }

  @Test
  void receive_cancelled_endsWithTheCause() {
    bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    TransferException cause = new TransferException(Reason.INTERRUPTED, "stopped");
    bench.atPause.add(() -> bench.cancellation.cancel(cause));

    assertThatThrownBy(() -> bench.receive(false, true)).isSameAs(cause);
  }

  /** A store that refuses deletions, or whose objects nobody may fetch. */
  private record Wrapped(ObjectStore store, boolean refusesDelete, boolean refusesGet)
      implements ObjectStore {
    @Override
    public Future<StoredObject> put(String key, SliceSource source, Cancellation cancellation) {
      return store.put(key, source, cancellation);
    }

    @Override
    public Future<StoredObject> get(String key, SliceSink sink, Cancellation cancellation) {
      return refusesGet
          ? Future.failedFuture(new AssertionError("fetched " + key))
          : store.get(key, sink, cancellation);
    }

    @Override
    public Future<Optional<ObjectInfo>> head(String key) {
      return store.head(key);
    }

    @Override
    public Future<ObjectPage> list(String prefix, @Nullable String continuation) {
      return store.list(prefix, continuation);
    }

    @Override
    public Future<List<String>> delete(List<String> keys) {
      return refusesDelete
          ? Future.failedFuture(new TransferException(Reason.STORE_UNAVAILABLE, "no answer"))
          : store.delete(keys);
    }

    @Override
    public void close() {}
  }
}
