// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.failure.TransferException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PathMapTest {
  private final PathMap paths =
      new PathMap(
          Map.of(
              "/da1_data", Path.of("/one"),
              "/da1_data/deep/", Path.of("/two"),
              "/da8_data", Path.of("/mnt/ordos/data/data")));

  @Test
  void map_prefix_becomesFolder() {
    assertThat(paths.map("/da8_data/a/b.tch")).isEqualTo(Path.of("/mnt/ordos/data/data/a/b.tch"));
    assertThat(paths.map("/da1_data")).isEqualTo(Path.of("/one"));
    assertThat(paths.map("/da1_data//x")).isEqualTo(Path.of("/one/x"));
  }

  @Test
  void map_wholeSegmentsOnly() {
    assertThat(paths.map("/da1_data2/x")).isEqualTo(Path.of("/da1_data2/x"));
    assertThat(paths.map("/da1_data/deeper")).isEqualTo(Path.of("/one/deeper"));
  }

  @Test
  void map_longestPrefixFirst() {
    assertThat(paths.map("/da1_data/deep/x")).isEqualTo(Path.of("/two/x"));
  }

  @Test
  void map_noRule_isThePathItself() {
    assertThat(paths.map("/elsewhere/x")).isEqualTo(Path.of("/elsewhere/x"));
  }

  @Test
  void map_rootPrefix_coversAll() {
    assertThat(new PathMap(Map.of("/", Path.of("/jail"))).map("/a/b"))
        .isEqualTo(Path.of("/jail/a/b"));
  }

  @Test
  void map_relativeOrClimbing_isRefused() {
    for (String bad : new String[] {"a/b", "", "/da1_data/../etc/passwd", "/a\0b"}) {
      assertThatThrownBy(() -> paths.map(bad))
          .isInstanceOfSatisfying(
              TransferException.class, e -> assertThat(e.reason()).isEqualTo("bad_path"));
    }
  }
}
