// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelaySenderTest {
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

  @Test
  void send_fullAndAppend_areObjectsNamedByVirtualPath() throws Exception {
    bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    PlannedFile tail = bench.plan("b.bin", 8000, 3000, PlanMode.APPEND);
    bench.plan("empty.tch", 0, 0, PlanMode.FULL);

    assertThat(bench.send(false, WINDOW)).isEqualTo(new RelayResult(3, 14_000, 0, 0, 0));

    assertThat(bench.store.objects()).containsOnlyKeys("a.tch", "b.bin.offset.3000", "empty.tch");
    byte[] content = RelayBench.bytes(Path.of(tail.sourcePath()));
    assertThat(bench.store.objects().get("b.bin.offset.3000"))
        .isEqualTo(Arrays.copyOfRange(content, 3000, 8000));
  }

  @Test
  void send_again_skipsWhatLiesThereWithTheRightSizeAndReplacesTheRest() throws Exception {
    bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    bench.plan("b.tch", 5000, 0, PlanMode.FULL);
    bench.store.objects().put("a.tch", new byte[9000]);
    bench.store.objects().put("b.tch", new byte[17]);

    assertThat(bench.send(false, WINDOW)).isEqualTo(new RelayResult(1, 5000, 1, 0, 0));
    assertThat(bench.store.objects().get("a.tch")).isEqualTo(new byte[9000]);
    assertThat(bench.store.objects().get("b.tch"))
        .isEqualTo(RelayBench.bytes(bench.source.resolve("b.tch")));

    assertThat(bench.send(true, WINDOW)).isEqualTo(new RelayResult(2, 14_000, 0, 0, 0));
    assertThat(bench.store.objects().get("a.tch"))
        .isEqualTo(RelayBench.bytes(bench.source.resolve("a.tch")));
  }

  @Test
  void send_fileNotHere_isLeftOutAndToldOf() throws Exception {
    bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    bench.plan("b.bin", 8000, 3000, PlanMode.UNRESOLVED);
    Files.delete(bench.source.resolve("b.bin"));

    assertThat(bench.send(false, WINDOW)).isEqualTo(new RelayResult(1, 9000, 0, 1, 0));
    assertThat(bench.said).contains("left out: %s/b.bin: not on this host".formatted(bench.source));
  }

  @Test
  void send_sourceNotAsPlanned_failsThatFileOnly() throws Exception {
    bench.plan("changed.tch", 9000, 0, PlanMode.FULL);
    bench.plan("short.tch", 9000, 0, PlanMode.FULL);
    bench.plan("good.tch", 100, 0, PlanMode.FULL);
    RelayBench.write(bench.source.resolve("changed.tch"), new byte[9000]);
    RelayBench.write(bench.source.resolve("short.tch"), new byte[5]);

    assertThat(bench.send(false, WINDOW)).isEqualTo(new RelayResult(1, 100, 0, 0, 2));
    assertThat(bench.store.objects()).containsOnlyKeys("good.tch");
    assertThat(bench.said)
        .anyMatch(line -> line.contains("changed.tch: sample digest"))
        .anyMatch(line -> line.contains("short.tch: shorter than the 9000 bytes"));
  }

  @Test
  void send_grownSource_isSentAsPlanned() throws Exception {
    bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    byte[] planned = RelayBench.bytes(bench.source.resolve("a.tch"));
    RelayBench.write(bench.source.resolve("a.tch"), Arrays.copyOf(planned, 12_000));

    bench.send(false, WINDOW);
    assertThat(bench.store.objects().get("a.tch")).isEqualTo(planned);
  }

  @Test
  void send_largerThanOnePut_isRefusedByName() throws Exception {
    PlannedFile small = bench.plan("huge.tch", 10, 0, PlanMode.FULL);
    long size = RelaySender.PUT_BYTES_MAX + 1;
    try (RandomAccessFile sparse = new RandomAccessFile(small.sourcePath(), "rw")) {
      sparse.setLength(size);
    }
    bench.files.set(
        0,
        new PlannedFile(
            "huge.tch",
            small.sourcePath(),
            size,
            null,
            null,
            null,
            null,
            PlanMode.FULL,
            "All.sha1c",
            "huge.tch",
            "/source",
            null,
            null,
            null,
            null,
            null));

    assertThat(bench.send(false, WINDOW)).isEqualTo(new RelayResult(0, 0, 0, 0, 1));
    assertThat(bench.said)
        .singleElement()
        .asString()
        .contains("huge.tch: 5363466241 bytes don't fit one PUT", "with the coordinator");
  }

  @Test
  void send_bucketFull_waitsUntilThereIsRoom() throws Exception {
    bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    bench.store.objects().put("older", new byte[4000]);
    bench.atPause.add(() -> {});
    bench.atPause.add(() -> bench.store.objects().remove("older"));

    assertThat(bench.send(false, 10_000)).isEqualTo(new RelayResult(1, 9000, 0, 0, 0));
    assertThat(bench.said.get(0)).startsWith("waiting: the bucket is as full as --window allows");
  }

  @Test
  void send_cancelled_endsWithTheCause() throws IOException {
    bench.plan("a.tch", 9000, 0, PlanMode.FULL);
    TransferException cause = new TransferException(Reason.INTERRUPTED, "stopped");
    bench.cancellation.cancel(cause);

    assertThatThrownBy(() -> bench.send(false, WINDOW)).isSameAs(cause);
    assertThat(bench.store.objects()).isEmpty();
  }
}
