// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.syncmate.agent.offsetfs.fuse.FuseHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The preset on a host that is called da8, with its disks where da8 has them. */
class PathsPresetIT {
  private static final List<String> FILES =
      List.of(
          "/da8_data/basemaps/c2fFullU.0.tch",
          "/da8_data/basemaps/c2fFullU.0.tch.large.5a",
          "/da8_data/All.blobs/blob_0.bin",
          "/da8_data/given/blob_1.bin",
          "/da80_data/blob_2.bin");

  @TempDir Path folder;

  @Test
  void plan_onDa8_findsMapsLargesAndObjectsAndRulesGoFirst() throws Exception {
    Path disk = Files.createDirectories(folder.resolve("mnt/ordos/data/data"));
    for (String file : FILES) {
      boolean isGiven = file.contains("/given/");
      write((isGiven ? folder : disk).resolve(file.replaceFirst("/da80?_data/", "")));
    }
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"paths_preset": "woc", "paths": {"/da8_data/given": "%s"}}
        """
            .formatted(folder.resolve("given")));

    Map<String, Boolean> here = new TreeMap<>();
    for (JsonNode file : onDa8().get("files")) {
      here.put(file.get("source_path").textValue(), file.get("here").booleanValue());
    }

    assertThat(here)
        .isEqualTo(
            FILES.stream()
                .collect(Collectors.toMap(file -> file, file -> !file.startsWith("/da80"))));
  }

  private JsonNode onDa8() throws Exception {
    Path source = Files.writeString(folder.resolve("src.json"), profile());
    Path none = Files.writeString(folder.resolve("dst.json"), "{\"maps\":{},\"objects\":{}}");
    String script =
        "mount --bind \"$0\" /mnt && echo da8 > /proc/sys/kernel/hostname && exec \"$@\"";
    List<String> host =
        List.of("unshare", "-m", "-u", "sh", "-c", script, folder.resolve("mnt").toString());
    FuseHost.assumeWorks(Stream.concat(host.stream(), Stream.of("true")).toArray(String[]::new));
    Path out = folder.resolve("out.json");
    String jar = System.getProperty("syncmate.agent.jar", "target/agent.jar");
    List<String> plan =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-jar",
            Path.of(jar).toAbsolutePath().toString(),
            "plan",
            "--json",
            "-c",
            folder.resolve("config.json").toString(),
            "-s",
            source.toString(),
            "-d",
            none.toString());
    Process process =
        new ProcessBuilder(Stream.concat(host.stream(), plan.stream()).toList())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor()).isZero();
    return new ObjectMapper().readTree(out.toFile());
  }

  private static String profile() {
    List<String> files =
        FILES.stream()
            .map(
                path ->
                    "{\"path\":\"%s\",\"size\":1,\"digest\":\"aaaaaaaaaaaaaaaa\"}".formatted(path))
            .toList();
    return """
        {"maps":{"c2f":[{"version":"U","shards":[%s],"larges":{"5a":%s}}]},
         "objects":{"blob.bin":{"shards":[%s]}}}
        """
        .formatted(files.get(0), files.get(1), String.join(",", files.subList(2, 5)));
  }

  private static Path write(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "x");
  }
}
