// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.input.InputException;
import dev.syncmate.agent.profile.Profile;
import dev.syncmate.agent.profile.ProfileText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged profiles: each is read or refused with one clean line, and what is read gives a sound
 * plan. The seed is printed.
 */
class ProfileMutationTest {
  private static final int OF_SMALL = 2000;
  private static final int OF_EACH_REAL = 5000;
  private static final String[] TOKENS = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "-1",
    "1e9",
    "0.5",
    "\\u0000",
    "..",
    "/",
    "99999999999999999999",
    "9007199254740993",
    "[[[[[[[[",
    "\"path\":",
    "\"shards\":[",
    "\ud83d",
    "\"digest\":[1,\"0123456789abcdef\"]",
    "\u0000",
    "\n",
    "_0.bin",
    "\\ud800",
    "NaN",
  };

  @TempDir Path folder;

  @Test
  void read_mutatedSmallProfile_isReadOrRefusedCleanly() throws Exception {
    ProfileText text =
        new ProfileText()
            .map("c2f", "V2409", ProfileText.file("/da1_data/m/c2fFullV2409.0.tch", 5000, "null"))
            .map("c2f", "U", ProfileText.file("/da1_data/m/c2fFullU.0.tch", 9, "'%s'"))
            .objects(
                "blob.bin",
                ProfileText.file("/da2_data/b/blob_0.bin", 867, "[867,'965231f645fe03ba']"),
                ProfileText.file("/da2_data/b/blob_1.bin", 8529, "'7ef7c49ec8b05085'"),
                "'/da2_data/b/blob_2.bin'",
                "null");
    mutate(
        text.json().replace("%s", "0123456789abcdef").getBytes(StandardCharsets.UTF_8),
        0,
        OF_SMALL);
  }

  @ParameterizedTest
  @MethodSource("dev.syncmate.agent.plan.SharedData#all")
  void read_mutatedRealProfile_isReadOrRefusedCleanly(SharedData data) throws Exception {
    for (String side : new String[] {"src", "dst"}) {
      byte[] whole = Files.readAllBytes(data.profile(side));
      String text = new String(whole, StandardCharsets.UTF_8);
      // What stands before the maps is skipped unread: most mutations there would show nothing.
      int maps = text.indexOf("\"maps\"");
      byte[] relevant = ("{" + text.substring(maps)).getBytes(StandardCharsets.UTF_8);
      mutate(relevant, 1, OF_EACH_REAL);
    }
  }

  private void mutate(byte[] original, int round, int mutations) throws Exception {
    long seed = Long.getLong("syncmate.seed", System.nanoTime()) + round;
    System.out.println("profile mutations: seed " + seed);
    Random random = new Random(seed);
    Path file = folder.resolve("mutated.json");
    Path intact = Files.write(folder.resolve("intact.json"), original);
    Profile other = Profile.read(intact);
    int read = 0;
    for (int i = 0; i < mutations; i++) {
      byte[] mutated = original;
      for (int n = random.nextInt(3); n >= 0; n--) {
        mutated = mutation(random, mutated);
      }
      Files.write(file, mutated);
      Profile profile = readOrNull(file, seed, i);
      if (profile != null) {
        read++;
        PlanAppliedTest.assertSound(new Planner(SourceLocator.NONE, 1).plan(profile, other));
        PlanAppliedTest.assertSound(new Planner(SourceLocator.NONE, 1).plan(other, profile));
      }
    }
    assertThat(read).as("some mutations leave the profile readable").isPositive();
  }

  private static Profile readOrNull(Path file, long seed, int mutation) {
    try {
      return Profile.read(file);
    } catch (InputException e) {
      assertThat(e.getMessage())
          .as("seed %d mutation %d", seed, mutation)
          .startsWith(file.toString())
          .doesNotContain("\n")
          .doesNotContain("dev.syncmate")
          .hasSizeLessThan(1200);
      return null;
    }
  }

  private static byte[] mutation(Random random, byte[] content) throws IOException {
    int at = random.nextInt(content.length + 1);
    int length = Math.min(random.nextInt(40), content.length - at);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(content, 0, at);
    switch (random.nextInt(5)) {
      // Another byte.
      case 0 -> {
        out.write(random.nextInt(256));
        length = Math.min(1, length);
      }
      // A piece less.
      case 1 -> {}
      // A piece twice.
      case 2 -> {
        out.write(content, at, length);
        length = 0;
      }
      // A token more.
      case 3 -> {
        out.write(TOKENS[random.nextInt(TOKENS.length)].getBytes(StandardCharsets.UTF_8));
        length = 0;
      }
      // Another digit, so that numbers and digests change and the rest stays.
      default -> {
        byte[] digits = content.clone();
        for (int i = at; i < digits.length && i < at + 500; i++) {
          if (digits[i] >= '0' && digits[i] <= '9') {
            digits[i] = (byte) ('0' + random.nextInt(10));
            return digits;
          }
        }
        return digits;
      }
    }
    out.write(Arrays.copyOfRange(content, at + length, content.length));
    return out.toByteArray();
  }
}
