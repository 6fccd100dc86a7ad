// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.plan.PrefixCheck.Finding;
import dev.syncmate.schema.ResolvingFile;
import dev.syncmate.schema.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefixCheckTest {
  private static final String OTHER = "f".repeat(16);
  private final byte[] content = new byte[9000];

  @TempDir Path folder;
  private Path source;
  private String whole;
  private String prefix;

  @BeforeEach
  void writeSource() throws IOException {
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 13 + i / 256);
    }
    source = Files.write(folder.resolve("blob_0.bin"), content);
    whole = SampleDigest.of(source);
    prefix = SampleDigest.ofPrefix(source, 6000);
  }

  @Test
  void check_prefixEqual_isAppend() {
    assertThat(PrefixCheck.of(file(9000, whole, 6000, prefix), source))
        .isEqualTo(new Finding(Verdict.APPEND, null));
  }

  @Test
  void check_prefixDiffers_isFull() {
    Finding finding = PrefixCheck.of(file(9000, whole, 6000, OTHER), source);

    assertThat(finding.verdict()).isEqualTo(Verdict.FULL);
    assertThat(finding.detail()).contains(prefix, OTHER);
  }

  @Test
  void check_nothingToAppendTo_isFull() {
    assertThat(PrefixCheck.of(file(9000, whole, 0, null), source).verdict())
        .isEqualTo(Verdict.FULL);
    assertThat(PrefixCheck.of(file(9000, whole, 9000, OTHER), source).verdict())
        .isEqualTo(Verdict.FULL);
    assertThat(PrefixCheck.of(file(9000, whole, 9001, OTHER), source).verdict())
        .isEqualTo(Verdict.FULL);
  }

  @Test
  void check_sourceMissingOrNoFile_isUnreachable() {
    ResolvingFile file = file(9000, whole, 6000, prefix);

    assertThat(PrefixCheck.of(file, folder.resolve("none")).verdict())
        .isEqualTo(Verdict.UNREACHABLE);
    assertThat(PrefixCheck.of(file, folder).verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(PrefixCheck.of(file, null).verdict()).isEqualTo(Verdict.UNREACHABLE);
  }

  @Test
  void check_sourceShrunk_isFailed() {
    Finding finding = PrefixCheck.of(file(9001, whole, 6000, prefix), source);

    assertThat(finding.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(finding.detail()).startsWith("source_changed").contains("9000", "9001");
  }

  @Test
  void check_sourceChanged_isFailed() {
    Finding finding = PrefixCheck.of(file(9000, OTHER, 6000, prefix), source);

    assertThat(finding.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(finding.detail()).startsWith("source_changed");
  }

  @Test
  void check_sourceGrownSinceThePlan_isAppendAllTheSame() throws IOException {
    Files.write(source, Arrays.copyOf(content, 10_000));

    assertThat(PrefixCheck.of(file(9000, whole, 6000, prefix), source).verdict())
        .isEqualTo(Verdict.APPEND);
  }

  @Test
  void check_noTargetDigest_isFailed() {
    Finding finding = PrefixCheck.of(file(9000, whole, 6000, null), source);

    assertThat(finding.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(finding.detail()).contains("--with-digest");
  }

  private static ResolvingFile file(
      long size, String sourceDigest, long targetSize, String targetDigest) {
    return new ResolvingFile(
        "1",
        "a".repeat(64),
        1,
        "blob_0.bin",
        "/s/blob_0.bin",
        size,
        sourceDigest,
        targetSize,
        targetDigest);
  }
}
