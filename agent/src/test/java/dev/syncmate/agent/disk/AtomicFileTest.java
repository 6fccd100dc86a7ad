// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  private static final int ROUNDS = 100;
  @TempDir Path folder;
  private Path file;
  private Path draft;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.writeString(folder.resolve("file"), "old");
    draft = AtomicFile.draft(file);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void moveToNew_nothingThere_hasOneNameAfterwards() throws IOException {
    Path ready = Files.writeString(folder.resolve("ready"), "new");
    AtomicFile.moveToNew(ready, folder.resolve("target"));
    assertThat(folder.resolve("target")).hasContent("new");
    assertThat(ready).doesNotExist();
  }

  @Test
  void moveToNew_somethingThere_changesNothing() throws IOException {
    Path ready = Files.writeString(folder.resolve("ready"), "new");
    Path target = Files.writeString(folder.resolve("target"), "old");
    assertThatThrownBy(() -> AtomicFile.moveToNew(ready, target))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(target).hasContent("old");
    assertThat(ready).hasContent("new");
  }

  @Test
  void moveToNew_linkMadeButItsAnswerLost_isDone() throws IOException {
    Path ready = Files.writeString(folder.resolve("ready"), "new");
    Path target = Files.createLink(folder.resolve("target"), ready);
    AtomicFile.moveToNew(ready, target);
    assertThat(target).hasContent("new");
    assertThat(ready).doesNotExist();
  }

  @Test
  void replace_isTheNewFileAndLeavesNothingElse() throws IOException {
    AtomicFile.replace(file, bytes("new"));
    assertThat(file).hasContent("new");
    AtomicFile.replace(folder.resolve("second"), bytes("also"));
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("file", "second");
  }

  @Test
  void replace_whileItIsWritten_theOldFileIsThere() throws IOException {
    AtomicFile.replace(
        file,
        draft,
        channel -> {
          FileBytes.writeFully(channel, ByteBuffer.wrap(bytes("new")));
          assertThat(file).hasContent("old");
          assertThat(draft).hasContent("new");
        });
    assertThat(file).hasContent("new");
  }

  @Test
  void replace_writingFails_keepsTheOldFileAndLeavesNoDraft() {
    assertThatThrownBy(
            () ->
                AtomicFile.replace(
                    file,
                    draft,
                    channel -> {
                      FileBytes.writeFully(channel, ByteBuffer.wrap(bytes("ne")));
                      throw new IOException("No space left on device");
                    }))
        .hasMessage("No space left on device");
    assertThat(file).hasContent("old");
    assertThat(draft).doesNotExist();
  }

  @Test
  void replace_nameCantBeGiven_leavesNoDraft() throws IOException {
    Path taken = Files.createDirectories(folder.resolve("taken/by")).getParent();
    assertThatThrownBy(() -> AtomicFile.replace(taken, bytes("new")))
        .isInstanceOf(IOException.class);
    assertThat(taken).isDirectory();
    assertThat(AtomicFile.draft(taken)).doesNotExist();
  }

  @Test
  void replace_draftOfACrash_isNoHindrance() throws IOException {
    Files.writeString(draft, "torn, and longer than what comes");
    AtomicFile.replace(file, bytes("new"));
    assertThat(file).hasContent("new");
    assertThat(draft).doesNotExist();
  }

  @Test
  void replace_draftIsALink_isNotFollowed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Files.createSymbolicLink(draft, victim);
    AtomicFile.replace(file, bytes("new"));
    assertThat(victim).hasContent("precious");
    assertThat(file).hasContent("new");
    assertThat(Files.isSymbolicLink(file)).isFalse();
  }

  @Test
  void replace_readAllTheTime_isTheOldOneOrTheWholeNewOne() throws Exception {
    byte[] even = new byte[200_000];
    byte[] odd = new byte[100_000];
    Arrays.fill(odd, (byte) 1);
    AtomicFile.replace(file, even);
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Void> reader =
        CompletableFuture.runAsync(
            () -> {
              do {
                byte[] seen = read(file);
                assertThat(Arrays.equals(seen, even) || Arrays.equals(seen, odd)).isTrue();
              } while (!over.get());
            });
    for (int i = 0; i < ROUNDS; i++) {
      AtomicFile.replace(file, i % 2 == 0 ? odd : even);
    }
    over.set(true);
    reader.get();
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
