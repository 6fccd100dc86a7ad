// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static dev.syncmate.agent.profile.ProfileText.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.config.PathMap;
import dev.syncmate.agent.config.WocHost;
import dev.syncmate.agent.profile.Profile;
import dev.syncmate.agent.profile.ProfileText;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the World of Code hosts look for what their profile names, whatever it is. */
class PathsPresetTest {
  private static final String LARGE = "c2fFullU.0.tch.large.5a";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "da8, /da8_data, /mnt/ordos/data/data",
    "da7, /da7_data, /corrino",
    "ishia, /da7_data, /corrino",
    "da5, /da5_data, /data",
    "da5, /da5_fast, /fast",
    "da10, /da10_data, /data",
    "da1, /da10_data, /da10_data",
    "da10, /da1_data, /da1_data",
    "da8, /da8_data2, /da8_data2",
    "da7, /da8_data, /da8_data",
    "da5, /da5_data/given, /given",
  })
  void plan_ofFilesWithoutDigests_looksForMapsLargesAndObjectsInOnePlace(
      String host, String prefix, String here) throws InterruptedException {
    PathMap paths =
        new PathMap(Map.of("/da5_data/given", Path.of("/given")), WocHost.of(host).orElseThrow());
    ConcurrentLinkedQueue<Path> asked = new ConcurrentLinkedQueue<>();
    Plan plan =
        new Planner(
                path -> {
                  asked.add(paths.map(path));
                  return null;
                })
            .plan(source(prefix), new ProfileText().read(folder));

    assertThat(plan.errors()).hasSize(3);
    assertThat(asked)
        .containsExactlyInAnyOrder(
            Path.of(here, "basemaps/c2fFullU.0.tch"),
            Path.of(here, "basemaps", LARGE),
            Path.of(here, "All.blobs/blob_3.bin"));
  }

  private Profile source(String prefix) {
    String large = file(prefix + "/basemaps/" + LARGE, 7, "null");
    String json =
        new ProfileText()
            .map("c2f", "U", file(prefix + "/basemaps/c2fFullU.0.tch", 9, "null"))
            .objects("blob.bin", file(prefix + "/All.blobs/blob_3.bin", 5, "null"))
            .json()
            .replace("\"larges\":{}", "\"larges\":{\"5a\":%s}".formatted(large.replace('\'', '"')));
    return ProfileText.read(folder, json);
  }
}
