// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.tasklist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.input.InputException;
import dev.syncmate.schema.TaskLine;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskLinesTest {
  @TempDir Path folder;

  @Test
  void read_commentsAndBlanks_areSkipped() {
    List<TaskLine> lines =
        read(
            """
            # a comment

              // another
            {"virtual_path":"a","source_path":"/s/a","offset":0,"size":0,"read_only":false}\r
            {"virtual_path":"b.offset.5","source_path":"/s/b","offset":5,"size":7,"target_path":"",\
            "source_digest":"","target_digest":"0123456789abcdef"}""");

    assertThat(lines)
        .containsExactly(
            new TaskLine("a", "/s/a", 0, 0, null, null, null),
            new TaskLine("b.offset.5", "/s/b", 5, 7, null, null, "0123456789abcdef"));
  }

  @Test
  void read_whatWasWritten_isTheSame() throws IOException {
    List<TaskLine> lines =
        List.of(
            new TaskLine("ä\n\"", "/s/ä", 0, 9, "/t/ä", "0123456789abcdef", null),
            new TaskLine("b", "/s/b", 3, 9_007_199_254_740_988L, null, null, null));
    StringWriter out = new StringWriter();

    TaskLines.write(lines, out);

    assertThat(read(out.toString())).isEqualTo(lines);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{                                                                       | not JSON",
        "[]                                                                      | a JSON object",
        "{} {}                                                                   | not JSON",
        "{\"source_path\":\"/a\",\"offset\":0,\"size\":0}                        | no virtual_path",
        "{\"virtual_path\":\"a\",\"offset\":0,\"size\":0}                        | no source_path",
        "{\"virtual_path\":\"a\",\"source_path\":\"/a\",\"size\":0}              | no offset",
        "{\"virtual_path\":\"a\",\"source_path\":\"/a\",\"offset\":0}            | no size",
        "{\"virtual_path\":\"a/b\",\"source_path\":\"/a\",\"offset\":0,\"size\":0} | without / and NUL",
        "{\"virtual_path\":\"a\\u0000\",\"source_path\":\"/a\",\"offset\":0,\"size\":0} | without / and NUL",
        "{\"virtual_path\":\"\\ud800\",\"source_path\":\"/a\",\"offset\":0,\"size\":0} | 255 bytes",
        "{\"virtual_path\":\"..\",\"source_path\":\"/a\",\"offset\":0,\"size\":0} | other than . and ..",
        "{\"virtual_path\":\".\",\"source_path\":\"/a\",\"offset\":0,\"size\":0} | other than . and ..",
        "{\"virtual_path\":\"\",\"source_path\":\"/a\",\"offset\":0,\"size\":0}  | other than . and ..",
        "{\"virtual_path\":7,\"source_path\":\"/a\",\"offset\":0,\"size\":0}     | a string",
        "{\"virtual_path\":\"a\",\"source_path\":\"a\",\"offset\":0,\"size\":0}  | an absolute path",
        "{\"virtual_path\":\"a\",\"source_path\":\"/a\",\"offset\":-1,\"size\":0} | offset: found",
        "{\"virtual_path\":\"a\",\"source_path\":\"/a\",\"offset\":1.5,\"size\":0} | a whole number",
        "{\"virtual_path\":\"a\",\"source_path\":\"/a\",\"offset\":0,\"size\":1e400} | a whole number",
        "{\"virtual_path\":\"a\",\"source_path\":\"/a\",\"offset\":0,\"size\":\"1\"} | a whole number",
        "{\"virtual_path\":\"a\",\"source_path\":\"/a\",\"offset\":9007199254740991,\"size\":1} | at most",
        "{\"virtual_path\":\"a\",\"source_path\":\"/a\",\"offset\":0,\"offset\":1,\"size\":1} | not JSON",
        "{\"virtual_path\":\"a\",\"source_path\":\"/a\",\"offset\":0,\"size\":1,\"target_path\":\"t\"} | target_path",
        "{\"virtual_path\":\"a\",\"source_path\":\"/a\",\"offset\":0,\"size\":1,\"source_digest\":\"x\"} | 16 hex",
      })
  void read_wrongLine_namesFileLineAndField(String line, String expected) {
    assertThatThrownBy(() -> read("# first\n" + line + "\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tasks.jsonl line 2: ")
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void read_nameTwice_isRefused() {
    String line = "{\"virtual_path\":\"a\",\"source_path\":\"/a\",\"offset\":0,\"size\":0}\n";

    assertThatThrownBy(() -> read(line + "\n" + line))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith(
            "tasks.jsonl line 3: virtual_path: \"a\" is on line 1 already (expected: each name"
                + " once)");
  }

  @Test
  void read_nameOf256Bytes_isRefused() {
    String name = "ä".repeat(128);

    assertThatThrownBy(
            () ->
                read(
                    "{\"virtual_path\":\"%s\",\"source_path\":\"/a\",\"offset\":0,\"size\":0}"
                        .formatted(name)))
        .hasMessageContaining("at most 255 bytes");
  }

  @Test
  void read_endlessLine_isRefusedEarly() {
    assertThatThrownBy(() -> read("\n" + "x".repeat(70_000)))
        .hasMessageContaining("line 2: longer than 65536 characters");
  }

  @Test
  void read_deepNesting_isRefused() {
    assertThatThrownBy(() -> read("{\"x\":" + "[".repeat(30_000)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nesting");
  }

  @Test
  void read_notUtf8_isRefused() throws IOException {
    Path file = folder.resolve("bytes.jsonl");
    Files.write(file, new byte[] {'#', (byte) 0xff, '\n'});

    assertThatThrownBy(() -> TaskLines.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void read_missingFile_isOneLine() {
    assertThatThrownBy(() -> TaskLines.read(folder.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("none: no such file");
  }

  @Test
  void read_folder_isOneLine() {
    assertThatThrownBy(() -> TaskLines.read(folder)).isInstanceOf(InputException.class);
  }

  private List<TaskLine> read(String text) {
    try {
      return TaskLines.read(
          Files.write(folder.resolve("tasks.jsonl"), text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
