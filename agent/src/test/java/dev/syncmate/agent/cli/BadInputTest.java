// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import static dev.syncmate.agent.cli.BadInput.assertRefused;
import static dev.syncmate.agent.cli.BadInput.assertUsage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.cli.terminal.Logging;
import dev.syncmate.agent.failure.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines that are refused before any call leaves this host. */
class BadInputTest {
  private static final String PAIR = " -s src.json -d dst.json";

  @TempDir Path folder;
  private BadInput input;

  @BeforeEach
  void writeFiles() {
    input = new BadInput(folder);
  }

  @AfterEach
  void quiet() {
    Logging.configure(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c none.json",
        "recv -c none.json",
        "--role send -c none.json",
        "--role both -c none.json",
        "status -c none.json",
        "taskgen -c none.json"
      })
  void configMissing(String line) {
    assertRefused(input.run(line), ExitCode.USAGE, "none.json: no such file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c bad.json",
        "recv -c bad.json",
        "--role recv -c bad.json",
        "status -c bad.json",
        "taskgen -c bad.json"
      })
  void configMalformed(String line) {
    input.write("bad.json", "{\"secret_key\": the-secret");
    assertRefused(input.run(line), ExitCode.USAGE, "bad.json: not valid JSON at line 1, column");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c some.json -s src.json -d dst.json",
        "--role send -c some.json",
        "status -c some.json"
      })
  void configWithoutCoordinator(String line) {
    input.write(
        "some.json",
        BadInput.CONFIG.replaceAll("\"coordinator_\\w+\": [^,}]*,?", "").replaceAll(",\\s*}", "}"));
    assertRefused(
        input.run(line), ExitCode.USAGE, "some.json", "coordinator_url, coordinator_token missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"send -c some.json -s src.json -d dst.json", "status -c some.json"})
  void configWithoutSecretKey(String line) {
    input.write("some.json", BadInput.CONFIG.replace("\"secret_key\": \"the-secret\",", ""));
    assertRefused(input.run(line), ExitCode.USAGE, "some.json", "secret_key missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c open.json --drain-timeout -1",
        "status -c open.json --no-such",
        "recv -c open.json --transfers 0"
      })
  void configReadableByOthers_isAWarning(String line) throws IOException {
    Path open = input.write("open.json", BadInput.CONFIG);
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    Ran ran = input.run(line);
    if (!line.contains("--no-such")) {
      assertThat(ran.err()).contains("syncmate: warning: " + open, "chmod 600 " + open);
    }
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c config.json -s none.json -d dst.json",
        "recv -c config.json -D new.dir -s src.json -d none.json",
        "taskgen -s none.json -d dst.json"
      })
  void profileMissing(String line) {
    assertRefused(input.run(line), ExitCode.USAGE, "none.json: no such file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c config.json -s bad.json -d dst.json",
        "recv -c config.json -D new.dir -s src.json -d bad.json",
        "taskgen -s bad.json -d dst.json"
      })
  void profileMalformed(String line) {
    input.write("bad.json", "{\"maps\": {");
    assertRefused(input.run(line), ExitCode.USAGE, "bad.json: line 1: not JSON: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c config.json -s evil.json -d dst.json",
        "recv -c config.json -D new.dir -s src.json -d evil.json",
        "taskgen -s evil.json -d dst.json"
      })
  void profileWithPathsUpwards(String line) {
    input.write("evil.json", BadInput.SOURCE.replace("/s/o_0.bin", "/s/../etc/o_0.bin"));
    assertRefused(
        input.run(line), ExitCode.USAGE, "evil.json: /objects/o.bin/shards/0/path", "without ..");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--role recv -c config.json", "--role both -c config.json"})
  void agentWithoutAFolderToReceiveInto(String line) {
    assertRefused(
        input.run(line), ExitCode.USAGE, "no folder to receive into", "--dest-dir", "target_roots");
  }

  @ParameterizedTest
  @ValueSource(strings = "recv -c config.json -s src.json -d dst.json")
  void recvWithoutAFolderForNewFiles(String line) {
    assertRefused(
        input.run(line), ExitCode.USAGE, "1 new file of the plan", "/s/o_0.bin", "--dest-dir");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "recv -c config.json -D src.json -s src.json -d dst.json",
        "--role recv -c config.json -D src.json"
      })
  void destDirIsAFile(String line) {
    assertRefused(
        input.run(line), ExitCode.LOCAL_IO, "--dest-dir " + input.at("src.json"), "not a folder");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c config.json --transfers 0" + PAIR,
        "send -c config.json --transfers 101",
        "recv -c config.json --transfers 0",
        "--role send -c config.json --transfers 0"
      })
  void transfersOutOfRange(String line) {
    assertRefused(input.run(line), ExitCode.USAGE, "--transfers: ", "(expected: 1 to 100)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"send --transfers many", "--role send --transfers 1.5"})
  void transfersNoNumber(String line) {
    assertUsage(Ran.run(line.split(" ")), "--transfers");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c config.json --drain-timeout -1",
        "--role send -c config.json --drain-timeout -1"
      })
  void drainTimeoutNegative(String line) {
    assertRefused(input.run(line), ExitCode.USAGE, "--drain-timeout: -1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c config.json --slice-size 0",
        "send -c config.json --slice-size 9PiB",
        "recv -c config.json -D new.dir --slice-size 1KiB"
      })
  void sliceSizeOutOfRange(String line) {
    assertRefused(input.run(line), ExitCode.USAGE, "--slice-size: ", "(expected: 1MiB to 5115MiB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"send --slice-size abc", "recv --slice-size -5", "send --window 1XB"})
  void sizeMalformed(String line) {
    assertUsage(Ran.run(line.split(" ")), "expected: a size such as 256MiB");
  }

  @ParameterizedTest
  @ValueSource(strings = "send -c config.json --window 1MiB")
  void windowBelowOneSlice(String line) {
    assertRefused(input.run(line), ExitCode.USAGE, "--window: 1.0 MiB", "at least one slice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c config.json --overwrite",
        "recv -c config.json --once",
        "recv -c config.json --poll-interval 5"
      })
  void skipDbsFlagsWithoutIt(String line) {
    assertRefused(input.run(line), ExitCode.USAGE, "only with --skip-db");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send --skip-db --poll-interval 0 -c config.json -s src.json -d dst.json",
        "recv --skip-db --poll-interval -1 -c config.json -s src.json -d dst.json -D new.dir"
      })
  void pollIntervalBelowOneSecond(String line) {
    assertRefused(input.run(line), ExitCode.USAGE, "--poll-interval: ", "(expected: seconds, 1");
  }

  @ParameterizedTest
  @ValueSource(strings = "recv --skip-db -c config.json -s src.json -d dst.json")
  void recvSkipDbWithoutAFolderForNewFiles(String line) {
    assertRefused(input.run(line), ExitCode.USAGE, "1 new file of the plan", "--dest-dir");
  }

  @ParameterizedTest
  @ValueSource(strings = "mount -c none.jsonl /mnt")
  void mountTaskListMissing(String line) {
    assertRefused(input.run(line), ExitCode.USAGE, "none.jsonl: no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = "mount -c bad.jsonl /mnt")
  void mountTaskListMalformed(String line) {
    input.write("bad.jsonl", "# a comment\n{\"virtual_path\":");
    assertRefused(input.run(line), ExitCode.USAGE, "bad.jsonl line 2: not JSON: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mount /mnt", "mount -c bad.jsonl", "agent"})
  void requiredWordMissing(String line) {
    assertUsage(Ran.run(line.split(" ")), "Missing required");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -vv -c bad.json",
        "mount -vv -c bad.json /mnt",
        "taskgen --verbose=2 -s bad.json -d dst.json"
      })
  void vv_showsTheStackTraceToo(String line) {
    input.write("bad.json", "{\"secret_key\": the-secret");
    Ran ran = input.run(line);
    assertThat(ran.err()).startsWith("syncmate: ").contains("\tat ").doesNotContain("the-secret");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.code());
  }
}
