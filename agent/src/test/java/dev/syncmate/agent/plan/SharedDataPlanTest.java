// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.TaskLine;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan for the real files is the table in their README. */
class SharedDataPlanTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Virtual path, mode, source below its root, offset, size, target below its root, digests. */
  private static final List<String> TABLE =
      """
          a2cFullR.0.tch | FULL | basemaps/a2cFullR.0.tch | 0 | 600896 | null | ad96b012cb0fc14b | null
          a2cFullR.1.tch | FULL | basemaps/a2cFullR.1.tch | 0 | 600896 | null | ad96b012cb0fc14b | null
          b2cFullR.0.tch | FULL | basemaps/b2cFullR.0.tch | 0 | 528752 | null | 921f0bfd66fbb942 | null
          b2cFullR.1.tch | FULL | basemaps/b2cFullR.1.tch | 0 | 528768 | null | 3c66735716d69746 | null
          b2cFullR.1.tch.large.3f2eca18f1bc0f3117748e2cea9251e5182db2f7 | FULL | basemaps/b2cFullR.1.tch.large.3f2eca18f1bc0f3117748e2cea9251e5182db2f7 | 0 | 180 | null | 72767ec40bab588e | null
          c2pFullU.0.tch | FULL | basemaps/c2pFullU.0.tch | 0 | 528896 | null | 0024462f4f94bb24 | null
          c2rFullR.0.tch | FULL | basemaps/c2rFullR.0.tch | 0 | 528768 | null | 924c5814a3b9ae38 | null
          c2taFullR.0.tch | FULL | basemaps/c2taFullR.0.tch | 0 | 528784 | null | 939c3889f079d660 | null
          blob_0.bin.offset.500 | APPEND | All.blobs/blob_0.bin | 500 | 367 | All.blobs/blob_0.bin | 965231f645fe03ba | 557822cff29cae16
          blob_1.bin.offset.6000 | APPEND | All.blobs/blob_1.bin | 6000 | 2529 | All.blobs/blob_1.bin | 7ef7c49ec8b05085 | 681bac5b193b5810
          commit_1.tch | FULL | All.sha1c/commit_1.tch | 0 | 529936 | All.sha1c/commit_1.tch | b5d9e565c89cfe9d | a9defce7e03c6658
          tag_0.tch | FULL | All.sha1o/tag_0.tch | 0 | 529104 | null | 24b8e07187151c86 | null
          tree_0.tch.offset.300000 | APPEND | All.sha1c/tree_0.tch | 300000 | 229552 | All.sha1c/tree_0.tch | a9defce7e03c6658 | 39ef415bc361908b
      """
          .strip()
          .lines()
          .map(String::strip)
          .toList();

  private static final int SHARDS = 8;
  private static final List<String> GROWING = List.of("blob.bin", "commit.tch", "tree.tch");

  @TempDir Path folder;
  private Path data;
  private JsonNode source;
  private JsonNode destination;

  @BeforeEach
  void readProfiles() throws IOException {
    data = SharedData.orSkip();
    source = JSON.readTree(data.resolve("woc.src.json").toFile());
    destination = JSON.readTree(data.resolve("woc.dst.json").toFile());
  }

  @Test
  void plan_ofTheRealFiles_isTheTable() throws Exception {
    Plan plan = plan();

    assertThat(rows(plan)).isEqualTo(TABLE);
    assertThat(plan.unchangedFiles()).isEqualTo(3);
    assertThat(plan.errors()).isEmpty();
    assertThat(plan.warnings()).singleElement().asString().contains("c2b", "older");
  }

  @Test
  void taskgen_ofTheRealFiles_isTheTableByteForByte() throws Exception {
    assertThat(text(plan()).lines())
        .isEqualTo(TABLE.stream().map(SharedDataPlanTest::json).toList());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void taskgen_ofShuffledProfiles_isTheSameByteForByte(long seed) throws Exception {
    widen();
    Plan straight = plan();
    Random random = new Random(seed);
    source = Shuffled.of(source, random);
    destination = Shuffled.of(destination, random);

    Plan shuffled = plan();

    assertThat(text(shuffled)).isEqualTo(text(straight));
    assertThat(shuffled.moves()).isEqualTo(straight.moves());
    assertThat(shuffled.warnings()).isEqualTo(straight.warnings());
  }

  @Test
  void plan_withRootsReplacedInTheProfiles_isTheTable() throws Exception {
    Path profile = folder.resolve("moved.json");
    Files.writeString(
        profile, source.toString().replace("/woc/src/", data.resolve("src").toString() + "/"));

    Plan plan =
        new Planner(Path::of).plan(Profile.read(profile), write(destination, "destination"));

    assertThat(rows(plan)).isEqualTo(TABLE);
  }

  @ParameterizedTest
  @CsvSource({
    "tree.tch, tree_0.tch.offset.300000",
    "blob.bin, blob_0.bin.offset.500",
  })
  void plan_withTheFirstShardMissingAtTheSource_pairsTheOthersAllTheSame(
      String kind, String missing) throws Exception {
    shards(source, kind).remove(0);

    Plan plan = plan();

    List<String> expected = new ArrayList<>(TABLE);
    expected.removeIf(row -> row.startsWith(missing + " |"));
    assertThat(rows(plan)).isEqualTo(expected);
    assertThat(plan.warnings()).anyMatch(line -> line.contains(kind) && line.contains("lacks 1"));
  }

  @Test
  void plan_withTheFirstShardMissingAtTheDestination_sendsItWhole() throws Exception {
    shards(destination, "tree.tch").remove(0);

    List<String> expected = new ArrayList<>(TABLE);
    expected.set(
        expected.size() - 1,
        "tree_0.tch | FULL | All.sha1c/tree_0.tch | 0 | 529552 | null | a9defce7e03c6658 | null");
    assertThat(rows(plan())).isEqualTo(expected);
  }

  @Test
  void plan_ofEightShards_isTheTableForEach() throws Exception {
    widen();

    assertThat(rows(plan())).isEqualTo(widenedTable());
  }

  @ParameterizedTest
  @MethodSource("shardsOfEachKind")
  void plan_withAnyShardMissingAtTheSource_lacksItsRowAlone(String kind, int number)
      throws Exception {
    widen();
    String name = kind.replace(".", "_" + number + ".");
    shards(source, kind).remove(number);
    destination = Shuffled.of(destination, new Random(number));

    List<String> expected = widenedTable();
    expected.removeIf(row -> row.startsWith(name));
    Plan plan = plan();
    assertThat(rows(plan)).isEqualTo(expected);
    assertThat(plan.warnings())
        .anyMatch(line -> line.contains(kind) && line.contains("lacks 1 of 8 shards: " + number));
  }

  @ParameterizedTest
  @MethodSource("shardsOfEachKind")
  void plan_withAnyShardMissingAtTheDestination_sendsItAloneWhole(String kind, int number)
      throws Exception {
    widen();
    String name = kind.replace(".", "_" + number + ".");
    shards(destination, kind).remove(number);
    source = Shuffled.of(source, new Random(number));

    List<String> others = widenedTable();
    others.removeIf(row -> row.startsWith(name));
    List<String> rows = new ArrayList<>(rows(plan()));
    assertThat(rows)
        .filteredOn(row -> row.startsWith(name))
        .singleElement()
        .asString()
        .matches(
            "\\S+ \\| FULL \\| \\S+/%s \\| 0 \\| \\d+ \\| null \\| \\w{16} \\| null"
                .formatted(name));
    rows.removeIf(row -> row.startsWith(name));
    assertThat(rows).isEqualTo(others);
  }

  static Stream<Arguments> shardsOfEachKind() {
    return GROWING.stream()
        .flatMap(kind -> IntStream.range(0, SHARDS).mapToObj(number -> arguments(kind, number)));
  }

  @Test
  void plan_whereNoSourceCanBeRead_isUnresolvedWhereItMatters() throws Exception {
    Plan plan =
        new Planner(SourceLocator.NONE)
            .plan(write(source, "source"), write(destination, "destination"));

    assertThat(plan.files())
        .filteredOn(file -> file.mode() == PlanMode.UNRESOLVED)
        .extracting(PlannedFile::virtualPath)
        .containsExactly("blob_0.bin", "blob_1.bin", "commit_1.tch", "tree_0.tch");
    assertThat(plan.tally().full()).isEqualTo(9);
    assertThat(plan.errors()).isEmpty();
  }

  @Test
  void planForJob_whereverItIsMade_isTheSame() throws Exception {
    Profile from = write(source, "source");
    Profile to = write(destination, "destination");

    assertThat(Planner.forJob(SharedData.locator(data)).plan(from, to))
        .isEqualTo(Planner.forJob(SourceLocator.NONE).plan(from, to));
  }

  @Test
  void plan_ofTheSourceAgainstItself_isEmpty() throws Exception {
    Plan plan = new Planner(SharedData.locator(data)).plan(write(source, "a"), write(source, "b"));

    assertThat(plan.files()).isEmpty();
    assertThat(plan.unchangedFiles()).isEqualTo(17);
    assertThat(plan.warnings()).isEmpty();
  }

  /** Shards above the real two are copies of them. */
  private Plan plan() throws Exception {
    SourceLocator real = SharedData.locator(data);
    SourceLocator folded =
        path -> {
          Matcher number = Pattern.compile("_([0-9])\\.").matcher(path);
          return real.locate(
              number.find() ? numbered(path, Integer.parseInt(number.group(1)) % 2) : path);
        };
    return new Planner(folded).plan(write(source, "source"), write(destination, "destination"));
  }

  private Profile write(JsonNode profile, String name) throws IOException {
    Path file = folder.resolve(name + ".json");
    JSON.writeValue(file.toFile(), profile);
    return Profile.read(file);
  }

  private static ArrayNode shards(JsonNode profile, String kind) {
    return (ArrayNode) profile.path("objects").path(kind).path("shards");
  }

  private static String text(Plan plan) throws IOException {
    StringWriter out = new StringWriter();
    TaskLines.write(
        plan.files().stream().flatMap(file -> TaskLines.of(file).stream()).toList(), out);
    return out.toString();
  }

  private static List<String> rows(Plan plan) {
    return plan.files().stream().map(SharedDataPlanTest::row).toList();
  }

  private static String row(PlannedFile file) {
    TaskLine line = TaskLines.of(file).get(0);
    return Stream.of(
            line.virtualPath(),
            file.mode(),
            line.sourcePath().replaceFirst("^/.*/src/", ""),
            line.offset(),
            line.size(),
            line.targetPath() == null ? null : line.targetPath().replaceFirst("^/woc/dst/", ""),
            line.sourceDigest(),
            line.targetDigest())
        .map(String::valueOf)
        .collect(Collectors.joining(" | "));
  }

  /** The line that taskgen writes for a row, field by field. */
  private static String json(String row) {
    String[] field = row.split(" \\| ");
    return "{\"virtual_path\":\"%s\",\"source_path\":\"/woc/src/%s\",\"offset\":%s,\"size\":%s,"
            .formatted(field[0], field[2], field[3], field[4])
        + "\"target_path\":%s,\"source_digest\":\"%s\",\"target_digest\":%s}"
            .formatted(
                field[5].equals("null") ? "null" : "\"/woc/dst/" + field[5] + "\"",
                field[6],
                field[7].equals("null") ? "null" : "\"" + field[7] + "\"");
  }

  /** Eight shards of each kind that grows: the real two, again and again. */
  private void widen() {
    for (JsonNode profile : List.of(source, destination)) {
      for (String kind : GROWING) {
        ((ObjectNode) profile.path("objects").path(kind)).put("sharding_bits", 3);
        ArrayNode shards = shards(profile, kind);
        for (int number = 2; number < SHARDS; number++) {
          ObjectNode copy = shards.get(number % 2).deepCopy();
          String path = copy.get("path").textValue();
          shards.add(copy.put("path", numbered(path, number)));
        }
      }
    }
  }

  private static List<String> widenedTable() {
    List<String> rows = new ArrayList<>(TABLE);
    rows.removeIf(row -> GROWING.stream().anyMatch(kind -> isOf(row, kind)));
    int objects = rows.size() - 1;
    for (String kind : List.of("tree.tch", "tag.tch", "commit.tch", "blob.bin")) {
      for (int number = SHARDS - 1; number >= 0 && GROWING.contains(kind); number--) {
        String name = numbered(kind.replace(".", "_0."), number % 2);
        String renamed = numbered(kind.replace(".", "_0."), number);
        TABLE.stream()
            .filter(row -> row.startsWith(name))
            .map(row -> row.replace(name, renamed))
            .forEach(row -> rows.add(isOf(row, "tree.tch") ? objects + 1 : objects, row));
      }
    }
    return rows;
  }

  private static boolean isOf(String row, String kind) {
    return row.startsWith(kind.replaceFirst("\\..*", "_"));
  }

  private static String numbered(String path, int number) {
    return path.replaceFirst("_[0-9]\\.", "_" + number + ".");
  }
}
