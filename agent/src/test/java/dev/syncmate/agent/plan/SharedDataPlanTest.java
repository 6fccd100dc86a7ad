// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan for the real files is the table in their README. */
class SharedDataPlanTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Virtual path, mode, bytes to move, target path. */
  private static final List<String> TABLE =
      List.of(
          "a2cFullR.0.tch FULL 600896 null",
          "a2cFullR.1.tch FULL 600896 null",
          "b2cFullR.0.tch FULL 528752 null",
          "b2cFullR.1.tch FULL 528768 null",
          "b2cFullR.1.tch.large.3f2eca18f1bc0f3117748e2cea9251e5182db2f7 FULL 180 null",
          "c2pFullU.0.tch FULL 528896 null",
          "c2rFullR.0.tch FULL 528768 null",
          "c2taFullR.0.tch FULL 528784 null",
          "blob_0.bin.offset.500 APPEND 367 /woc/dst/All.blobs/blob_0.bin",
          "blob_1.bin.offset.6000 APPEND 2529 /woc/dst/All.blobs/blob_1.bin",
          "commit_1.tch FULL 529936 /woc/dst/All.sha1c/commit_1.tch",
          "tag_0.tch FULL 529104 null",
          "tree_0.tch.offset.300000 APPEND 229552 /woc/dst/All.sha1c/tree_0.tch");

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

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void plan_ofShuffledShards_isTheTable(long seed) throws Exception {
    Random random = new Random(seed);
    shuffle(source, random);
    shuffle(destination, random);

    assertThat(rows(plan())).isEqualTo(TABLE);
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
    expected.removeIf(row -> row.startsWith(missing + " "));
    assertThat(rows(plan)).isEqualTo(expected);
    assertThat(plan.warnings()).anyMatch(line -> line.contains(kind) && line.contains("lacks 1"));
  }

  @Test
  void plan_withTheFirstShardMissingAtTheDestination_sendsItWhole() throws Exception {
    shards(destination, "tree.tch").remove(0);

    List<String> expected = new ArrayList<>(TABLE);
    expected.set(expected.size() - 1, "tree_0.tch FULL 529552 null");
    assertThat(rows(plan())).isEqualTo(expected);
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

  private Plan plan() throws Exception {
    return new Planner(SharedData.locator(data))
        .plan(write(source, "source"), write(destination, "destination"));
  }

  private Profile write(JsonNode profile, String name) throws IOException {
    Path file = folder.resolve(name + ".json");
    JSON.writeValue(file.toFile(), profile);
    return Profile.read(file);
  }

  private static ArrayNode shards(JsonNode profile, String kind) {
    return (ArrayNode) profile.path("objects").path(kind).path("shards");
  }

  private static void shuffle(JsonNode profile, Random random) {
    for (JsonNode entry : profile.findParents("shards")) {
      ArrayNode shards = (ArrayNode) entry.get("shards");
      List<JsonNode> order = new ArrayList<>();
      shards.forEach(order::add);
      Collections.shuffle(order, random);
      shards.removeAll();
      shards.addAll(order);
    }
  }

  private static List<String> rows(Plan plan) {
    return plan.files().stream()
        .map(
            file -> {
              long bytes = TaskLines.of(file).get(0).size();
              return "%s %s %d %s"
                  .formatted(file.virtualPath(), file.mode(), bytes, file.targetPath());
            })
        .toList();
  }
}
