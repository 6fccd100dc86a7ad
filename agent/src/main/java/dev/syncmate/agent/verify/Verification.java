// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.verify;

import dev.syncmate.agent.digest.ParallelReads;
import dev.syncmate.agent.digest.RangeDigest;
import dev.syncmate.agent.disk.DiskFault;
import dev.syncmate.agent.disk.FileBytes;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads placed files against their manifests, many slices at a time.
 *
 * <p><b>Threads.</b> For one caller; it blocks.
 *
 * <p><b>Errors.</b> What can't be read is a finding like any other.
 */
public final class Verification {
  private final Function<PlacedFile, List<DigestedSlice>> wanted;
  private final int readers;
  private final Map<PlacedFile, String> problems = new ConcurrentHashMap<>();
  private final Map<PlacedFile, ConcurrentLinkedQueue<BadSlice>> badSlices =
      new ConcurrentHashMap<>();

  private Verification(Function<PlacedFile, List<DigestedSlice>> wanted, int readers) {
    this.wanted = wanted;
    this.readers = readers;
  }

  /** A slice to read, and the file with its symlinks resolved. */
  private record Read(PlacedFile file, Path real, DigestedSlice slice) {}

  /**
   * What was found.
   *
   * @param slices that were read
   * @param bytes of them
   * @param bad in the order of the files
   */
  public record Found(int files, long slices, long bytes, List<BadFile> bad) {
    /** Copies the list. */
    public Found {
      bad = List.copyOf(bad);
    }

    /** Whether there is anything that can be repaired. */
    public boolean hasBadSlices() {
      return bad.stream().anyMatch(file -> !file.slices().isEmpty());
    }
  }

  /** Reads so much of the files, by so many readers. */
  public static Found of(
      List<PlacedFile> files, Sample sample, int readers, ParallelReads.Progress progress)
      throws InterruptedException {
    return new Verification(file -> sample.of(file.manifest()), readers).read(files, progress);
  }

  /** Reads the bad slices of bad files again, and looks at what else was the matter. */
  public static Found again(List<BadFile> bad, int readers, ParallelReads.Progress progress)
      throws InterruptedException {
    Map<PlacedFile, List<DigestedSlice>> slices = new HashMap<>();
    bad.forEach(
        each -> slices.put(each.file(), each.slices().stream().map(BadSlice::sent).toList()));
    return new Verification(file -> slices.getOrDefault(file, List.of()), readers)
        .read(bad.stream().map(BadFile::file).toList(), progress);
  }

  private Found read(List<PlacedFile> files, ParallelReads.Progress progress)
      throws InterruptedException {
    List<Read> reads = new ArrayList<>();
    files.forEach(file -> reads.addAll(readsOf(file)));
    ParallelReads.run(reads.size(), readers, i -> check(reads.get(i)), progress);
    return new Found(
        files.size(),
        reads.size(),
        reads.stream().mapToLong(read -> read.slice().range().lengthBytes()).sum(),
        files.stream().filter(this::isBad).map(this::bad).toList());
  }

  private List<Read> readsOf(PlacedFile file) {
    try {
      Path real = file.path().toRealPath();
      String problem = problemOf(file, real);
      if (problem == null) {
        return wanted.apply(file).stream().map(slice -> new Read(file, real, slice)).toList();
      }
      problems.put(file, problem);
    } catch (IOException e) {
      problems.put(file, unreadable(e));
    }
    return List.of();
  }

  private static @Nullable String problemOf(PlacedFile file, Path real) throws IOException {
    BasicFileAttributes found = Files.readAttributes(real, BasicFileAttributes.class);
    if (!found.isRegularFile()) {
      return "not a regular file";
    }
    long expected = file.manifest().sizeBytes();
    return found.size() == expected
        ? null
        : "has %d bytes (expected: %d)".formatted(found.size(), expected);
  }

  private void check(Read read) {
    SliceRange range = read.slice().range();
    try (FileChannel channel = FileBytes.openToRead(read.real())) {
      String found = RangeDigest.sha256(channel, range.offsetBytes(), range.lengthBytes());
      if (!found.equals(read.slice().sha256())) {
        badSlices
            .computeIfAbsent(read.file(), file -> new ConcurrentLinkedQueue<>())
            .add(new BadSlice(read.slice(), found));
      }
    } catch (IOException e) {
      problems.put(read.file(), unreadable(e));
    }
  }

  private static String unreadable(IOException e) {
    return DiskFault.of(e) == DiskFault.MISSING
        ? "missing"
        : "can't be read: " + DiskFault.words(e);
  }

  private boolean isBad(PlacedFile file) {
    return problems.containsKey(file) || badSlices.containsKey(file);
  }

  private BadFile bad(PlacedFile file) {
    String problem = problems.get(file);
    ConcurrentLinkedQueue<BadSlice> slices = badSlices.get(file);
    return new BadFile(
        file,
        problem,
        problem != null || slices == null
            ? List.of()
            : slices.stream()
                .sorted(Comparator.comparingLong(slice -> slice.sent().range().offsetBytes()))
                .toList());
  }
}
