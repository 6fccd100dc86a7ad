// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.digest.ParallelReads.Progress;
import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.profile.Profile;
import dev.syncmate.agent.profile.ProfileText;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.ResolvingFile;
import dev.syncmate.schema.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One file that grew, as the planner, what plan says of its sources, and the coordinator see it.
 */
class PrefixVerdictTest {
  private static final String NAME = "blob_0.bin";
  private static final int OLD = 6000;
  private static final int PLANNED = 9000;

  @TempDir Path folder;
  private Path source;
  private byte[] content;

  @BeforeEach
  void writeSource() throws IOException {
    content = new byte[PLANNED];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 13 + i / 256);
    }
    source = Files.createDirectory(folder.resolve("here")).resolve(NAME);
    Files.write(source, content);
  }

  @ParameterizedTest
  @CsvSource({
    "as planned,       APPEND,     true,  '',                 APPEND",
    "grown since,      APPEND,     true,  '',                 APPEND",
    "other beginning,  FULL,       true,  '',                 FULL",
    "shorter,          UNRESOLVED, false, 'has 8000 bytes',   FAILED",
    "changed,          UNRESOLVED, false, 'is not the file',  FAILED",
    "vanished,         ,           false, 'no such file',     UNREACHABLE",
    "a folder,         ,           false, 'not a regular',    UNREACHABLE",
    "folder elsewhere, UNRESOLVED, false, '',                 UNREACHABLE",
    "nowhere,          UNRESOLVED, false, '',                 UNREACHABLE",
  })
  void verdict_ofOneFile_isTheSameForAllThatAsk(
      String state, @Nullable PlanMode planned, boolean here, String problem, Verdict resolved)
      throws Exception {
    Profile from = profile("/s", PLANNED, SampleDigest.of(source));
    Profile to = profile("/d", OLD, oldDigest(state));
    SourceLocator sources = arrange(state);

    Plan plan = new Planner(sources).plan(from, to);
    Plan ofAnyHost = Planner.forJob(SourceLocator.NONE).plan(from, to);
    SourcesHere found = SourcesHere.of(ofAnyHost, sources, Progress.NONE);

    assertThat(plan.files()).extracting(PlannedFile::mode).isEqualTo(ofNullable(planned));
    assertThat(plan.errors()).hasSize(planned == null ? 1 : 0);
    assertThat(found.mode(0)).isEqualTo(here ? planned : PlanMode.UNRESOLVED);
    assertThat(found.isHere(0)).isEqualTo(here);
    assertThat(String.join("", found.problems())).contains(problem);
    assertThat(found.problems()).hasSize(problem.isEmpty() ? 0 : 1);
    assertThat(ResolvingCheck.of(asked(ofAnyHost.files().get(0)), sources).verdict())
        .isEqualTo(resolved);
  }

  private String oldDigest(String state) throws IOException {
    return state.equals("other beginning") ? "f".repeat(16) : SampleDigest.ofPrefix(source, OLD);
  }

  private SourceLocator arrange(String state) throws IOException {
    switch (state) {
      case "grown since" -> Files.write(source, Arrays.copyOf(content, PLANNED + 1));
      case "shorter" -> Files.write(source, Arrays.copyOf(content, 8000));
      case "changed" -> Files.write(source, new byte[PLANNED]);
      case "vanished" -> Files.delete(source);
      case "a folder" -> {
        Files.delete(source);
        Files.createDirectory(source);
      }
      default -> {}
    }
    return switch (state) {
      case "nowhere" -> SourceLocator.NONE;
      case "folder elsewhere" -> path -> folder.resolve("elsewhere").resolve(NAME);
      default -> path -> source;
    };
  }

  private Profile profile(String root, int size, String digest) {
    return new ProfileText()
        .objects("blob.bin", ProfileText.file(root + "/" + NAME, size, "'" + digest + "'"))
        .read(folder);
  }

  private static ResolvingFile asked(PlannedFile file) {
    return new ResolvingFile(
        "1",
        "a".repeat(64),
        1,
        file.virtualPath(),
        file.sourcePath(),
        file.sizeBytes(),
        file.sourceDigest(),
        Objects.requireNonNull(file.targetSizeBytes()),
        file.targetDigest());
  }

  private static List<PlanMode> ofNullable(@Nullable PlanMode mode) {
    return mode == null ? List.of() : List.of(mode);
  }
}
