// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReasonTest {
  private static final Path OPENAPI = Path.of("..", "shared-schema", "openapi.yaml");

  @Test
  void problemWords_areThoseOfTheContract() throws IOException {
    String text = Files.readString(OPENAPI);
    String list = text.substring(text.indexOf("\nx-problem-types:"));
    List<String> types =
        Pattern.compile("^  ([a-z_]+): \\d{3}$", Pattern.MULTILINE)
            .matcher(list)
            .results()
            .map(MatchResult::group)
            .map(line -> line.strip().split(":")[0])
            .toList();
    assertThat(types).isNotEmpty();
    assertThat(Reason.problemWords()).containsExactlyInAnyOrderElementsOf(types);
  }

  @Test
  void word_ofEach_fitsTheContractsPattern() {
    assertThat(Arrays.stream(Reason.values()).map(Reason::word))
        .allMatch(word -> word.matches("[a-z_]{1,64}"));
  }

  @Test
  void ofProblem_unknownOrOurOwn_isNone() {
    assertThat(Reason.ofProblem("invented_later")).isEmpty();
    assertThat(Reason.ofProblem("staging_busy")).isEmpty();
    assertThat(Reason.ofProblem("lease_stale")).contains(Reason.LEASE_STALE);
  }

  @Test
  void exitCode_ofEach_saysWhoseTurnItIs() {
    for (Reason reason : Reason.values()) {
      if (reason.disposition() == Disposition.STOP_AGENT) {
        assertThat(reason.exitCode()).as(reason.word()).isEqualTo(ExitCode.USAGE);
      }
      assertThat(reason.exitCode()).as(reason.word()).isNotEqualTo(ExitCode.DONE);
    }
    assertThat(Reason.DISK_DENIED.exitCode()).isEqualTo(ExitCode.LOCAL_IO);
    assertThat(Reason.DISK_ERROR.exitCode()).isEqualTo(ExitCode.LOCAL_IO);
  }
}
