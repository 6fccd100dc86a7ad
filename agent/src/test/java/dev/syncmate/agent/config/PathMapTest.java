// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathMapTest {
  private final PathMap paths =
      new PathMap(
          Map.of(
              "/da1_data", Path.of("/one"),
              "/da1_data/deep/", Path.of("/two"),
              "/da8_data", Path.of("/mnt/ordos/data/data")),
          null);

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
    assertThat(new PathMap(Map.of("/", Path.of("/jail")), null).map("/a/b"))
        .isEqualTo(Path.of("/jail/a/b"));
  }

  @Test
  void map_relativeOrClimbing_isRefused() {
    for (String bad : new String[] {"a/b", "", "/da1_data/../etc/passwd", "/a\0b"}) {
      assertThatThrownBy(() -> paths.map(bad))
          .isInstanceOfSatisfying(
              TransferException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_PATH));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "da5, /da5_data/All.blobs/blob_0.bin, /data/All.blobs/blob_0.bin",
    "da5, /da5_fast/basemaps/c2fFullU.0.tch, /fast/basemaps/c2fFullU.0.tch",
    "DA5.eecs.utk.edu, /da5_data, /data",
    "da5, /da4_data/x, /da4_data/x",
    "da1, /da10_data/x, /da10_data/x",
    "da10, /da1_data/x, /da1_data/x",
    "da10, /da10_data/x, /data/x",
    "da5, /x/da5_data/y, /x/da5_data/y",
    "da5, /da5_, /da5_",
    "da8, /da8_data/x, /mnt/ordos/data/data/x",
    "da8, /da8_data2/x, /da8_data2/x",
    "da7, /da7_data/x, /corrino/x",
    "ishia, /da7_data/x, /corrino/x",
    "da5, /own/x, /mine/x",
    "da5, /da5_data/own/x, /mine/own/x",
  })
  void map_wocHost_findsItsOwnDisks(String host, String path, String expected) {
    PathMap map =
        new PathMap(
            Map.of("/own", Path.of("/mine"), "/da5_data/own", Path.of("/mine/own")),
            WocHost.of(host).orElseThrow());

    assertThat(map.map(path)).isEqualTo(Path.of(expected));
  }

  @Test
  void wocHost_otherNames_areNone() {
    for (String name : new String[] {"", "data", "da", "da5x", "xda5", "localhost"}) {
      assertThat(WocHost.of(name)).isEmpty();
    }
  }
}
