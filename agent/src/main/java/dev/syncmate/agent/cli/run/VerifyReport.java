// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.terminal.ByteText;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.verify.BadFile;
import dev.syncmate.agent.verify.PlacedFile;
import dev.syncmate.agent.verify.Verification.Found;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What verifying came to, for people or as JSON.
 *
 * @param files that were looked at
 * @param slices of them that were read
 * @param bad files that are not what was placed
 * @param repaired slices of files that were bad, and are right now
 * @param withoutManifest files among them of which nothing is known
 * @param unproved what was asked for and has no manifest
 * @param partly files of which some bytes were there before the first transfer
 */
record VerifyReport(
    String destination,
    int files,
    long slices,
    long bytes,
    List<Bad> bad,
    List<Bad> repaired,
    List<String> withoutManifest,
    List<String> unproved,
    List<Partly> partly) {
  /** A bad file; without a problem of the whole, its bad slices. */
  record Bad(String path, @Nullable String problem, List<Slice> slices) {
    static Bad of(BadFile bad) {
      return new Bad(
          bad.file().path().toString(),
          bad.problem(),
          bad.slices().stream()
              .map(
                  slice ->
                      new Slice(
                          slice.sent().range().offsetBytes(),
                          slice.sent().range().lengthBytes(),
                          slice.sent().sha256(),
                          slice.foundSha256()))
              .toList());
    }

    /** Its slices that are not bad there. */
    Bad without(List<BadFile> later) {
      Set<Long> still =
          later.stream()
              .map(Bad::of)
              .filter(bad -> bad.path().equals(path))
              .flatMap(bad -> bad.slices().stream())
              .map(Slice::offsetBytes)
              .collect(Collectors.toSet());
      return new Bad(
          path,
          problem,
          slices.stream().filter(slice -> !still.contains(slice.offsetBytes())).toList());
    }
  }

  /** A bad slice, or one that was. */
  record Slice(long offsetBytes, long lengthBytes, String sha256, String foundSha256) {}

  /** A file and how many of its bytes have no digest. */
  record Partly(String path, long bytes) {}

  /** {@code after} a repair; without one the same. */
  static VerifyReport of(String destination, ChosenFiles chosen, Found found, Found after) {
    return new VerifyReport(
        destination,
        found.files(),
        found.slices(),
        found.bytes(),
        after.bad().stream().map(Bad::of).toList(),
        found.bad().stream()
            .map(bad -> Bad.of(bad).without(after.bad()))
            .filter(bad -> !bad.slices().isEmpty())
            .toList(),
        chosen.withoutManifest().stream().map(Path::toString).toList(),
        chosen.unproved().stream().map(Path::toString).toList(),
        chosen.files().stream()
            .filter(file -> !file.manifest().gaps().isEmpty())
            .map(VerifyReport::partly)
            .toList());
  }

  private static Partly partly(PlacedFile file) {
    return new Partly(
        file.path().toString(),
        file.manifest().gaps().stream().mapToLong(SliceRange::lengthBytes).sum());
  }

  ExitCode exitCode() {
    return bad.isEmpty() && unproved.isEmpty() && files > 0 ? ExitCode.DONE : ExitCode.SOME_FAILED;
  }

  void print(boolean json, Console console) {
    if (json) {
      console.json(this);
      return;
    }
    repaired.forEach(file -> printRepaired(file, console));
    bad.forEach(file -> print(file, console));
    unproved.forEach(path -> console.result("no manifest: " + path));
    withoutManifest.forEach(path -> console.result("no manifest: " + path));
    partly.forEach(
        file ->
            console.result(
                "partly: %s: %d bytes were there before its first transfer, and are not verified"
                    .formatted(file.path(), file.bytes())));
    console.result(summary());
  }

  private static void printRepaired(Bad file, Console console) {
    for (Slice slice : file.slices()) {
      console.result(
          "repaired: %s: slice at %d of %d bytes"
              .formatted(file.path(), slice.offsetBytes(), slice.lengthBytes()));
    }
  }

  private static void print(Bad file, Console console) {
    if (file.problem() != null) {
      console.result("bad: %s: %s".formatted(file.path(), file.problem()));
    }
    for (Slice slice : file.slices()) {
      console.result(
          "bad: %s: slice at %d of %d bytes: SHA-256 is %s (expected: %s)"
              .formatted(
                  file.path(),
                  slice.offsetBytes(),
                  slice.lengthBytes(),
                  slice.foundSha256(),
                  slice.sha256()));
    }
  }

  private String summary() {
    if (files == 0) {
      return "nothing verified: the coordinator has no manifest of such files of destination %s"
              .formatted(destination)
          + " (what was received with --skip-db has none)";
    }
    int slicesBad = bad.stream().mapToInt(file -> file.slices().size()).sum();
    int slicesRepaired = repaired.stream().mapToInt(file -> file.slices().size()).sum();
    return "verified %d files of destination %s, %d slices (%s) read: %s%s"
        .formatted(
            files,
            destination,
            slices,
            ByteText.size(bytes),
            slicesRepaired == 0 ? "" : "%d slices repaired, ".formatted(slicesRepaired),
            bad.isEmpty()
                ? "all right"
                : "%d files bad, %d slices of them".formatted(bad.size(), slicesBad));
  }
}
