// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.syncmate.agent.input.Allowed;
import dev.syncmate.agent.plan.tasklist.TaskLines;
import dev.syncmate.agent.profile.ProfileText;
import dev.syncmate.agent.profile.Profiles;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.TaskLine;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random pairs of profiles, as large as they come: what holds of every plan, whichever way each
 * unresolved file turns out. The seed is the test's parameter.
 */
class PlanPropertiesTest {
  private static final int RUNS = 100;
  private static final int SHARDS_MAX = 40;
  private static final String[] KINDS = {"blob.bin", "blob.idx", "tree.tch", "sha1.blob.tch"};

  @TempDir Path folder;

  static Stream<Long> seeds() {
    long first = Long.getLong("syncmate.seed", System.nanoTime());
    return Stream.iterate(first, seed -> seed + 1).limit(RUNS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void plan_appliedToTheSizes_givesTheSourcesAndNoTasksOverlap(long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, Long> source = new HashMap<>();
    Map<String, Long> destination = new HashMap<>();
    ProfileText from = new ProfileText();
    ProfileText to = new ProfileText();
    for (String kind : KINDS) {
      kind(random, kind, from, source, to, destination);
    }
    Plan plan =
        new Planner(SourceLocator.NONE)
            .allowingShrink(true)
            .plan(from.read(folder), to.read(folder));
    assertThat(plan.errors()).isEmpty();
    PlanAppliedTest.assertSound(plan);

    Map<String, Long> applied = new HashMap<>(destination);
    for (PlannedFile file : plan.files()) {
      boolean append =
          file.mode() == PlanMode.APPEND
              || (file.mode() == PlanMode.UNRESOLVED && random.nextBoolean());
      List<TaskLine> lines = TaskLines.of(file);
      // An unresolved file has both candidates, the tail first; one of them is moved.
      TaskLine line = append || lines.size() == 1 ? lines.get(0) : lines.get(1);
      long old = applied.getOrDefault(file.destName(), 0L);
      assertThat(line.offset()).isEqualTo(append ? old : 0L);
      applied.put(file.destName(), line.offset() + line.size());
    }

    source.forEach(
        (name, size) -> assertThat(applied).as("seed %d", seed).containsEntry(name, size));
    // One transfer for each name, so that no two tasks write the same bytes.
    assertThat(plan.files()).extracting(PlannedFile::destName).doesNotHaveDuplicates();
    assertThat(plan.moves()).extracting(Plan.Move::file).isEqualTo(plan.files());
    for (Plan.Move move : plan.moves()) {
      boolean index = move.file().destName().endsWith(".idx");
      boolean data = move.file().destName().endsWith(".bin");
      assertThat(move.file().publishGroup() == null).isEqualTo(!index && !data);
      assertThat(move.file().publishOrder()).isEqualTo(index ? (Integer) 1 : data ? 0 : null);
    }
  }

  /** Names repeat, numbers are missing, versions and digests too: whatever a profile may hold. */
  @ParameterizedTest
  @MethodSource("seeds")
  void plan_ofShuffledProfiles_isTheSameByteForByte(long seed) throws Exception {
    Random random = new Random(seed);
    String from = awkward(random, "/s");
    String to = awkward(random, "/d");
    Plan straight = plan(from, to);

    Plan shuffled = plan(shuffled(from, random), shuffled(to, random));

    assertThat(text(shuffled)).as("seed %d", seed).isEqualTo(text(straight));
    assertThat(shuffled.moves()).isEqualTo(straight.moves());
    assertThat(shuffled.unchangedFiles()).isEqualTo(straight.unchangedFiles());
    assertThat(shuffled.clashes()).isEqualTo(straight.clashes());
    assertThat(shuffled.errors()).isEqualTo(straight.errors());
    assertThat(shuffled.warnings()).isEqualTo(straight.warnings());
  }

  /** Always of the same file names: messages hold them. */
  private Plan plan(String from, String to) throws Exception {
    Path source = Files.writeString(folder.resolve("src.json"), from);
    Path destination = Files.writeString(folder.resolve("dst.json"), to);
    return new Planner(SourceLocator.NONE).plan(Profiles.read(source, destination));
  }

  private static String shuffled(String profile, Random random) throws IOException {
    return Shuffled.of(new ObjectMapper().readTree(profile), random).toString();
  }

  private static String text(Plan plan) throws IOException {
    StringWriter out = new StringWriter();
    TaskLines.write(
        plan.files().stream().flatMap(file -> TaskLines.of(file).stream()).toList(), out);
    return out.toString();
  }

  private static String awkward(Random random, String root) {
    ProfileText profile = new ProfileText();
    for (String kind : KINDS) {
      profile.objects(kind, awkward(random, root, kind.replaceFirst("\\.([a-z]+)$", "_%d.$1"), 12));
    }
    for (String map : new String[] {"a2c", "c2p"}) {
      for (String version : new String[] {"U", "V", "V0", "V2409", "AA", "1x", "2y"}) {
        if (random.nextInt(3) == 0) {
          profile.map(map, version, awkward(random, root, map + "Full" + version + ".%d.tch", 4));
        }
      }
    }
    return profile.json();
  }

  private static String[] awkward(Random random, String root, String name, int shards) {
    List<String> files = new ArrayList<>();
    for (int i = 0; i < random.nextInt(2 * shards); i++) {
      String folder = root + "/" + random.nextInt(3) / 2;
      String named =
          random.nextInt(20) == 0
              ? "unnumbered%d.bin".formatted(i)
              : name.formatted(random.nextInt(shards));
      String digest =
          random.nextInt(10) == 0 ? "null" : ProfileText.digest((char) ('a' + random.nextInt(2)));
      files.add(ProfileText.file(folder + "/" + named, 1 + random.nextInt(3), digest));
    }
    return files.toArray(String[]::new);
  }

  private static void kind(
      Random random,
      String kind,
      ProfileText from,
      Map<String, Long> source,
      ProfileText to,
      Map<String, Long> destination) {
    String base = kind.substring(0, kind.lastIndexOf('.'));
    String extension = kind.substring(kind.lastIndexOf('.'));
    List<String> sourceShards = new ArrayList<>();
    List<String> destinationShards = new ArrayList<>();
    for (int number = 0; number < random.nextInt(SHARDS_MAX); number++) {
      String name = "%s_%d%s".formatted(base, number, extension);
      long size = random.nextLong(Allowed.BYTES_MAX >> random.nextInt(53));
      char digest = (char) ('a' + random.nextInt(3));
      if (random.nextInt(5) > 0) {
        sourceShards.add(ProfileText.file("/s/" + name, size, ProfileText.digest(digest)));
        source.put(name, size);
      }
      if (random.nextInt(4) > 0) {
        boolean same = random.nextBoolean();
        long old = same ? size : random.nextLong(Allowed.BYTES_MAX >> random.nextInt(53));
        char oldDigest = random.nextBoolean() ? digest : 'f';
        destinationShards.add(ProfileText.file("/d/" + name, old, ProfileText.digest(oldDigest)));
        destination.put(name, old);
      }
    }
    Collections.shuffle(sourceShards, random);
    Collections.shuffle(destinationShards, random);
    from.objects(kind, sourceShards.toArray(String[]::new));
    to.objects(kind, destinationShards.toArray(String[]::new));
  }
}
