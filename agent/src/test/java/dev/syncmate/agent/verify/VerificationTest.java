// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.digest.ParallelReads;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.verify.Verification.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
  private static final int SLICE = 100;
  private static final byte[] CONTENT = new byte[950];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  @TempDir Path folder;

  @Test
  void of_filesAsPlaced_findsNothing() throws Exception {
    Found found = verify(100, placed("a", CONTENT), placed("empty", new byte[0]));
    assertThat(found.bad()).isEmpty();
    assertThat(found.files()).isEqualTo(2);
    assertThat(found.slices()).isEqualTo(11);
    assertThat(found.bytes()).isEqualTo(950);
  }

  @Test
  void of_bytesOfTwoSlicesDiffer_namesThemWithTheirDigests() throws Exception {
    PlacedFile file = placed("a", CONTENT);
    byte[] changed = CONTENT.clone();
    changed[949] ^= 1;
    changed[250] ^= 1;
    changed[299] ^= 1;
    Files.write(file.path(), changed);
    BadFile bad = verify(100, placed("good", CONTENT), file).bad().get(0);
    assertThat(bad.file()).isEqualTo(file);
    assertThat(bad.problem()).isNull();
    assertThat(bad.slices())
        .containsExactly(
            new BadSlice(slice(CONTENT, 200, 100), sha256(Arrays.copyOfRange(changed, 200, 300))),
            new BadSlice(slice(CONTENT, 900, 50), sha256(Arrays.copyOfRange(changed, 900, 950))));
  }

  @Test
  void of_missingLongerAndNoFile_saysWhich() throws Exception {
    PlacedFile gone = placed("gone", CONTENT);
    Files.delete(gone.path());
    PlacedFile longer = placed("longer", CONTENT);
    Files.write(longer.path(), new byte[951]);
    PlacedFile turned = placed("turned", CONTENT);
    Files.delete(turned.path());
    Files.createDirectory(turned.path());
    assertThat(verify(100, gone, longer, turned).bad())
        .extracting(BadFile::problem)
        .containsExactly("missing", "has 951 bytes (expected: 950)", "not a regular file");
  }

  @Test
  void of_aSample_readsThatManySlicesOfEachFile() throws Exception {
    assertThat(verify(30, placed("a", CONTENT), placed("b", CONTENT)).slices()).isEqualTo(6);
    assertThat(verify(0.01, placed("a", CONTENT)).slices()).isEqualTo(1);
  }

  @Test
  void sample_ofAnyPercent_isOfTheManifestByOffsetAndWithoutRepeats() {
    for (int seed = 0; seed < 50; seed++) {
      Manifest manifest = manifest(CONTENT);
      List<DigestedSlice> slices = new Sample(40, new Random(seed)).of(manifest);
      assertThat(slices).hasSize(4).doesNotHaveDuplicates().isSubsetOf(manifest.slices());
      assertThat(slices).isSortedAccordingTo((a, b) -> Long.compare(at(a), at(b)));
    }
  }

  @Test
  void sample_ofNothingOrMoreThanAll_isRefused() {
    for (double percent : new double[] {0, -1, 100.1, Double.NaN}) {
      assertThatThrownBy(() -> new Sample(percent, new Random()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("more than 0, at most 100");
    }
  }

  @Test
  void gaps_bytesThatWereThereBefore_andBetweenParts() {
    Manifest manifest =
        new Manifest("/t", "/s", List.of(slice(CONTENT, 300, 100), slice(CONTENT, 100, 100)));
    assertThat(manifest.gaps()).containsExactly(new SliceRange(0, 100), new SliceRange(200, 100));
    assertThat(manifest.sizeBytes()).isEqualTo(400);
    assertThat(manifest(CONTENT).gaps()).isEmpty();
  }

  private static long at(DigestedSlice slice) {
    return slice.range().offsetBytes();
  }

  private static Found verify(double percent, PlacedFile... files) throws InterruptedException {
    Sample sample = new Sample(percent, new Random(7));
    return Verification.of(List.of(files), sample, 4, ParallelReads.Progress.NONE);
  }

  private PlacedFile placed(String name, byte[] content) throws IOException {
    Path file = Files.write(folder.resolve(name), content);
    return new PlacedFile(manifest(content), file);
  }

  private static Manifest manifest(byte[] content) {
    int slices = Math.max(1, (content.length + SLICE - 1) / SLICE);
    return new Manifest(
        "/t",
        "/s",
        IntStream.range(0, slices)
            .mapToObj(i -> slice(content, i * SLICE, Math.min(SLICE, content.length - i * SLICE)))
            .toList());
  }

  private static DigestedSlice slice(byte[] content, int offset, int length) {
    return new DigestedSlice(
        new SliceRange(offset, length),
        sha256(Arrays.copyOfRange(content, offset, offset + length)));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
