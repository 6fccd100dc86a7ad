// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;

/** What the tests of bad input share: files to begin with, and how a refusal must look. */
final class BadInput {
  /** One new file. */
  static final String SOURCE =
      """
      {"wocSchemaVersion": 2, "maps": {}, "objects": {"o.bin": {"sharding_bits": 0, "shards": [
        {"path": "/s/o_0.bin", "size": 5000, "digest": "aaaaaaaaaaaaaaaa"}]}}}
      """;

  /** Nothing yet. */
  static final String DESTINATION = "{\"wocSchemaVersion\": 2, \"maps\": {}, \"objects\": {}}";

  static final String CONFIG =
      """
      {"access_key": "key", "secret_key": "the-secret", "bucket": "some-bucket",
       "endpoint": "http://127.0.0.1:1", "coordinator_url": "http://127.0.0.1:1",
       "coordinator_token": "the-token"}
      """;

  private final Path folder;

  BadInput(Path folder) {
    this.folder = folder;
    write("src.json", SOURCE);
    write("dst.json", DESTINATION);
    write("config.json", CONFIG);
  }

  /** Writes a file that its owner alone can read. */
  Path write(String name, String text) {
    try {
      Path file = Files.writeString(folder.resolve(name), text);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The words of a command line; names of files that are in the folder become paths. */
  List<String> words(String line) {
    return Arrays.stream(line.split(" "))
        .map(word -> word.contains(".") && !word.startsWith("/") ? at(word) : word)
        .toList();
  }

  String at(String name) {
    return folder.resolve(name).toString();
  }

  Ran run(String line) {
    return Ran.run(words(line).toArray(String[]::new));
  }

  /** One line that holds the parts, nothing on stdout, no stack trace, no secret. */
  static void assertRefused(Ran ran, ExitCode code, String... parts) {
    assertThat(ran.err().lines().filter(line -> !line.startsWith("syncmate: warning: ")))
        .as(ran.err())
        .singleElement()
        .asString()
        .startsWith("syncmate: ")
        .contains(parts);
    assertNoTrace(ran);
    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(code.code());
  }

  /** The same where the line before the hint at --help says what is wrong. */
  static void assertUsage(Ran ran, String... parts) {
    assertThat(ran.err().lines()).as(ran.err()).hasSize(2);
    assertThat(ran.err()).startsWith("syncmate: ").contains(parts).contains("Try 'syncmate ");
    assertNoTrace(ran);
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.code());
  }

  private static void assertNoTrace(Ran ran) {
    assertThat(ran.err()).doesNotContain("\tat ", "the-secret", "the-token", "REDACTED");
    assertThat(ran.out()).isEmpty();
  }
}
