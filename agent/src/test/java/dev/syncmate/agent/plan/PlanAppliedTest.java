// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.input.Allowed;
import dev.syncmate.agent.profile.Profile;
import dev.syncmate.agent.profile.ProfileText;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random pairs of copies: whatever they hold, applying the plan makes the destination's objects
 * those of the source, and the next plan is empty. The seed is the test's parameter.
 */
class PlanAppliedTest {
  private static final int RUNS = 25;
  private static final int SHARDS_MAX = 24;
  private static final int BYTES_MAX = 20_000;

  @TempDir Path folder;

  static Stream<Long> seeds() {
    long first = Long.getLong("syncmate.seed", System.nanoTime());
    return Stream.iterate(first, seed -> seed + 1).limit(RUNS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void plan_applied_makesTheDestinationTheSource(long seed) throws Exception {
    Random random = new Random(seed);
    Path source = Files.createDirectory(folder.resolve("source"));
    Path destination = Files.createDirectory(folder.resolve("destination"));
    makeCopies(random, source, destination);

    Plan plan = plan(random, source, destination);
    assertThat(plan.errors()).isEmpty();
    assertThat(plan.tally().unresolved()).isZero();
    for (PlannedFile file : plan.files()) {
      apply(file, destination);
    }

    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.toList()) {
        assertThat(destination.resolve(file.getFileName()))
            .as("seed %d", seed)
            .hasSameBinaryContentAs(file);
      }
    }
    Plan next = plan(random, source, destination);
    assertThat(next.files()).isEmpty();
    assertThat(next.errors()).isEmpty();
  }

  private static void makeCopies(Random random, Path source, Path destination) throws IOException {
    int shards = 1 + random.nextInt(SHARDS_MAX);
    for (int number = 0; number < shards; number++) {
      String name = "blob_%d.bin".formatted(number);
      byte[] content = new byte[random.nextInt(BYTES_MAX)];
      random.nextBytes(content);
      int kind = random.nextInt(7);
      if (kind != 6) {
        Files.write(source.resolve(name), content);
      }
      byte[] changed = content.clone();
      if (changed.length > 0) {
        changed[0]++;
      }
      switch (kind) {
        case 0 -> Files.write(destination.resolve(name), content);
        case 1 -> Files.write(destination.resolve(name), changed);
        case 2 -> Files.write(destination.resolve(name), part(random, content));
        case 3 -> Files.write(destination.resolve(name), part(random, changed));
        case 4 -> Files.write(destination.resolve(name), Arrays.copyOf(content, BYTES_MAX + 1));
        case 6 -> Files.write(destination.resolve(name), content);
        default -> {
          // Missing at the destination.
        }
      }
    }
  }

  private static byte[] part(Random random, byte[] content) {
    return Arrays.copyOf(content, random.nextInt(content.length + 1));
  }

  private Plan plan(Random random, Path source, Path destination) throws Exception {
    return new Planner(path -> source.resolve(path.substring("/s/".length())), 2)
        .allowingShrink(true)
        .plan(profile(random, source, "/s/"), profile(random, destination, "/d/"));
  }

  private Profile profile(Random random, Path side, String root) throws IOException {
    List<String> shards = new ArrayList<>();
    try (Stream<Path> files = Files.list(side)) {
      for (Path file : files.toList()) {
        long size = Files.size(file);
        String digest = "'" + SampleDigest.of(file) + "'";
        String written = size <= 4096 ? "[%d,%s]".formatted(size, digest) : digest;
        // The source's may be missing: it is here to be read.
        boolean left = root.equals("/s/") && random.nextInt(4) == 0;
        shards.add(ProfileText.file(root + file.getFileName(), size, left ? "null" : written));
      }
    }
    Collections.sort(shards);
    Collections.shuffle(shards, random);
    return new ProfileText().objects("blob.bin", shards.toArray(String[]::new)).read(folder);
  }

  private void apply(PlannedFile file, Path destination) throws IOException {
    byte[] content = Files.readAllBytes(folder.resolve("source").resolve(file.destName()));
    Path target = destination.resolve(file.destName());
    assertThat(file.targetPath() == null).isEqualTo(!Files.exists(target));
    if (file.mode() == PlanMode.APPEND) {
      long offset = file.targetSizeBytes();
      assertThat(Files.size(target)).isEqualTo(offset);
      Files.write(
          target,
          Arrays.copyOfRange(content, (int) offset, (int) file.sizeBytes()),
          StandardOpenOption.APPEND);
    } else {
      Files.write(target, content);
    }
  }

  /** What a mutated profile must still give, if it is read at all. */
  static void assertSound(Plan plan) {
    assertThat(plan.files()).extracting(PlannedFile::virtualPath).doesNotHaveDuplicates();
    TreeMap<String, Integer> targets = new TreeMap<>();
    for (PlannedFile file : plan.files()) {
      assertThat(file.virtualPath()).matches("[^/\\x00]{1,255}");
      assertThat(file.destName()).matches("[^/\\x00]{1,255}");
      assertThat(file.sourcePath()).startsWith("/").endsWith("/" + file.destName());
      assertThat(file.zone()).startsWith("/");
      assertThat(file.sizeBytes()).isBetween(0L, Allowed.BYTES_MAX);
      assertThat(file.sourceDigest()).matches("[0-9a-f]{16}");
      if (file.mode() != PlanMode.FULL) {
        assertThat(file.targetSizeBytes()).isBetween(1L, file.sizeBytes() - 1);
        assertThat(file.targetDigest()).isNotNull();
      }
      String target =
          file.targetPath() == null ? file.destSub() + "/" + file.destName() : file.targetPath();
      assertThat(targets.merge(target, 1, Integer::sum)).isEqualTo(1);
    }
  }
}
