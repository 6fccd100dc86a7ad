// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.ResolvedItem;
import dev.syncmate.schema.ResolvingFile;
import dev.syncmate.schema.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolvingCheckTest {
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
    assertThat(check(file(9000, whole, 6000, prefix), source))
        .isEqualTo(new ResolvedItem("1", 1, Verdict.APPEND, null));
  }

  @Test
  void check_prefixDiffers_isFull() {
    ResolvedItem item = check(file(9000, whole, 6000, OTHER), source);

    assertThat(item.verdict()).isEqualTo(Verdict.FULL);
    assertThat(item.detail()).contains(prefix, OTHER);
  }

  @Test
  void check_nothingToAppendTo_isFull() {
    assertThat(check(file(9000, whole, 0, null), source).verdict()).isEqualTo(Verdict.FULL);
    assertThat(check(file(9000, whole, 9000, OTHER), source).verdict()).isEqualTo(Verdict.FULL);
    assertThat(check(file(9000, whole, 9001, OTHER), source).verdict()).isEqualTo(Verdict.FULL);
  }

  @Test
  void check_sourceMissingOrNoFile_isUnreachable() {
    ResolvingFile file = file(9000, whole, 6000, prefix);

    assertThat(check(file, folder.resolve("none")).verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(check(file, folder).verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(check(file, null).verdict()).isEqualTo(Verdict.UNREACHABLE);
  }

  @Test
  void check_sourceShrunk_isFailed() {
    ResolvedItem item = check(file(9001, whole, 6000, prefix), source);

    assertThat(item.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(item.detail()).startsWith("source_changed").contains("9000", "9001");
  }

  @Test
  void check_sourceChanged_isFailed() {
    ResolvedItem item = check(file(9000, OTHER, 6000, prefix), source);

    assertThat(item.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(item.detail()).startsWith("source_changed");
  }

  @Test
  void check_sourceGrownSinceThePlan_isAppendAllTheSame() throws IOException {
    Files.write(source, Arrays.copyOf(content, 10_000));

    assertThat(check(file(9000, whole, 6000, prefix), source).verdict()).isEqualTo(Verdict.APPEND);
  }

  @Test
  void check_noTargetDigest_isFailed() {
    ResolvedItem item = check(file(9000, whole, 6000, null), source);

    assertThat(item.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(item.detail()).contains("--with-digest");
  }

  @Test
  void check_folderMissing_isUnreachable() {
    ResolvedItem item =
        check(file(9000, whole, 6000, prefix), folder.resolve("elsewhere/blob_0.bin"));

    assertThat(item.verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(item.detail()).contains("elsewhere/blob_0.bin", "not on this host");
  }

  @Test
  void check_pathThatThisHostCannotHave_isUnreachable() {
    ResolvedItem item =
        ResolvingCheck.of(
            file(9000, whole, 6000, prefix),
            path -> {
              throw new TransferException(Reason.BAD_PATH, "path 'x' (why)");
            });

    assertThat(item).isEqualTo(new ResolvedItem("1", 1, Verdict.UNREACHABLE, "path 'x' (why)"));
  }

  @Test
  void check_longDetail_isCutToWhatTheCoordinatorTakes() {
    Path deep = folder.resolve(("x".repeat(200) + "/").repeat(8));

    ResolvedItem item = check(file(9000, whole, 6000, prefix), deep);

    assertThat(item.verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(item.detail()).hasSize(1000);
  }

  private static ResolvedItem check(ResolvingFile file, @Nullable Path source) {
    return ResolvingCheck.of(file, path -> source);
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
