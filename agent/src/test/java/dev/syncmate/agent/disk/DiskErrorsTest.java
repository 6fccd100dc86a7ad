// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Reason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskErrorsTest {
  @ParameterizedTest
  @CsvSource({
    "No space left on device, NO_SPACE",
    "Disk quota exceeded, NO_SPACE",
    "Permission denied, DISK_DENIED",
    "Operation not permitted, DISK_DENIED",
    "Read-only file system, DISK_DENIED",
    "Input/output error, DISK_ERROR"
  })
  void writing_eachText_hasItsReason(String text, Reason reason) {
    assertThat(DiskErrors.writing("f", new IOException(text)).reason()).isEqualTo(reason);
    IOException wrapped = new IOException("while copying", new IOException(text));
    assertThat(DiskErrors.writing("f", wrapped).reason()).isEqualTo(reason);
  }

  @Test
  void writing_noText_isADiskError() {
    assertThat(DiskErrors.writing("f", new IOException()).reason()).isEqualTo(Reason.DISK_ERROR);
  }

  @Test
  void writing_accessDenied_namesFileAndWayOut() {
    assertThat(DiskErrors.writing("staging file /s/1.part", new AccessDeniedException("/s/1.part")))
        .hasMessageContaining("staging file /s/1.part")
        .hasMessageContaining("let the agent's user write there")
        .extracting("reason")
        .isEqualTo(Reason.DISK_DENIED);
  }

  @Test
  void reading_eachError_hasItsReason() {
    assertThat(DiskErrors.reading("f", new NoSuchFileException("f")).reason())
        .isEqualTo(Reason.SOURCE_MISSING);
    assertThat(DiskErrors.reading("f", new AccessDeniedException("f")).reason())
        .isEqualTo(Reason.SOURCE_UNREADABLE);
    assertThat(DiskErrors.reading("f", new FileSystemException("f", null, "Stale file handle")))
        .hasMessageContaining("Stale file handle")
        .extracting("reason")
        .isEqualTo(Reason.READ_FAILED);
  }
}
