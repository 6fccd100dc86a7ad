// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.disk.FileMetadata;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.staging.PlannedTarget;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.StagedTransfer.Mode;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.agent.staging.StagingId;
import dev.syncmate.agent.staging.TargetConfig;
import dev.syncmate.agent.staging.TargetPaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One file on its way, with what a test wants to do to it. Every part can be changed. */
final class PlacingBench {
  /** A crash, as far as the code under test can tell. */
  static final class Crash extends Error {
    Crash(PlacingStep step) {
      super("crash at " + step);
    }
  }

  static final int SLICE_BYTES = 1_500_000;
  final Path root;
  final Path target;
  final byte[] content;
  final int offset;
  Mode mode;
  @Nullable Path cacheDir;
  @Nullable String sourceDigest;
  @Nullable String targetDigest;
  @Nullable Long targetSize;
  @Nullable FileMetadata sourceMetadata;
  boolean preserves = true;

  /** Whether the destination's profile has the target. */
  boolean plannedThere = true;

  Consumer<PlacingStep> steps = step -> {};
  List<DigestedSlice> slices = new ArrayList<>();

  private PlacingBench(Path root, byte[] content, int offset) {
    this.root = root;
    this.target = root.resolve("blob_1.bin");
    this.content = content;
    this.offset = offset;
    this.mode = offset == 0 ? Mode.FULL : Mode.APPEND;
    this.sourceDigest = digest(content);
    cut();
  }

  static PlacingBench full(Path root, int size) {
    return new PlacingBench(root, random(size, 1), 0);
  }

  /** The old part lies at the target already. */
  static PlacingBench append(Path root, int oldSize, int size) throws IOException {
    PlacingBench bench = appendAsItIs(root, oldSize, size);
    Files.write(bench.target, bench.old());
    return bench;
  }

  /** The same for another process that comes to a target as it is. */
  static PlacingBench appendAsItIs(Path root, int oldSize, int size) {
    PlacingBench bench = new PlacingBench(root, random(size, 2), oldSize);
    bench.targetDigest = digest(bench.old());
    return bench;
  }

  /** One slice, which ends with the content; the target has other bytes there. */
  static PlacingBench repair(Path root, int offset, int size, byte[] found) {
    PlacingBench bench = new PlacingBench(root, random(size, 2), offset);
    bench.mode = Mode.REPAIR;
    bench.targetDigest = sha256(found);
    return bench;
  }

  byte[] old() {
    return Arrays.copyOf(content, offset);
  }

  void cut() {
    for (int at = offset; at < content.length; at += SLICE_BYTES) {
      int length = Math.min(SLICE_BYTES, content.length - at);
      slices.add(slice(at, Arrays.copyOfRange(content, at, at + length)));
    }
  }

  static DigestedSlice slice(long offset, byte[] bytes) {
    return new DigestedSlice(new SliceRange(offset, bytes.length), sha256(bytes));
  }

  Staging staging(String writerId) {
    TargetConfig targets =
        new TargetConfig(plannedThere ? null : root.getParent(), List.of(root), Path::of);
    return new Staging(new TargetPaths(targets), cacheDir, writerId);
  }

  Path part() {
    Path base = cacheDir == null ? root : cacheDir;
    return base.resolve(".syncmate-staging/0123456789abcdef-7.part");
  }

  PlacingBench receiveAll() throws IOException {
    for (DigestedSlice slice : slices) {
      receive("s1", slice);
    }
    return this;
  }

  void receive(String writerId, DigestedSlice slice) throws IOException {
    Staging staging = staging(writerId);
    write(staging, slice, content);
    staging.recordVerified(transfer(), slice);
  }

  void write(Staging staging, DigestedSlice slice, byte[] bytes) throws IOException {
    SliceRange range = slice.range();
    try (SliceSink.Writer writer = staging.sink(transfer(), range).open()) {
      writer.write(ByteBuffer.wrap(bytes, (int) range.offsetBytes(), (int) range.lengthBytes()));
      writer.finish();
    }
  }

  void place() {
    place(new Cancellation());
  }

  void place(Cancellation cancellation) {
    placer(steps).place(file(), cancellation);
  }

  void placeAgain() {
    placer(step -> {}).place(file(), new Cancellation());
  }

  TransferException failure() {
    TransferException failure = catchThrowableOfType(TransferException.class, this::place);
    assertThat(failure).as("a failure").isNotNull();
    return failure;
  }

  void forget() {
    placer(step -> {}).forget(transfer());
  }

  void crashAt(PlacingStep at, int time) {
    int[] seen = {0};
    steps =
        step -> {
          if (step == at && ++seen[0] == time) {
            throw new Crash(at);
          }
        };
    assertThat(catchThrowableOfType(Crash.class, this::place)).as("crash at " + at).isNotNull();
    steps = step -> {};
  }

  private Placer placer(Consumer<PlacingStep> consumer) {
    return new Placer(
        staging("p"),
        PlacingBench::digestOfPrefix,
        new Placer.Options(preserves, consumer, Duration.ZERO));
  }

  ReceivedFile file() {
    return new ReceivedFile(
        transfer(),
        slices,
        new ReceivedFile.Source("/src/blob_1.bin", sourceDigest, sourceMetadata),
        new ReceivedFile.Planned(targetSize, targetDigest));
  }

  StagedTransfer transfer() {
    return new StagedTransfer(
        new StagingId("0123456789abcdef0123", "7"),
        mode,
        offset,
        content.length,
        new PlannedTarget(plannedThere ? target.toString() : null, "root", "blob_1.bin"));
  }

  void assertPlaced() throws IOException {
    assertThat(Files.mismatch(target, Files.write(root.resolve("expected"), content)))
        .as("first wrong byte")
        .isEqualTo(-1);
    Files.delete(root.resolve("expected"));
  }

  void assertTarget(byte[] expected) throws IOException {
    assertThat(Arrays.equals(Files.readAllBytes(target), expected)).as("target's bytes").isTrue();
  }

  static void flip(Path file, long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 1)}), at);
    }
  }

  static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static String digestOfPrefix(FileChannel file, long lengthBytes) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) lengthBytes);
    FileBytes.readFully(file, bytes, 0);
    return digest(bytes.array());
  }

  static String digest(byte[] bytes) {
    return sha256(bytes).substring(0, 16);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
