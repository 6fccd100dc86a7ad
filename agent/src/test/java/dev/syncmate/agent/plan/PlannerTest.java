// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static dev.syncmate.agent.profile.ProfileText.digest;
import static dev.syncmate.agent.profile.ProfileText.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.plan.tasklist.TaskLines;
import dev.syncmate.agent.profile.Profile;
import dev.syncmate.agent.profile.ProfileText;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlannerTest {
  @TempDir Path folder;

  // ---- maps

  @ParameterizedTest
  @CsvSource({"U, T", "AA, U", "V2412, V2409", "V2409, V", "V10000, V2412"})
  void map_newerVersion_isSentWholeWithoutTarget(String source, String destination)
      throws InterruptedException {
    String name = "/da1_data/basemaps/c2fFull%s.0.tch".formatted(source);
    Plan plan =
        plan(
            new ProfileText().map("c2f", source, file(name, 9, digest('a'))),
            new ProfileText().map("c2f", destination, file("/d/c2fFull.0.tch", 9, digest('a'))));

    PlannedFile planned = only(plan);
    assertThat(planned.mode()).isEqualTo(PlanMode.FULL);
    assertThat(planned.targetPath()).isNull();
    assertThat(planned.targetSizeBytes()).isNull();
    assertThat(planned.virtualPath()).isEqualTo("c2fFull%s.0.tch".formatted(source));
    assertThat(planned.zone()).isEqualTo("/da1_data");
    assertThat(planned.destSub()).isEqualTo("basemaps");
  }

  @ParameterizedTest
  @CsvSource({"R, AA", "Z, AA", "V2409, V2412", "V, V2409"})
  void map_olderVersion_isNothingAndReported(String source, String destination)
      throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText().map("c2b", source, file("/s/c2bFull.0.tch", 9, digest('a'))),
            new ProfileText().map("c2b", destination, file("/d/c2bFull.0.tch", 9, digest('b'))));

    assertThat(plan.files()).isEmpty();
    assertThat(plan.warnings()).singleElement().asString().contains("older", "c2b");
    assertThat(plan.errors()).isEmpty();
  }

  @Test
  void map_sameVersion_isComparedFileByFileByName() throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText()
                .map(
                    "c2f",
                    "U",
                    file("/s/c2fFullU.3.tch", 9, digest('a')),
                    file("/s/c2fFullU.1.tch", 9, digest('a')),
                    file("/s/c2fFullU.0.tch", 9, digest('a')),
                    file("/s/c2fFullU.2.tch", 9, digest('a'))),
            new ProfileText()
                .map(
                    "c2f",
                    "U",
                    file("/d/c2fFullU.2.tch", 9, digest('b')),
                    file("/d/c2fFullU.1.tch", 8, digest('a')),
                    file("/d/c2fFullU.0.tch", 9, digest('a'))));

    assertThat(plan.files())
        .extracting(PlannedFile::destName, PlannedFile::mode, PlannedFile::targetPath)
        .containsExactly(
            tuple("c2fFullU.1.tch", PlanMode.FULL, "/d/c2fFullU.1.tch"),
            tuple("c2fFullU.2.tch", PlanMode.FULL, "/d/c2fFullU.2.tch"),
            tuple("c2fFullU.3.tch", PlanMode.FULL, null));
    assertThat(plan.unchangedFiles()).isEqualTo(1);
  }

  @Test
  void map_versionOfUnknownForm_isAnErrorOfEachFile() throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText().map("c2f", "U_old", file("/s/c2fFullU_old.0.tch", 9, digest('a'))),
            new ProfileText());

    assertThat(plan.files()).isEmpty();
    assertThat(plan.errors()).singleElement().asString().contains("U_old", "letters");
  }

  // ---- objects

  @Test
  void object_missing_isFullWithoutTarget() throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText().objects("tag.tch", file("/s/tag_0.tch", 9, digest('a'))),
            new ProfileText());

    assertThat(only(plan).mode()).isEqualTo(PlanMode.FULL);
    assertThat(only(plan).targetPath()).isNull();
    assertThat(only(plan).destSub()).isEqualTo("All.sha1c");
  }

  @Test
  void object_sameSizeAndDigest_isNothing() throws InterruptedException {
    ProfileText text = new ProfileText().objects("tag.tch", file("/s/tag_0.tch", 9, digest('a')));

    Plan plan = plan(text, text);

    assertThat(plan.files()).isEmpty();
    assertThat(plan.unchangedFiles()).isEqualTo(1);
    assertThat(plan.warnings()).isEmpty();
  }

  @Test
  void object_sameSizeOtherDigest_isFullOntoTheTarget() throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText().objects("tag.tch", file("/s/tag_0.tch", 9, digest('a'))),
            new ProfileText().objects("tag.tch", file("/d/tag_0.tch", 9, digest('b'))));

    assertThat(only(plan).mode()).isEqualTo(PlanMode.FULL);
    assertThat(only(plan).targetPath()).isEqualTo("/d/tag_0.tch");
    assertThat(only(plan).targetDigest()).isEqualTo("b".repeat(16));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9})
  void object_shrunk_isKeptAndAnError(long size) throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText().objects("tag.tch", file("/s/tag_0.tch", size, digest('a'))),
            new ProfileText().objects("tag.tch", file("/d/tag_0.tch", 10, digest('b'))));

    assertThat(plan.files()).isEmpty();
    assertThat(plan.errors())
        .singleElement()
        .satisfies(
            error ->
                assertThat(error.line())
                    .contains("has %d bytes, the destination 10".formatted(size))
                    .contains("--allow-shrink"));
  }

  @Test
  void map_emptyOfTheSameVersion_isKeptAndAnError() throws InterruptedException {
    ProfileText from = new ProfileText().map("m", "V", file("/s/mFullV.0.tch", 0, digest('a')));
    ProfileText to = new ProfileText().map("m", "V", file("/d/mFullV.0.tch", 10, digest('b')));

    assertThat(plan(from, to).errors()).singleElement().asString().contains("--allow-shrink");
    assertThat(
            new Planner(SourceLocator.NONE)
                .allowingShrink(true)
                .plan(from.read(folder), to.read(folder))
                .files())
        .hasSize(1);
  }

  @Test
  void object_shrunkAndAllowed_isFullOntoTheTargetAndReported() throws InterruptedException {
    Plan plan =
        new Planner(SourceLocator.NONE)
            .allowingShrink(true)
            .plan(
                new ProfileText()
                    .objects("tag.tch", file("/s/tag_0.tch", 9, digest('a')))
                    .read(folder),
                new ProfileText()
                    .objects("tag.tch", file("/d/tag_0.tch", 10, digest('b')))
                    .read(folder));

    assertThat(only(plan).mode()).isEqualTo(PlanMode.FULL);
    assertThat(plan.warnings()).singleElement().asString().contains("replaced");
  }

  @Test
  void name_ofTheLongestThatAFileSystemHas_isCutInTheVirtualPathOnly() throws InterruptedException {
    String name = "é".repeat(124) + "_0.tch";
    Plan plan =
        plan(
            new ProfileText()
                .objects(
                    "tag.tch",
                    file("/s/" + name, 9, digest('a')),
                    file("/s/1" + name.substring(1, 124) + "_1.tch", 9, digest('a'))),
            new ProfileText());

    assertThat(plan.errors()).isEmpty();
    assertThat(plan.files()).extracting(PlannedFile::destName).contains(name);
    assertThat(plan.files())
        .extracting(PlannedFile::virtualPath)
        .doesNotHaveDuplicates()
        .allSatisfy(
            path ->
                assertThat((path + ".offset.9007199254740991.slice.00000").getBytes(UTF_8).length)
                    .isBetween(230, 255));
  }

  @Test
  void object_emptyAtTheDestination_isFull() throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText().objects("tag.tch", file("/s/tag_0.tch", 9, digest('a'))),
            new ProfileText().objects("tag.tch", file("/d/tag_0.tch", 0, "null")));

    assertThat(only(plan).mode()).isEqualTo(PlanMode.FULL);
    assertThat(only(plan).virtualPath()).isEqualTo("tag_0.tch");
  }

  @Test
  void object_grownAndPrefixEqual_isAppend() throws Exception {
    byte[] content = bytes(9000);
    Plan plan = planGrown(content, content, prefixDigest(content, 6000));

    assertThat(only(plan).mode()).isEqualTo(PlanMode.APPEND);
    assertThat(only(plan).virtualPath()).isEqualTo("blob_0.bin.offset.6000");
    assertThat(only(plan).sizeBytes()).isEqualTo(9000);
    assertThat(plan.tally().bytes()).isEqualTo(3000);
    assertThat(TaskLines.of(only(plan)))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.offset()).isEqualTo(6000);
              assertThat(line.size()).isEqualTo(3000);
            });
  }

  @Test
  void object_grownAndPrefixDiffers_isFullOntoTheTarget() throws Exception {
    byte[] content = bytes(9000);
    Plan plan = planGrown(content, content, digest('b'));

    assertThat(only(plan).mode()).isEqualTo(PlanMode.FULL);
    assertThat(only(plan).targetPath()).isEqualTo("/d/blob_0.bin");
    assertThat(only(plan).virtualPath()).isEqualTo("blob_0.bin");
  }

  @Test
  void object_grownButNotHere_isUnresolvedWithBothCandidates() throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText().objects("tag.tch", file("/s/tag_0.tch", 9, digest('a'))),
            new ProfileText().objects("tag.tch", file("/d/tag_0.tch", 5, digest('b'))));

    assertThat(only(plan).mode()).isEqualTo(PlanMode.UNRESOLVED);
    assertThat(only(plan).virtualPath()).isEqualTo("tag_0.tch");
    assertThat(TaskLines.of(only(plan)))
        .extracting(line -> line.virtualPath() + " " + line.offset() + " " + line.size())
        .containsExactly("tag_0.tch.offset.5 5 4", "tag_0.tch 0 9");
  }

  @Test
  void object_grownButAnotherFileHere_isUnresolvedAndReported() throws Exception {
    byte[] content = bytes(9000);
    Plan shorter = planGrown(content, bytes(8000), prefixDigest(content, 6000));
    assertThat(only(shorter).mode()).isEqualTo(PlanMode.UNRESOLVED);
    assertThat(shorter.warnings()).singleElement().asString().contains("8000 bytes here");

    byte[] other = bytes(9000);
    other[0]++;
    Plan changed = planGrown(content, other, prefixDigest(content, 6000));
    assertThat(only(changed).mode()).isEqualTo(PlanMode.UNRESOLVED);
    assertThat(changed.warnings()).singleElement().asString().contains("is not the file");
  }

  @Test
  void object_grownSinceTheProfile_isPlannedAsTheProfileSays() throws Exception {
    byte[] content = bytes(9000);
    byte[] longer = Arrays.copyOf(content, 12_345);
    Plan plan = planGrown(content, longer, prefixDigest(content, 6000));

    assertThat(only(plan).mode()).isEqualTo(PlanMode.APPEND);
    assertThat(only(plan).sizeBytes()).isEqualTo(9000);
    assertThat(plan.warnings()).isEmpty();
  }

  @Test
  void object_thatVanishesBeforeItIsRead_isAnErrorOfItsOwn() throws Exception {
    String digest = "'" + SampleDigest.of(Files.write(folder.resolve("a"), bytes(9000))) + "'";
    List<String> shards = new ArrayList<>();
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Files.copy(folder.resolve("a"), folder.resolve("blob_%d.bin".formatted(i)));
      shards.add(file("/s/blob_%d.bin".formatted(i), 9000, digest));
      targets.add(file("/d/blob_%d.bin".formatted(i), 6000, digest('a')));
    }

    Plan plan =
        plan(
            path -> {
              Path file = folder.resolve(path.substring("/s/".length()));
              if (path.contains("_1.")) {
                delete(file);
              }
              return file;
            },
            new ProfileText().objects("blob.bin", shards.toArray(String[]::new)),
            new ProfileText().objects("blob.bin", targets.toArray(String[]::new)));

    assertThat(plan.files())
        .extracting(PlannedFile::virtualPath)
        .containsExactly("blob_0.bin", "blob_2.bin");
    assertThat(plan.errors())
        .singleElement()
        .asString()
        .contains("/s/blob_1.bin", "no such file, but its folder is here");
  }

  @Test
  void objects_inAnyOrderAndWithGaps_areMatchedByNumber() throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText()
                .objects(
                    "o.bin",
                    file("/s/o_10.bin", 3, digest('a')),
                    file("/s/o_2.bin", 2, digest('2')),
                    file("/s/o_0.bin", 1, digest('0'))),
            new ProfileText()
                .objects(
                    "o.bin",
                    file("/d/o_0.bin", 1, digest('0')),
                    file("/d/o_1.bin", 7, digest('1')),
                    file("/d/o_2.bin", 2, digest('2'))));

    assertThat(only(plan).sourcePath()).isEqualTo("/s/o_10.bin");
    assertThat(plan.unchangedFiles()).isEqualTo(2);
  }

  @Test
  void objects_withGapInTheSource_areReported() throws InterruptedException {
    String json =
        "{'maps':{},'objects':{'o.bin':{'sharding_bits':2,'shards':[%s,%s]}}}"
            .formatted(file("/s/o_0.bin", 1, digest('0')), file("/s/o_3.bin", 1, digest('3')))
            .replace('\'', '"');
    Profile profile = ProfileText.read(folder, json);

    Plan plan = new Planner(SourceLocator.NONE).plan(profile, profile);

    assertThat(plan.warnings())
        .containsExactly("objects \"o.bin\": the source profile lacks 2 of 4 shards: 1, 2");
  }

  // ---- profiles without digests

  @Test
  void digestMissing_whereNothingCanBeRead_isAnErrorOfEachFile() throws InterruptedException {
    String d = digest('a');
    Plan plan =
        plan(
            new ProfileText()
                .objects(
                    "o.bin",
                    file("/s/o_0.bin", 9, "null"),
                    file("/s/o_1.bin", 9, "null"),
                    file("/s/o_2.bin", 9, d),
                    file("/s/o_3.bin", 9, d),
                    file("/s/o_4.bin", 9, "null"))
                .map("a2b", "U", file("/s/a2bFullU.0.tch", 9, d)),
            new ProfileText()
                .objects(
                    "o.bin",
                    file("/d/o_1.bin", 9, d),
                    file("/d/o_2.bin", 9, "null"),
                    file("/d/o_3.bin", 5, "null"),
                    file("/d/o_4.bin", 5, d))
                .map("a2b", "U", file("/d/a2bFullU.0.tch", 9, "null")));

    assertThat(plan.files()).isEmpty();
    assertThat(plan.errors())
        .hasSize(6)
        .allSatisfy(error -> assertThat(error.message()).contains("--with-digest"));
  }

  @Test
  void digestMissing_whereTheSourceIsHere_isComputed() throws Exception {
    Path here = Files.write(folder.resolve("o_0.bin"), bytes(9000));
    String whole = "'" + SampleDigest.of(here) + "'";

    Plan same =
        plan(
            path -> here,
            new ProfileText().objects("o.bin", file("/s/o_0.bin", 9000, "null")),
            new ProfileText().objects("o.bin", file("/d/o_0.bin", 9000, whole)));
    Plan missing =
        plan(
            path -> here,
            new ProfileText().objects("o.bin", file("/s/o_0.bin", 9000, "null")),
            new ProfileText());

    assertThat(same.unchangedFiles()).isEqualTo(1);
    assertThat(only(missing).sourceDigest()).isEqualTo(SampleDigest.of(here));
  }

  @Test
  void sizeMissing_isThatOfTheFileHereOrAnError() throws Exception {
    Path here = Files.write(folder.resolve("o_0.bin"), bytes(9000));
    ProfileText source = new ProfileText().objects("o.bin", "'/s/o_0.bin'");

    assertThat(only(plan(path -> here, source, new ProfileText())).sizeBytes()).isEqualTo(9000);
    assertThat(plan(source, new ProfileText()).errors())
        .singleElement()
        .asString()
        .contains("no size");
    assertThat(
            plan(
                    new ProfileText().objects("o.bin", file("/s/o_0.bin", 9, digest('a'))),
                    new ProfileText().objects("o.bin", "'/d/o_0.bin'"))
                .errors())
        .singleElement()
        .asString()
        .contains("no size in the destination profile");
  }

  // ---- names

  @Test
  void names_ofTwoFiles_getDistinctVirtualPathsAndAreReported() throws InterruptedException {
    ProfileText source =
        new ProfileText()
            .objects("x", file("/s1/o_0.bin", 9, digest('a')))
            .objects("y", file("/s2/o_0.bin", 9, digest('b')));
    Plan plan =
        plan(
            source,
            new ProfileText()
                .objects("x", file("/d/x/o_0.bin", 9, digest('c')))
                .objects("y", file("/d/y/o_0.bin", 9, digest('c'))));

    assertThat(plan.files()).extracting(PlannedFile::destName).containsOnly("o_0.bin");
    assertThat(plan.files())
        .extracting(PlannedFile::virtualPath)
        .doesNotHaveDuplicates()
        .allSatisfy(path -> assertThat(path).matches("o_0\\.bin~[0-9a-f]{16}"));
    assertThat(plan.clashes()).singleElement().asString().contains("/s1/o_0.bin", "/s2/o_0.bin");

    // Where one of the two needs no move, the other's virtual path must be the same.
    Plan one =
        plan(
            source,
            new ProfileText()
                .objects("x", file("/d/x/o_0.bin", 9, digest('a')))
                .objects("y", file("/d/y/o_0.bin", 9, digest('c'))));
    assertThat(only(one).virtualPath()).isEqualTo(plan.files().get(1).virtualPath());
  }

  @ParameterizedTest
  @CsvSource({
    // both to the default place
    "'', ''",
    // the same known target
    "/d/o_0.bin, /d/o_0.bin",
    // a known target that may be the other's default place
    "/d/All.blobs/o_0.bin, ''",
  })
  void targets_thatMeet_areErrorsOfBoth(String targetX, String targetY)
      throws InterruptedException {
    ProfileText destination = new ProfileText();
    if (!targetX.isEmpty()) {
      destination.objects("x", file(targetX, 9, digest('c')));
    }
    if (!targetY.isEmpty()) {
      destination.objects("y", file(targetY, 9, digest('c')));
    }
    Plan plan =
        plan(
            new ProfileText()
                .objects("x", file("/s1/o_0.bin", 9, digest('a')))
                .objects("y", file("/s2/o_0.bin", 9, digest('b'))),
            destination);

    assertThat(plan.files()).isEmpty();
    assertThat(plan.errors())
        .hasSize(2)
        .allSatisfy(error -> assertThat(error.message()).contains("same target"));
  }

  @Test
  void shardNumber_ofTwoFiles_isAnErrorOfBoth() throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText()
                .objects(
                    "o.bin",
                    file("/s1/o_0.bin", 9, digest('a')),
                    file("/s2/o_0.bin", 9, digest('b')),
                    file("/s1/o_1.bin", 9, digest('b'))),
            new ProfileText());

    assertThat(plan.files()).extracting(PlannedFile::sourcePath).containsExactly("/s1/o_1.bin");
    assertThat(plan.errors()).hasSize(2).allSatisfy(e -> assertThat(e.line()).contains("number"));
  }

  @Test
  void shardNumber_twiceAtTheDestination_isAnError() throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText().objects("o.bin", file("/s/o_0.bin", 9, digest('a'))),
            new ProfileText()
                .objects(
                    "o.bin",
                    file("/d1/o_0.bin", 9, digest('a')),
                    file("/d2/o_0.bin", 9, digest('b'))));

    assertThat(plan.files()).isEmpty();
    assertThat(plan.errors()).singleElement().asString().contains("/d1/o_0.bin", "/d2/o_0.bin");
  }

  @Test
  void name_unfit_isAnError() throws InterruptedException {
    Plan plan =
        plan(
            new ProfileText()
                .objects(
                    "o.bin",
                    file("/s/nonumber.bin", 9, digest('a')),
                    file("/s/o_1.bin.offset.7", 9, digest('a')),
                    file("/s/o_2.bin.slice.00001", 9, digest('a')),
                    file("/s/" + "o".repeat(250) + "_3.bin", 9, digest('a'))),
            new ProfileText());

    assertThat(plan.files()).isEmpty();
    assertThat(plan.errors()).hasSize(4);
  }

  @Test
  void file_listedTwice_isPlannedOnceAndReported() throws InterruptedException {
    String shard = file("/s/o_0.bin", 9, digest('a'));
    Plan plan =
        plan(
            new ProfileText().objects("o.bin", shard, shard).objects("p.bin", shard),
            new ProfileText());

    assertThat(plan.files()).hasSize(1);
    assertThat(plan.warnings()).hasSize(2).allMatch(line -> line.contains("second time"));
  }

  @ParameterizedTest
  @CsvSource({
    "blob_0.bin, All.blobs",
    "sha1.blob_0.idx, All.blobs",
    "c2fFullU0.s, gz",
    "c2fFullU.0.gz, gz",
    "sha1.blob_0.tch, All.sha1o",
    "c2fFullU.0.tch, basemaps",
    "c2fFullU.0.tch.large.5a, basemaps",
    "commit_0.tch, All.sha1c",
  })
  void destinationFolder_ofName_isTheSeedTools(String name, String expected) {
    assertThat(DestinationFolder.of(name)).isEqualTo(expected);
  }

  private Plan planGrown(byte[] profiled, byte[] here, String targetDigest) throws Exception {
    Path file = Files.write(folder.resolve("source"), profiled);
    String digest = "'" + SampleDigest.of(file) + "'";
    Files.write(file, here);
    return plan(
        path -> path.equals("/s/blob_0.bin") ? file : null,
        new ProfileText().objects("blob.bin", file("/s/blob_0.bin", profiled.length, digest)),
        new ProfileText().objects("blob.bin", file("/d/blob_0.bin", 6000, targetDigest)));
  }

  private String prefixDigest(byte[] content, int length) throws IOException {
    Path file = Files.write(folder.resolve("prefix"), Arrays.copyOf(content, length));
    return "'" + SampleDigest.of(file) + "'";
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 7 + i / 256);
    }
    return bytes;
  }

  private Plan plan(ProfileText source, ProfileText destination) throws InterruptedException {
    return plan(SourceLocator.NONE, source, destination);
  }

  private Plan plan(SourceLocator locator, ProfileText source, ProfileText destination)
      throws InterruptedException {
    return new Planner(locator).plan(source.read(folder), destination.read(folder));
  }

  private static PlannedFile only(Plan plan) {
    assertThat(plan.errors()).isEmpty();
    assertThat(plan.files()).hasSize(1);
    return plan.files().get(0);
  }

  private static org.assertj.core.groups.Tuple tuple(Object... values) {
    return new org.assertj.core.groups.Tuple(values);
  }

  @Test
  void plan_isTheSameHoweverProfilesAreOrdered() throws InterruptedException {
    List<String> shards =
        List.of(
            file("/s/o_0.bin", 1, digest('0')),
            file("/s/o_1.bin", 1, digest('1')),
            file("/s/o_2.bin", 1, digest('2')));
    Plan forwards =
        plan(new ProfileText().objects("o.bin", shards.toArray(String[]::new)), new ProfileText());
    Plan backwards =
        plan(
            new ProfileText().objects("o.bin", shards.get(2), shards.get(1), shards.get(0)),
            new ProfileText());

    assertThat(backwards.files()).isEqualTo(forwards.files());
  }
}
