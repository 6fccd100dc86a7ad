// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.syncmate.agent.plan.SharedData;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected digests come from an independent implementation in Python. */
class SampleDigestTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "0, d41d8cd98f00b204",
    "1, 93b885adfe0da089",
    "127, ceff4ead35e4221b",
    "4095, 2d4054f262476119",
    "4096, ea84fe0294111932",
    "4097, cd3f02555fc0cb41",
    "4224, eeec1cf57d4c7055",
    "4352, 2746a1b39d476235",
    "5000, 56cd84501b30aac6",
    "65536, e8f9bdd1a0d8a0c1",
    "65537, ea16833b1ef97750",
    "300000, c733570de91f836c",
    "1048575, 82d998e1424b97b9",
    "1048576, b6360b9ac7b226cd",
    "3000001, 268d30f6e8da152c",
  })
  void digest_ofFileAndOfPrefix_isWorldOfCodes(int size, String expected) throws IOException {
    Path exact = Files.write(folder.resolve("exact"), content(size));
    Path longer = Files.write(folder.resolve("longer"), content(size + 777));

    assertThat(SampleDigest.of(exact)).isEqualTo(expected);
    assertThat(SampleDigest.ofPrefix(longer, size)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "4294967297, dd24e91615f1963a",
    "5368709120, 33c250bf306b7cbb",
    "330000000000, f956229cbef6d610",
  })
  void digest_ofHugeSparseFile_readsItsSamplesOnly(long size, String expected) throws IOException {
    Path file = folder.resolve("sparse");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(size);
    }

    assertThat(SampleDigest.of(file)).isEqualTo(expected);
  }

  @Test
  void ofPrefix_beyondTheEnd_isRefused() throws IOException {
    Path file = Files.write(folder.resolve("short"), content(5000));

    assertThatThrownBy(() -> SampleDigest.ofPrefix(file, 5001)).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> SampleDigest.ofPrefix(file, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Small files are read once, larger ones piece by piece. */
  @ParameterizedTest
  @ValueSource(ints = {4096, 4097, 16383, 16384, 16385, 70_000})
  void ofEach_ofOneFileAfterAnother_isEachAlone(int size) throws IOException {
    byte[] content = content(size);
    for (int change = 0; change < 3; change++) {
      content[0] = (byte) change;
      Path file = Files.write(folder.resolve("file"), content);
      long[] lengths = {size, size - 1, size / 2, 130, 0, size};
      try (FileChannel channel = FileChannel.open(file)) {
        List<String> each = SampleDigest.ofEach(channel, lengths);

        for (int i = 0; i < lengths.length; i++) {
          byte[] prefix = Arrays.copyOf(content, (int) lengths[i]);
          assertThat(each.get(i))
              .isEqualTo(SampleDigest.of(Files.write(folder.resolve("prefix"), prefix)));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {5000, 70_000})
  void ofEach_beyondTheEnd_isRefused(int size) throws IOException {
    Path file = Files.write(folder.resolve("short"), content(size));
    try (FileChannel channel = FileChannel.open(file)) {
      assertThatThrownBy(() -> SampleDigest.ofEach(channel, 10, size + 1))
          .isInstanceOf(EOFException.class)
          .hasMessageContaining("expected: at least " + (size + 1));
    }
  }

  @Test
  void of_folderOrMissing_isRefused() {
    assertThatThrownBy(() -> SampleDigest.of(folder)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> SampleDigest.of(folder.resolve("none")))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @MethodSource("dev.syncmate.agent.plan.SharedData#all")
  void digest_ofEverySharedFile_isThatOfItsProfile(SharedData data) throws IOException {
    assertThat(check(data, "src") + check(data, "dst")).isEqualTo(26);
  }

  private static int check(SharedData data, String side) throws IOException {
    JsonNode profile = new ObjectMapper().readTree(data.profile(side).toFile());
    int files = 0;
    for (JsonNode file : profile.findParents("path")) {
      JsonNode digest = file.get("digest");
      Path path =
          data.folder()
              .resolve(side)
              .resolve(file.get("path").asText().substring("/woc/src/".length()));
      assertThat(SampleDigest.of(path))
          .isEqualTo(digest.isArray() ? digest.get(1).asText() : digest.asText());
      assertThat(Files.size(path)).isEqualTo(file.get("size").asLong());
      files++;
    }
    return files;
  }

  private static byte[] content(int size) {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      content[i] = (byte) (i * 31 + i / 251 * 7);
    }
    return content;
  }
}
