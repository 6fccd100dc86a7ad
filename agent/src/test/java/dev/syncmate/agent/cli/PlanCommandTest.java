// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.plan.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PlanCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DOCS = "docs/planning.md";
  private static final String TIB = Long.toString(1L << 40);

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.syncmate.agent.plan.SharedData#all")
  void plan_ofTheRealFiles_showsKindsZonesAndFigures(SharedData data) {
    Ran ran = plan(data.profile("src"), data.profile("dst"), "--rate", "1MiB");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.out())
        .containsPattern("objects blob.bin +/woc +2 +0 +0 +2 +2.8 KiB to 9.2 KiB")
        .containsPattern("all +13 +9 +0 +4 +4.4 MiB to 5.2 MiB")
        .contains("0 of 13 files; not here: 13 in /woc", "4 s to 5 s at 1.0 MiB/s")
        .contains("prices of November 2026");
    assertThat(ran.err()).contains("c2b");
  }

  @ParameterizedTest
  @MethodSource("dev.syncmate.agent.plan.SharedData#all")
  void plan_ofTheRealFilesHere_resolvesThem(SharedData data) throws IOException {
    JsonNode json =
        JSON.readTree(
            plan(
                    data.profile("src"),
                    data.profile("dst"),
                    "--json",
                    "-c",
                    config("/woc/src", data.source()))
                .out());

    assertThat(json.get("total").get("append").intValue()).isEqualTo(3);
    assertThat(json.get("total").get("full").intValue()).isEqualTo(10);
    assertThat(json.get("total").get("files_here").intValue()).isEqualTo(13);
    assertThat(json.get("total").get("bytes_min")).isEqualTo(json.get("total").get("bytes_max"));
    List<String> groups = new ArrayList<>();
    json.get("files").forEach(file -> groups.add(file.path("publish_group").asText("none")));
    assertThat(groups)
        .containsExactly(
            "map/a2c/R",
            "map/a2c/R",
            "map/b2c/R",
            "map/b2c/R",
            "map/b2c/R",
            "map/c2p/U",
            "map/c2r/R",
            "map/c2ta/R",
            "objects/blob_0",
            "objects/blob_1",
            "none",
            "none",
            "none");
  }

  @ParameterizedTest
  @MethodSource("dev.syncmate.agent.plan.SharedData#all")
  void plan_ofTheRealFiles_figuresAreThoseByHand(SharedData data) throws IOException {
    JsonNode json =
        JSON.readTree(
            plan(
                    data.profile("src"),
                    data.profile("dst"),
                    "--json",
                    "--rate",
                    "1000",
                    "--slice-size",
                    "1MiB",
                    "--window",
                    "3000000")
                .out());

    // New: a2c 2, b2c 3, c2p, c2r, c2ta, tag_0. Grown: blob_0, blob_1, commit_1, tree_0.
    long fresh = 600896 * 2 + 528752 + 528768 + 180 + 528896 + 528768 + 528784 + 529104;
    long grown = 867 + 8529 + 529936 + 529552;
    long old = 500 + 6000 + 529552 + 300000;
    assertThat(json.at("/total/bytes_min").longValue()).isEqualTo(fresh + grown - old);
    assertThat(json.at("/total/bytes_max").longValue()).isEqualTo(fresh + grown);
    assertThat(json.at("/slices_max").longValue()).isEqualTo(13);
    assertThat(json.at("/hours_min").doubleValue())
        .isEqualTo((fresh + grown - old) / 3_600_000.0, within(1e-9));
    assertThat(json.at("/hours_max").doubleValue())
        .isEqualTo((fresh + grown) / 3_600_000.0, within(1e-9));
    // 1.5 hours are a day of the window, at $0.015 a GB and 30 days.
    assertThat(json.at("/r2_cost_max_usd/storage").doubleValue())
        .isEqualTo(0.003 * 0.015 / 30, within(1e-12));
    assertThat(json.at("/r2_cost_max_usd/writes").doubleValue())
        .isEqualTo(13 * 4.5e-6, within(1e-12));
    assertThat(json.at("/r2_cost_max_usd/reads").doubleValue())
        .isEqualTo(26 * 0.36e-6, within(1e-12));
    JsonNode space = json.get("destination_space_bytes");
    assertThat(space.get("growth").longValue()).isEqualTo(fresh + grown - old);
    // commit_1 may be replaced: then the old one stays until the new one is whole.
    assertThat(space.get("needed_least").longValue()).isEqualTo(fresh + grown - old + 529552);
    // All staged, and the tail of tree_0 written behind its target.
    assertThat(space.get("needed_most").longValue()).isEqualTo(fresh + grown + 229552);
  }

  /** Old sizes, new sizes; what is staged and placed one by one needs at most. */
  @ParameterizedTest
  @CsvSource({
    "'', 100, 100",
    "100, 100, 100",
    "90, 100, 100",
    "'1000,,', '10,100,100', 210",
    "'100,100,100', '110,100,100', 110",
  })
  void plan_spaceOneByOne_isEnoughInAnyOrder(String old, String fresh, long expected)
      throws IOException {
    Path source = profile("s", 'a', fresh);
    Path target = profile("d", 'b', old);

    JsonNode space =
        JSON.readTree(plan(source, target, "--json", "--allow-shrink").out())
            .at("/destination_space_bytes");

    assertThat(space.get("needed_least").longValue()).isEqualTo(expected);
  }

  @Test
  void plan_cost_isThatOfTheFactsForTenDaysOfAWindow() throws IOException {
    // 80 TiB through a 1 TiB window in 10 days: $5.50 of storage, a PUT a slice.
    Path source = profile("s", "/s/o_0.bin", 80L << 40);
    long rate = (80L << 40) / (10 * 86_400) + 1;
    JsonNode json =
        JSON.readTree(
            plan(
                    source,
                    profile("d", null, 0),
                    "--json",
                    "--slice-size",
                    "1GiB",
                    "--rate",
                    Long.toString(rate))
                .out());

    JsonNode cost = json.get("r2_cost_max_usd");
    assertThat(cost.get("storage").doubleValue()).isBetween(5.49, 5.51);
    assertThat(cost.get("writes").doubleValue()).isBetween(0.36, 0.37);
    assertThat(json.get("slices_max").longValue()).isEqualTo(80 * 1024);
    assertThat(json.get("hours_max").doubleValue()).isBetween(239.9, 240.0);
    assertThat(json.get("destination_space_bytes").get("growth").longValue()).isEqualTo(80L << 40);
  }

  @Test
  void plan_json_hasTheKeysOfTheDocsInTheirOrder() throws IOException {
    Path source = profile("s", "/s/\u00e9/o_0.bin", 100);
    Ran ran = plan(source, profile("d", null, 0), "--json", "--rate", "1000");

    assertThat(ran.out())
        .startsWith("{\"job_id\":\"")
        .contains(
            """
            ","unchanged_files":0,"total":{"files":1,"files_here":0,"full":1,"append":0,"unresolved":0,\
            "bytes_min":100,"bytes_max":100},"parts":[{"kind":"objects o.bin","zone":"/s","files":1,\
            """)
        .endsWith(
            """
            "warnings":[],"clashes":[],"unreadable":[],"errors":[],"files":[{"virtual_path":"o_0.bin",\
            "source_path":"/s/\\u00E9/o_0.bin","target_path":null,"mode":"full","offset_bytes":0,\
            "size_bytes":100,"kind":"objects o.bin","zone":"/s","here":false,\
            "publish_group":"objects/o_0","publish_order":0}]}
            """);
    String docs = Files.readString(Path.of(System.getProperty("syncmate.root", ".."), DOCS));
    assertThat(keys(JSON.readTree(ran.out())))
        .isNotEmpty()
        .allSatisfy(key -> assertThat(docs).contains("`" + key + "`"));
  }

  @Test
  void plan_whatCantWork_exits1AndIsSaid() throws IOException {
    Path source = profile("s", "/s/o_0.bin", 80L << 40);
    Path none = profile("d", null, 0);

    Ran tooManySlices = plan(source, none, "--slice-size", "5MiB");
    assertThat(tooManySlices.exitCode()).isEqualTo(ExitCode.SOME_FAILED.code());
    assertThat(tooManySlices.err()).contains("error: \"/s/o_0.bin\": 16777216 slices");

    Ran noSpace = plan(source, none, "--slice-size", "1GiB", "--dest-free", TIB);
    assertThat(noSpace.exitCode()).isEqualTo(ExitCode.SOME_FAILED.code());
    assertThat(noSpace.err()).contains("has 1.0 TiB free (expected: at least 80.0 TiB)");

    Ran window = plan(source, none, "--window", "1MiB");
    assertThat(window.exitCode()).isEqualTo(ExitCode.USAGE.code());
    Ran rate = plan(source, none, "--rate", "0");
    assertThat(rate.exitCode()).isEqualTo(ExitCode.USAGE.code());
  }

  @Test
  void plan_fileThatVanishedHere_isUnreadableAndExits1() throws IOException {
    Path here = Files.createDirectory(folder.resolve("here"));
    Path source = profile("s", "/s/o_0.bin", 100);
    String config = config("/s", here);

    Ran vanished = plan(source, profile("d", null, 0), "-c", config);
    assertThat(vanished.exitCode()).isEqualTo(ExitCode.SOME_FAILED.code());
    assertThat(vanished.err()).contains("unreadable: \"/s/o_0.bin\": not read:", "no such file");

    Files.write(here.resolve("o_0.bin"), new byte[99]);
    Ran shrunk = plan(source, profile("d", null, 0), "-c", config);
    assertThat(shrunk.err()).contains("has 99 bytes here (expected: at least 100");

    Files.write(here.resolve("o_0.bin"), new byte[100]);
    assertThat(plan(source, profile("d", null, 0), "-c", config).exitCode()).isZero();
  }

  @Test
  void plan_nothingToMove_saysSo() throws IOException {
    Path source = profile("s", "/s/o_0.bin", 100);

    Ran ran = plan(source, source);

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).startsWith("nothing to transfer: 1 files are unchanged");
  }

  @Test
  void send_dryRun_isThePlan() throws IOException {
    Path source = profile("s", "/s/o_0.bin", 100);
    Path none = profile("d", null, 0);

    Ran dry =
        Ran.run(
            "send",
            "--dry-run",
            "-s",
            source.toString(),
            "-d",
            none.toString(),
            "-c",
            config("/x", folder));

    assertThat(dry.exitCode()).as(dry.err()).isZero();
    assertThat(dry.out()).isEqualTo(plan(source, none).out());
  }

  private static Set<String> keys(JsonNode json) {
    Set<String> keys = new TreeSet<>();
    json.fieldNames().forEachRemaining(keys::add);
    json.forEach(child -> keys.addAll(keys(child)));
    return keys;
  }

  private String config(String prefix, Path here) throws IOException {
    return Files.writeString(
            folder.resolve("config.json"), "{\"paths\": {\"%s\": \"%s\"}}".formatted(prefix, here))
        .toString();
  }

  private Path profile(String name, String path, long size) throws IOException {
    String shard =
        path == null
            ? ""
            : "{\"path\":\"%s\",\"size\":%d,\"digest\":\"%s\"}"
                .formatted(path, size, "a".repeat(16));
    return Files.writeString(
        folder.resolve(name + ".json"),
        "{\"maps\":{},\"objects\":{\"o.bin\":{\"sharding_bits\":0,\"shards\":[%s]}}}"
            .formatted(shard));
  }

  /** Shards 0, 1, … of the sizes; an empty size is a missing shard. */
  private Path profile(String name, char digest, String sizes) throws IOException {
    String[] size = sizes.split(",");
    List<String> shards = new ArrayList<>();
    for (int i = 0; i < size.length; i++) {
      if (!size[i].isEmpty()) {
        shards.add(
            "{\"path\":\"/%s/o_%d.tch\",\"size\":%s,\"digest\":\"%s\"}"
                .formatted(name, i, size[i], String.valueOf(digest).repeat(16)));
      }
    }
    return Files.writeString(
        folder.resolve(name + ".json"),
        "{\"maps\":{},\"objects\":{\"o.tch\":{\"shards\":[%s]}}}"
            .formatted(String.join(",", shards)));
  }

  private static Ran plan(Path source, Path destination, String... more) {
    return Ran.run(
        Stream.concat(
                Stream.of("plan", "-s", source.toString(), "-d", destination.toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }
}
