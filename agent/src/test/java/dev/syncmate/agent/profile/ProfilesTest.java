// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilesTest {
  @TempDir Path folder;

  @Test
  void read_aNameOfBothCopies_isKeptOnceThoughEitherLacksFiles() throws IOException {
    Profiles profiles = read(objects("/s", 0, 1, 2, 4, 6), objects("/d", 1, 3, 4, 5, 6));

    List<ProfileFile> from = profiles.source().shardsOfObjects("blob.bin");
    List<ProfileFile> to = profiles.destination().shardsOfObjects("blob.bin");
    assertThat(to)
        .extracting(ProfileFile::path)
        .containsExactly(
            "/d/blob_1.bin", "/d/blob_3.bin", "/d/blob_4.bin", "/d/blob_5.bin", "/d/blob_6.bin");
    assertThat(to.get(0).name()).isSameAs(from.get(1).name());
    assertThat(to.get(2).name()).isSameAs(from.get(3).name());
    assertThat(to.get(4).name()).isSameAs(from.get(4).name());
  }

  @Test
  void read_namesOfMapsAndOfGenericFiles_areKeptOnceToo() throws IOException {
    Profiles maps = read(map("/s", "U"), map("/d", "U"));
    assertThat(maps.destination().shardsOfMap("c2p").get(0).name())
        .isSameAs(maps.source().shardsOfMap("c2p").get(0).name());

    Profiles generic = read(generic("/s"), generic("/d"));
    assertThat(generic.destination().genericFiles().get(0).name())
        .isSameAs(generic.source().genericFiles().get(0).name());
  }

  @Test
  void read_aWrongOne_isRefusedByItsName() throws IOException {
    Path good = Files.writeString(folder.resolve("good.json"), objects("/s", 0));
    Path wrong = Files.writeString(folder.resolve("wrong.json"), "{}");

    assertThatThrownBy(() -> Profiles.read(good, wrong))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("wrong.json");
    assertThatThrownBy(() -> Profiles.read(wrong, good))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("wrong.json");
  }

  private Profiles read(String source, String destination) throws IOException {
    return Profiles.read(
        Files.writeString(folder.resolve("src.json"), source),
        Files.writeString(folder.resolve("dst.json"), destination));
  }

  private static String objects(String root, int... numbers) {
    return new ProfileText()
        .objects(
            "blob.bin",
            IntStream.of(numbers)
                .mapToObj(n -> "'%s/blob_%d.bin'".formatted(root, n))
                .toArray(String[]::new))
        .json();
  }

  private static String map(String root, String version) {
    return new ProfileText()
        .map("c2p", version, "'%s/c2pFull%s.0.tch'".formatted(root, version))
        .json();
  }

  private static String generic(String root) {
    return """
        {"syncmateProfile": "generic", "root": "%s", "files": [{"path": "a", "size": 1, "digest": null}]}
        """
        .formatted(root);
  }
}
