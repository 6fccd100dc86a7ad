// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.plan.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProfileCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.syncmate.agent.plan.SharedData#all")
  void profile_ofTheRealFiles_isPythonWocs(SharedData data) throws IOException {
    for (String side : List.of("src", "dst")) {
      Path output = folder.resolve(side + ".json");

      Ran ran =
          Ran.run(
              "profile",
              "--with-digest",
              data.folder().resolve(side).toString(),
              "-o",
              output.toString());

      assertThat(ran.exitCode()).as(ran.err()).isZero();
      String theirs =
          Files.readString(data.profile(side))
              .replace("/woc/" + side + "/", data.folder().resolve(side) + "/");
      JsonNode expected = withPlainDigests(JSON.readTree(theirs));
      JsonNode ours = JSON.readTree(output.toFile());
      // Objects of Jackson are equal whatever the order of their keys.
      assertThat(ours.get("wocSchemaVersion")).isEqualTo(expected.get("wocSchemaVersion"));
      assertThat(ours.get("maps")).isEqualTo(expected.get("maps"));
      assertThat(ours.get("objects")).isEqualTo(expected.get("objects"));
    }
  }

  @Test
  void profile_preset_passesItsOtherKeysOn() throws IOException {
    Path preset = file("preset.json", "{'maps':{'x':[]},'sites':{'bb':'b.org'},'bads':[1]}");
    Path tree = Files.createDirectories(folder.resolve("tree"));

    JsonNode profile = JSON.readTree(run("profile", "--preset", preset.toString(), tree).out());

    assertThat(profile.get("sites").get("bb").textValue()).isEqualTo("b.org");
    assertThat(profile.get("bads").size()).isEqualTo(1);
    assertThat(profile.get("maps").size()).isZero();
  }

  @Test
  void profile_severalPathsAndVersions_newestFirstAndNumbersByName() throws IOException {
    for (String name :
        List.of(
            "a/c2fFullV2409.0.tch",
            "a/c2fFullAA.0.tch",
            "b/c2fFullV.0.tch",
            "b/c2fFullV2412.0.tch",
            "a/tree_1.tch",
            "b/tree_0.tch",
            "a/All.sha1/sha1.blob_0.tch",
            "b/sha1.blob_0.tch")) {
      file(name, name);
    }

    JsonNode profile =
        JSON.readTree(
            run("profile", "--path", folder.resolve("a").toString(), "--path", folder.resolve("b"))
                .out());

    assertThat(texts(profile.get("maps").get("c2f"), "version"))
        .containsExactly("AA", "V2412", "V2409", "V");
    JsonNode tree = profile.get("objects").get("tree.tch");
    assertThat(tree.get("alias").textValue()).isEqualTo("tree");
    assertThat(tree.get("sharding_bits").intValue()).isEqualTo(1);
    assertThat(texts(tree.get("shards"), "path"))
        .containsExactly(
            folder.resolve("b/tree_0.tch").toString(), folder.resolve("a/tree_1.tch").toString());
    // Files with names of objects in All.sha1 are something else.
    assertThat(texts(profile.get("objects").get("sha1.blob.tch").get("shards"), "path"))
        .containsExactly(folder.resolve("b/sha1.blob_0.tch").toString());
    assertThat(profile.get("objects").get("sha1.blob.tch").get("alias").textValue())
        .isEqualTo("blob");
    assertThat(tree.get("shards").get(0).get("digest").isNull()).isTrue();
  }

  @Test
  void profile_missingShards_areLeftOutOrKept() throws IOException {
    file("t/tag_0.tch", "0");
    file("t/tag_2.tch", "2");
    file("t/c2fFullU.1.tch.large.ab", "large");
    Path tree = folder.resolve("t");

    Ran skipping = run("profile", tree);
    assertThat(JSON.readTree(skipping.out()).get("objects").size()).isZero();
    assertThat(JSON.readTree(skipping.out()).get("maps").size()).isZero();
    assertThat(skipping.err()).contains("objects tag.tch: 2 of 4 shards are missing (1, 3)");

    JsonNode kept = JSON.readTree(run("profile", "--no-skip-missing", tree).out());
    assertThat(kept.get("objects").get("tag.tch").get("shards").size()).isEqualTo(2);
    assertThat(kept.get("maps").get("c2f").get(0).get("larges").has("ab")).isTrue();
  }

  @Test
  void profile_version_isTheOnlyOneOfMaps() throws IOException {
    file("t/c2fFullU.0.tch", "0");
    file("t/c2fFullV.0.tch", "0");
    file("t/tag_0.tch", "0");

    JsonNode profile = JSON.readTree(run("profile", "--version", "U", folder.resolve("t")).out());

    assertThat(texts(profile.get("maps").get("c2f"), "version")).containsExactly("U");
    assertThat(profile.get("objects").size()).isEqualTo(1);
  }

  @Test
  void profile_danglingLinkAndHugeNumber_areSaidAndExit1() throws IOException {
    file("t/tag_0.tch", "0");
    file("t/tag_99999999999.tch", "0");
    Files.createSymbolicLink(folder.resolve("t/tree_0.tch"), Path.of("nowhere"));
    Path output = folder.resolve("out.json");

    Ran ran = run("profile", "-o", output.toString(), folder.resolve("t"));

    assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED.code());
    assertThat(ran.err()).contains("tree_0.tch: no such file", "shard number 99999999999");
    assertThat(JSON.readTree(output.toFile()).get("objects").size()).isEqualTo(1);
  }

  @Test
  void profile_twoFilesOfOneShard_theLastCountsAndIsSaid() throws IOException {
    file("a/tag_0.tch", "0");
    file("b/tag_0.tch", "1");

    Ran ran = run("profile", folder.resolve("a").toString(), folder.resolve("b"));

    assertThat(ran.err()).contains("b/tag_0.tch: takes the place of", "a/tag_0.tch");
    assertThat(texts(JSON.readTree(ran.out()).get("objects").get("tag.tch").get("shards"), "path"))
        .containsExactly(folder.resolve("b/tag_0.tch").toString());
  }

  @Test
  void profile_generic_listsEveryRegularFileByRelativePath() throws IOException {
    file("set/b/data.bin", "x".repeat(5000));
    file("set/a.log", "");
    file("set/.syncmate-staging/part", "on its way");
    Files.createSymbolicLink(folder.resolve("set/link"), Path.of("a.log"));

    Ran ran = run("profile", "--format", "generic", "--with-digest", folder.resolve("set"));

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.err()).contains("set/link: a link: left out");
    JsonNode profile = JSON.readTree(ran.out());
    assertThat(profile.get("syncmateProfile").textValue()).isEqualTo("generic");
    assertThat(profile.get("root").textValue()).isEqualTo(folder.resolve("set").toString());
    assertThat(texts(profile.get("files"), "path")).containsExactly("a.log", "b/data.bin");
    assertThat(profile.get("files").get(1).get("digest").textValue())
        .isEqualTo(SampleDigest.of(folder.resolve("set/b/data.bin")));
  }

  @Test
  void profile_wrongUse_isOneLine() throws IOException {
    Path tree = Files.createDirectories(folder.resolve("tree"));
    assertThat(run("profile", "--path", folder.resolve("none")).exitCode())
        .isEqualTo(ExitCode.LOCAL_IO.code());
    assertThat(Ran.run("profile").exitCode()).isEqualTo(ExitCode.USAGE.code());
    assertThat(run("profile", "--format", "generic", tree.toString(), tree).exitCode())
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(run("profile", "-o", folder.resolve("no/out").toString(), tree).exitCode())
        .isEqualTo(ExitCode.LOCAL_IO.code());
    Path broken = file("broken.json", "{");
    assertThat(run("profile", "--preset", broken.toString(), tree).exitCode())
        .isEqualTo(ExitCode.USAGE.code());
  }

  @Test
  void profile_help_hasExamplesAndExitCodes() {
    assertThat(Ran.run("profile", "--help").out())
        .contains("Examples:", "--no-skip-missing", "Exit codes:");
  }

  private Path file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content.replace('\'', '"'));
  }

  private static Ran run(Object... args) {
    return Ran.run(Stream.of(args).map(Object::toString).toArray(String[]::new));
  }

  private static List<String> texts(JsonNode list, String key) {
    List<String> texts = new ArrayList<>();
    list.forEach(entry -> texts.add(entry.get(key).textValue()));
    return texts;
  }

  private static JsonNode withPlainDigests(JsonNode profile) {
    for (JsonNode file : profile.findParents("digest")) {
      if (file.get("digest") instanceof ArrayNode pair) {
        ((ObjectNode) file).set("digest", pair.get(1));
      }
    }
    return profile;
  }
}
