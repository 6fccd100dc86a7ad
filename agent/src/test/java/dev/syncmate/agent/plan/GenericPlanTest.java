// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.input.InputException;
import dev.syncmate.agent.profile.Profile;
import dev.syncmate.agent.profile.ProfileText;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenericPlanTest {
  private static final String X = "0123456789abcdef";
  private static final String Y = "1123456789abcdef";

  @TempDir Path folder;

  @Test
  void plan_genericProfiles_matchesByRelativePath() throws Exception {
    Plan plan =
        plan(
            generic("/s/set", file("a/x.log", 9, X), file("new/x.log", 5, X), file("same", 7, X)),
            generic("/d/", file("a/x.log", 9, Y), file("same", 7, X), file("other", 7, X)));

    assertThat(plan.errors()).isEmpty();
    assertThat(plan.unchangedFiles()).isEqualTo(1);
    assertThat(plan.files())
        .extracting(PlannedFile::sourcePath, PlannedFile::targetPath, PlannedFile::mode)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("/s/set/a/x.log", "/d/a/x.log", PlanMode.FULL),
            org.assertj.core.groups.Tuple.tuple("/s/set/new/x.log", "/d/new/x.log", PlanMode.FULL));
    assertThat(plan.files()).extracting(PlannedFile::virtualPath).doesNotHaveDuplicates();
    assertThat(plan.clashes()).singleElement().asString().contains("x.log", "2 source files");
  }

  @Test
  void plan_grownWithTheSamePrefix_isAppended() throws Exception {
    byte[] content = new byte[9000];
    Arrays.fill(content, (byte) 3);
    Path set = Files.createDirectories(folder.resolve("set/sub"));
    Path grown = Files.write(set.resolve("grown"), content);

    String from =
        generic(folder.resolve("set").toString(), file("sub/grown", 9000, SampleDigest.of(grown)));
    String to = generic("/d", file("sub/grown", 6000, SampleDigest.ofPrefix(grown, 6000)));
    Plan plan = new Planner(Path::of).plan(read(from), read(to));

    assertThat(plan.files())
        .singleElement()
        .satisfies(
            file -> {
              assertThat(file.mode()).isEqualTo(PlanMode.APPEND);
              assertThat(file.virtualPath()).isEqualTo("grown.offset.6000");
              assertThat(file.targetPath()).isEqualTo("/d/sub/grown");
            });
  }

  @Test
  void plan_rootOfAll_isARootToo() throws Exception {
    Plan plan = plan(generic("/", file("s/a", 9, X)), generic("/"));

    assertThat(plan.files().get(0).sourcePath()).isEqualTo("/s/a");
    assertThat(plan.files().get(0).targetPath()).isEqualTo("/s/a");
    assertThat(plan.files().get(0).zone()).isEqualTo("/s");
  }

  @Test
  void plan_genericAgainstWoc_isRefused() {
    String woc = "{'maps':{},'objects':{}}";
    for (String[] pair : new String[][] {{woc, generic("/s")}, {generic("/s"), woc}}) {
      assertThatThrownBy(() -> plan(pair[0], pair[1]))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("two of one format");
    }
  }

  private Plan plan(String source, String destination) throws InterruptedException {
    return new Planner(SourceLocator.NONE).plan(read(source), read(destination));
  }

  private Profile read(String json) {
    return ProfileText.read(folder, json.replace('\'', '"'));
  }

  private static String file(String path, long size, String digest) {
    return ProfileText.file(path, size, "'" + digest + "'");
  }

  private static String generic(String root, String... files) {
    return "{'syncmateProfile':'generic','root':'%s','files':[%s]}"
        .formatted(root, String.join(",", files));
  }
}
