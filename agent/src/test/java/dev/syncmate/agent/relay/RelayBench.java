// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.placing.Placer;
import dev.syncmate.agent.slice.file.FileSliceSource;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.agent.staging.TargetConfig;
import dev.syncmate.agent.staging.TargetPaths;
import dev.syncmate.agent.testing.MemoryObjectStore;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** A source and a destination folder, a bucket in memory, and runs between them. */
final class RelayBench {
  static final String JOB = "ab".repeat(32);
  static final RelayOptions OPTIONS = new RelayOptions(2, Duration.ofSeconds(1));

  final Path source;
  final Path target;
  final MemoryObjectStore store;
  final List<PlannedFile> files = new ArrayList<>();
  final List<String> said = new CopyOnWriteArrayList<>();
  final Cancellation cancellation = new Cancellation();
  final List<Runnable> atPause = new ArrayList<>();
  private final Random random = new Random(11);

  RelayBench(Path folder, Vertx vertx) {
    source = folder(folder, "source");
    target = folder(folder, "target");
    store = new MemoryObjectStore(vertx);
  }

  private static Path folder(Path folder, String name) {
    try {
      return Files.createDirectories(folder.toRealPath().resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of the plan of which the destination has the first bytes (0: no file at all). */
  PlannedFile plan(String name, int sizeBytes, int targetBytes, PlanMode mode) {
    byte[] content = new byte[sizeBytes];
    random.nextBytes(content);
    write(source.resolve(name), content);
    Path known = target.resolve(name);
    if (targetBytes > 0) {
      write(known, Arrays.copyOf(content, targetBytes));
    }
    String virtualPath =
        mode == PlanMode.APPEND ? "%s.offset.%d".formatted(name, targetBytes) : name;
    PlannedFile file =
        new PlannedFile(
            virtualPath,
            source.resolve(name).toString(),
            sizeBytes,
            digest(source.resolve(name)),
            targetBytes > 0 ? known.toString() : null,
            targetBytes > 0 ? (Long) (long) targetBytes : null,
            targetBytes > 0 ? digest(known) : null,
            mode,
            "All.sha1c",
            name,
            "/source",
            null,
            null,
            null,
            null,
            null);
    files.add(file);
    return file;
  }

  /** The same file in a publish group; it takes the other's place in the plan. */
  PlannedFile inGroup(PlannedFile file, String group, int order) {
    PlannedFile grouped =
        new PlannedFile(
            file.virtualPath(),
            file.sourcePath(),
            file.sizeBytes(),
            file.sourceDigest(),
            file.targetPath(),
            file.targetSizeBytes(),
            file.targetDigest(),
            file.mode(),
            file.destSub(),
            file.destName(),
            file.zone(),
            group,
            order,
            null,
            null,
            null);
    files.set(files.indexOf(file), grouped);
    return grouped;
  }

  Path targetOf(PlannedFile file) {
    return file.targetPath() == null
        ? target.resolve("All.sha1c").resolve(file.destName())
        : Path.of(file.targetPath());
  }

  RelayResult send(boolean overwrite, long windowBytes) throws InterruptedException {
    return new RelaySender(
            store,
            Path::of,
            (file, range) -> new FileSliceSource(file, range.offsetBytes(), range.lengthBytes()),
            said::add,
            this::pause)
        .send(new RelaySender.Order(JOB, files, windowBytes, overwrite), OPTIONS, cancellation);
  }

  RelayResult receive(boolean once, boolean deleteRemote) throws InterruptedException {
    return receive(store, once, deleteRemote);
  }

  RelayResult receive(ObjectStore from, boolean once, boolean deleteRemote)
      throws InterruptedException {
    TargetPaths paths = new TargetPaths(new TargetConfig(target, List.of(), Path::of));
    Staging staging = new Staging(paths, null, UUID.randomUUID().toString());
    return new RelayReceiver(
            from,
            new RelayReceiver.Parts(staging, new Placer(staging, SampleDigest::of, true)),
            said::add,
            this::pause)
        .receive(new RelayReceiver.Order(JOB, files, once, deleteRemote), OPTIONS, cancellation);
  }

  /** Each pause runs the next of the prepared events; one too many is a test that hangs. */
  private synchronized void pause(Duration duration, Cancellation how) {
    how.check();
    if (atPause.isEmpty()) {
      throw new AssertionError("waits for what never comes; said: " + said);
    }
    atPause.remove(0).run();
    how.check();
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(Path file) {
    try {
      return SampleDigest.ofPrefix(file, Files.size(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
