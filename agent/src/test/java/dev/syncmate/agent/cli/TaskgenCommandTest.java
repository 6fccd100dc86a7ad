// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.plan.tasklist.TaskLines;
import dev.syncmate.schema.TaskLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskgenCommandTest {
  private static final String PROFILE =
      """
      {"wocSchemaVersion": 2, "maps": {}, "objects": {"o.bin": {"sharding_bits": 1, "shards": [
        {"path": "/s/o_0.bin", "size": %d, "digest": "%s"},
        {"path": "/s/o_1.bin", "size": 5000, "digest": %s}]}}}
      """;
  private static final String A = "a".repeat(16);
  private static final String B = "b".repeat(16);

  @TempDir Path folder;
  private Path source;
  private Path destination;

  @BeforeEach
  void writeProfiles() throws IOException {
    source = profile("src.json", 9000, A, "\"" + A + "\"");
    destination = profile("dst.json", 6000, B, "\"" + A + "\"");
  }

  @Test
  void taskgen_grownFileNotHere_writesBothCandidatesToStdout() throws IOException {
    Ran ran = taskgen();

    assertThat(ran.exitCode()).isZero();
    Path tasks = Files.writeString(folder.resolve("out"), ran.out());
    assertThat(TaskLines.read(tasks))
        .containsExactly(
            new TaskLine("o_0.bin.offset.6000", "/s/o_0.bin", 6000, 3000, "/s/o_0.bin", A, B),
            new TaskLine("o_0.bin", "/s/o_0.bin", 0, 9000, "/s/o_0.bin", A, B));
    assertThat(ran.err()).contains("1 files to move (0 full, 0 append, 1 unresolved");
  }

  @Test
  void taskgen_localOnly_leavesItOutAndSaysSo() {
    Ran ran = taskgen("--local-only");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("note: /s/o_0.bin: not on a local disk here: left out");
  }

  @Test
  void taskgen_output_replacesTheFileAtOnce() throws IOException {
    Path tasks = Files.writeString(folder.resolve("tasks.jsonl"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), tasks);

    Ran ran = taskgen("-o", link.toString());

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).isEmpty();
    assertThat(link).isSymbolicLink();
    assertThat(TaskLines.read(tasks)).hasSize(2);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(Path::toString).toList()).noneMatch(name -> name.endsWith(".tmp"));
    }
  }

  @Test
  void taskgen_outputIntoNoFolder_isALocalError() {
    Ran ran = taskgen("-o", folder.resolve("none/tasks.jsonl").toString());

    assertThat(ran.exitCode()).isEqualTo(ExitCode.LOCAL_IO.code());
    assertThat(ran.err().lines().toList()).singleElement().asString().contains("none/");
  }

  @Test
  void taskgen_sameProfile_saysThatNothingIsToMove() {
    Ran ran = Ran.run("taskgen", "-s", source.toString(), "-d", source.toString());

    assertThat(ran).isEqualTo(new Ran(0, "", "syncmate: nothing to move: 2 files are unchanged\n"));
  }

  @Test
  void taskgen_fileWithoutDigest_writesTheOthersAndExits1() throws IOException {
    source = profile("src.json", 9000, A, "null");

    Ran ran = taskgen();

    assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED.code());
    assertThat(ran.out().lines()).hasSize(2);
    assertThat(ran.err()).contains("syncmate: error: \"/s/o_1.bin\": ", "--with-digest");
  }

  @Test
  void taskgen_wrongProfile_isOneLineAndExits2() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.json"), "{\"maps\": {");
    for (Path profile : List.of(broken, folder.resolve("none.json"), folder)) {
      Ran ran = Ran.run("taskgen", "-s", profile.toString(), "-d", destination.toString());

      assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.code());
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err().lines().toList())
          .singleElement()
          .asString()
          .contains(profile.toString());
    }
  }

  @Test
  void taskgen_configWithPaths_findsTheSource() throws IOException {
    Path here = Files.createDirectory(folder.resolve("here"));
    Files.write(here.resolve("o_0.bin"), new byte[9000]);
    Files.write(here.resolve("o_1.bin"), new byte[5000]);
    Path config =
        Files.writeString(
            folder.resolve("config.json"), "{\"paths\": {\"/s\": \"%s\"}}".formatted(here));
    // The digests are those of zeros: of 9,000, of 6,000 and of 5,000.
    source = profile("src.json", 9000, zeros(here, 9000), "\"" + zeros(here, 5000) + "\"");
    destination = profile("dst.json", 6000, zeros(here, 6000), "\"" + zeros(here, 5000) + "\"");

    Ran ran = taskgen("-c", config.toString(), "--local-only");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out().lines().toList())
        .singleElement()
        .asString()
        .contains("\"virtual_path\":\"o_0.bin.offset.6000\"", "\"size\":3000");
  }

  @Test
  void taskgen_sourcesHereThatCantBeRead_areSaidAndSkippedTheOthersWritten() throws IOException {
    Path here = Files.createDirectory(folder.resolve("here"));
    Files.write(here.resolve("o_0.bin"), new byte[9000]);
    Files.createSymbolicLink(here.resolve("o_2.bin"), here.resolve("o_2.bin"));
    Files.createDirectory(here.resolve("o_3.bin"));
    Files.write(here.resolve("o_4.bin"), new byte[9000]);
    source = shards("src.json", here, 9000);
    destination = shards("dst.json", Path.of("/d"), 6000);

    Ran ran = taskgen();

    assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED.code());
    assertThat(ran.out().lines())
        .hasSize(2)
        .anyMatch(line -> line.contains("\"o_0.bin.offset.6000\""))
        .anyMatch(line -> line.contains("\"o_4.bin.offset.6000\""));
    String error = "syncmate: error: \"%s/o_%d.bin\": not read: ";
    assertThat(ran.err().lines().filter(line -> line.startsWith("syncmate: error: ")))
        .hasSize(3)
        .anyMatch(line -> line.startsWith(error.formatted(here, 1)) && line.contains("no such"))
        .anyMatch(line -> line.startsWith(error.formatted(here, 2)) && line.contains("symbolic"))
        .anyMatch(
            line -> line.startsWith(error.formatted(here, 3)) && line.contains("not a regular"));
    assertThat(ran.err()).contains("2 files to move (0 full, 2 append, 0 unresolved", "3 with err");
  }

  @Test
  void taskgen_help_hasExamplesAndExitCodes() {
    Ran ran = Ran.run("taskgen", "--help");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).contains("Examples:", "--local-only", "Exit codes:");
  }

  private static String zeros(Path here, long length) throws IOException {
    return SampleDigest.ofPrefix(here.resolve("o_0.bin"), length);
  }

  /** Five grown shards of zeros below the root. */
  private Path shards(String name, Path root, int size) throws IOException {
    String digest = zeros(folder.resolve("here"), size);
    String shards =
        IntStream.range(0, 5)
            .mapToObj(
                "{\"path\": \"%s/o_%%d.bin\", \"size\": %d, \"digest\": \"%s\"}"
                        .formatted(root, size, digest)
                    ::formatted)
            .collect(Collectors.joining(","));
    return Files.writeString(
        folder.resolve(name),
        "{\"maps\": {}, \"objects\": {\"o.bin\": {\"shards\": [%s]}}}".formatted(shards));
  }

  private Path profile(String name, long size0, String digest0, String digest1) throws IOException {
    return Files.writeString(folder.resolve(name), PROFILE.formatted(size0, digest0, digest1));
  }

  private Ran taskgen(String... more) {
    return Ran.run(
        Stream.concat(
                Stream.of("taskgen", "-s", source.toString(), "-d", destination.toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }
}
