// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobIdTest {
  @TempDir Path folder;

  @Test
  void of_pairOfProfiles_dependsOnTheirBytesAndOrderAlone() throws IOException {
    Path a = Files.writeString(folder.resolve("a"), "abc");
    Path sameAsA = Files.writeString(folder.resolve("b"), "abc");
    Path empty = Files.writeString(folder.resolve("c"), "");

    // printf abc | sha256sum, the empty file's, and the SHA-256 of both.
    assertThat(JobId.of(a, empty))
        .isEqualTo(JobId.of(sameAsA, empty))
        .isEqualTo("6f1290896ee81a0349174d19f4473d267a10289c40480861d5c42affffbd79f9")
        .isNotEqualTo(JobId.of(empty, a));
  }

  @Test
  void of_missingProfile_saysSo() {
    assertThatThrownBy(() -> JobId.of(folder.resolve("none"), folder.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("none: no such file");
  }
}
