// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.syncmate.agent.digest.Sha256;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SentFile;
import dev.syncmate.agent.slice.SentSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.slice.SourceStamp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileProofTest {
  @TempDir Path dir;
  private final AtomicInteger buffersRead = new AtomicInteger();
  private Path file;
  private SourceStamp first;

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.writeString(dir.resolve("f"), "aaabbb");
    first = stamp();
  }

  @Test
  void differs_bytesAsSentThoughItGrew_isProved() throws IOException {
    Files.writeString(file, "more", StandardOpenOption.APPEND);
    assertThat(proof(sent("aaa", first), sent("bbb", stamp()))).isNull();
    assertThat(buffersRead).hasValue(2);
  }

  @Test
  void differs_oneSliceIsOfAnotherState_namesIt() {
    assertThat(proof(sent("aaa", first), sent("BBB", first))).contains("[3+3]").contains("as sent");
  }

  @Test
  void differs_settledStampIsStillTheFiles_isNotReadAgain() {
    SourceStamp settled = settled(first);
    assertThat(proof(sent("AAA", settled), sent("bbb", first))).isNull();
    assertThat(buffersRead).hasValue(1);
  }

  @Test
  void differs_growsWhileItIsProved_readsWhatItHadLeftOut() {
    SourceStamp settled = settled(first);
    String found =
        FileProof.differs(
            file, file(sent("AAA", settled), sent("bbb", first)), () -> append("grown"));
    assertThat(found).contains("[0+3]");
  }

  @Test
  void differs_sliceOfAnotherCopy_isReadTwice() {
    SourceStamp other = new SourceStamp(6, 1, 1, first.inode() + 1, true);
    assertThat(proof(sent("aaa", other), sent("bbb", null))).isNull();
    assertThat(buffersRead).hasValue(4);
  }

  @Test
  void differs_fileReplaced_isAnotherSource() throws IOException {
    Path next = Files.writeString(dir.resolve("next"), "aaabbb");
    Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    TransferException refusal =
        catchThrowableOfType(
            TransferException.class, () -> proof(sent("aaa", first), sent("bbb", first)));
    assertThat(refusal.reason()).isEqualTo(Reason.SOURCE_CHANGED);
    assertThat(refusal).hasMessageContaining("as when its first slice was read");
  }

  @Test
  void differs_fileGone_isForAnotherHost() throws IOException {
    Files.delete(file);
    TransferException refusal =
        catchThrowableOfType(TransferException.class, () -> proof(sent("aaa", first)));
    assertThat(refusal.reason()).isEqualTo(Reason.SOURCE_MISSING);
  }

  private String proof(SentSlice... slices) {
    return FileProof.differs(file, file(slices), buffersRead::incrementAndGet);
  }

  private SentFile file(SentSlice... slices) {
    return new SentFile(file.toString(), List.of(slices), first);
  }

  private int sentBytes;

  private SentSlice sent(String text, SourceStamp stamp) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    SliceRange range = new SliceRange(sentBytes, bytes.length);
    sentBytes += bytes.length;
    String sha256 = HexFormat.of().formatHex(Sha256.of(bytes));
    return new SentSlice(new DigestedSlice(range, sha256), stamp);
  }

  private SourceStamp stamp() throws IOException {
    return FileStamps.of(file, InstantSource.system());
  }

  private static SourceStamp settled(SourceStamp stamp) {
    return new SourceStamp(
        stamp.sizeBytes(), stamp.modifiedNanos(), stamp.changedNanos(), stamp.inode(), true);
  }

  private void append(String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
