// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskFaultTest {
  @ParameterizedTest
  @CsvSource({
    "No space left on device, NO_SPACE",
    "Disk quota exceeded, QUOTA_EXCEEDED",
    "File too large, TOO_LARGE",
    "Permission denied, DENIED",
    "Operation not permitted, NOT_PERMITTED",
    "Read-only file system, READ_ONLY",
    "Input/output error, OTHER"
  })
  void of_systemsText_isItsFault(String text, DiskFault fault) {
    assertThat(DiskFault.of(new IOException(text))).isEqualTo(fault);
    assertThat(DiskFault.of(new FileSystemException("/f", null, text))).isEqualTo(fault);
    assertThat(DiskFault.of(new IOException("while copying", new IOException(text))))
        .isEqualTo(fault);
  }

  @Test
  void of_jdksTypes_needNoText() {
    assertThat(DiskFault.of(new NoSuchFileException("/f"))).isEqualTo(DiskFault.MISSING);
    assertThat(DiskFault.of(new AccessDeniedException("/f"))).isEqualTo(DiskFault.DENIED);
    assertThat(DiskFault.of(new NotDirectoryException("/f"))).isEqualTo(DiskFault.NOT_A_FOLDER);
    assertThat(DiskFault.of(new IOException())).isEqualTo(DiskFault.OTHER);
  }

  @Test
  void words_areFewOnOneLineAndWithoutThePath() {
    assertThat(DiskFault.words(new NoSuchFileException("/f"))).isEqualTo("no such file");
    assertThat(DiskFault.words(new AccessDeniedException("/f"))).isEqualTo("permission denied");
    assertThat(DiskFault.words(new NotDirectoryException("/f"))).isEqualTo("not a folder");
    assertThat(DiskFault.words(new FileSystemException("/f", null, "Stale file handle")))
        .isEqualTo("Stale file handle");
    assertThat(DiskFault.words(new DirectoryNotEmptyException("/f")))
        .isEqualTo("DirectoryNotEmptyException");
    assertThat(DiskFault.words(new IOException("one\n two"))).isEqualTo("one two");
    assertThat(DiskFault.words(new IOException())).isEqualTo("IOException");
  }
}
