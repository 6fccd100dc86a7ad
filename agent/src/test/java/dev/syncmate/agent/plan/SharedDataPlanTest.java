// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.agent.plan.tasklist.TaskLines;
import dev.syncmate.agent.profile.Profile;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.TaskLine;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan for the files is the table in the README of the real ones. */
@ParameterizedClass
@MethodSource("dev.syncmate.agent.plan.SharedData#all")
class SharedDataPlanTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Virtual path, mode, source below its root, offset, size, target below its root. */
  private static final List<String> TABLE =
      """
          a2cFullR.0.tch | FULL | basemaps/a2cFullR.0.tch | 0 | 600896 | null
          a2cFullR.1.tch | FULL | basemaps/a2cFullR.1.tch | 0 | 600896 | null
          b2cFullR.0.tch | FULL | basemaps/b2cFullR.0.tch | 0 | 528752 | null
          b2cFullR.1.tch | FULL | basemaps/b2cFullR.1.tch | 0 | 528768 | null
          b2cFullR.1.tch.large.3f2eca18f1bc0f3117748e2cea9251e5182db2f7 | FULL | basemaps/b2cFullR.1.tch.large.3f2eca18f1bc0f3117748e2cea9251e5182db2f7 | 0 | 180 | null
          c2pFullU.0.tch | FULL | basemaps/c2pFullU.0.tch | 0 | 528896 | null
          c2rFullR.0.tch | FULL | basemaps/c2rFullR.0.tch | 0 | 528768 | null
          c2taFullR.0.tch | FULL | basemaps/c2taFullR.0.tch | 0 | 528784 | null
          blob_0.bin.offset.500 | APPEND | All.blobs/blob_0.bin | 500 | 367 | All.blobs/blob_0.bin
          blob_1.bin.offset.6000 | APPEND | All.blobs/blob_1.bin | 6000 | 2529 | All.blobs/blob_1.bin
          commit_1.tch | FULL | All.sha1c/commit_1.tch | 0 | 529936 | All.sha1c/commit_1.tch
          tag_0.tch | FULL | All.sha1o/tag_0.tch | 0 | 529104 | null
          tree_0.tch.offset.300000 | APPEND | All.sha1c/tree_0.tch | 300000 | 229552 | All.sha1c/tree_0.tch
      """
          .strip()
          .lines()
          .map(String::strip)
          .toList();

  private static final int SHARDS = 8;
  private static final List<String> GROWING = List.of("blob.bin", "commit.tch", "tree.tch");

  @Parameter private SharedData data;
  @TempDir Path folder;
  private JsonNode source;
  private JsonNode destination;
  private Map<String, String> digests;

  @BeforeEach
  void readProfiles() throws IOException {
    source = JSON.readTree(data.profile("src").toFile());
    destination = JSON.readTree(data.profile("dst").toFile());
    digests =
        Stream.of(source, destination)
            .flatMap(profile -> profile.findParents("path").stream())
            .collect(
                Collectors.toMap(file -> file.get("path").textValue(), SharedDataPlanTest::digest));
  }

  @Test
  void plan_ofTheRealFiles_isTheTable() throws Exception {
    Plan plan = plan();

    assertThat(rows(plan)).isEqualTo(table());
    assertThat(plan.unchangedFiles()).isEqualTo(3);
    assertThat(plan.errors()).isEmpty();
    assertThat(plan.warnings()).singleElement().asString().contains("c2b", "older");
  }

  @Test
  void taskgen_ofTheRealFiles_isTheTableByteForByte() throws Exception {
    assertThat(text(plan()).lines())
        .isEqualTo(table().stream().map(SharedDataPlanTest::json).toList());
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
    Files.writeString(profile, source.toString().replace("/woc/src/", data.source() + "/"));

    Plan plan =
        new Planner(Path::of).plan(Profile.read(profile), write(destination, "destination"));

    assertThat(rows(plan)).isEqualTo(table());
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

    List<String> expected = table();
    expected.removeIf(row -> row.startsWith(missing + " |"));
    assertThat(rows(plan)).isEqualTo(expected);
    assertThat(plan.warnings()).anyMatch(line -> line.contains(kind) && line.contains("lacks 1"));
  }

  @Test
  void plan_withTheFirstShardMissingAtTheDestination_sendsItWhole() throws Exception {
    shards(destination, "tree.tch").remove(0);

    List<String> expected = table();
    expected.set(
        expected.size() - 1,
        withDigests("tree_0.tch | FULL | All.sha1c/tree_0.tch | 0 | 529552 | null"));
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

    assertThat(Planner.forJob(data.locator()).plan(from, to))
        .isEqualTo(Planner.forJob(SourceLocator.NONE).plan(from, to));
  }

  @Test
  void plan_ofTheSourceAgainstItself_isEmpty() throws Exception {
    Plan plan = new Planner(data.locator()).plan(write(source, "a"), write(source, "b"));

    assertThat(plan.files()).isEmpty();
    assertThat(plan.unchangedFiles()).isEqualTo(17);
    assertThat(plan.warnings()).isEmpty();
  }

  /** Shards above the real two are copies of them. */
  private Plan plan() throws Exception {
    SourceLocator real = data.locator();
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

  private List<String> table() {
    return TABLE.stream().map(this::withDigests).collect(Collectors.toCollection(ArrayList::new));
  }

  /** The row with the digests that the profiles have of its source and of its target. */
  private String withDigests(String row) {
    String[] field = row.split(" \\| ");
    return String.join(
        " | ",
        row,
        digests.getOrDefault("/woc/src/" + field[2], "null"),
        digests.getOrDefault("/woc/dst/" + field[5], "null"));
  }

  /** Of small files python-woc writes it behind the size. */
  private static String digest(JsonNode file) {
    JsonNode digest = file.get("digest");
    return digest.isArray() ? digest.get(1).textValue() : digest.textValue();
  }

  private List<String> widenedTable() {
    List<String> table = table();
    List<String> rows = new ArrayList<>(table);
    rows.removeIf(row -> GROWING.stream().anyMatch(kind -> isOf(row, kind)));
    int objects = rows.size() - 1;
    for (String kind : List.of("tree.tch", "tag.tch", "commit.tch", "blob.bin")) {
      for (int number = SHARDS - 1; number >= 0 && GROWING.contains(kind); number--) {
        String name = numbered(kind.replace(".", "_0."), number % 2);
        String renamed = numbered(kind.replace(".", "_0."), number);
        table.stream()
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
