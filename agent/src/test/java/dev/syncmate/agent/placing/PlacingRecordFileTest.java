// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The record as releases before wrote it: it tells our bytes in a target after an update, too. */
class PlacingRecordFileTest {
  @TempDir Path folder;

  @Test
  void write_isTheKnownFile() throws IOException {
    PlacingRecord record =
        new PlacingRecord(PlacingRecord.Step.APPEND_BEGUN, "/t/blob_1.bin", 11, 22, 33, 44);
    PlacingRecordFile file = new PlacingRecordFile(folder.resolve("id.placing"), Path.of("named"));
    file.write(record);
    assertThat(file.path())
        .hasContent(
            "{\"step\":\"append_begun\",\"target\":\"/t/blob_1.bin\",\"inode\":11,"
                + "\"size_bytes\":22,\"planned_bytes\":33,\"modified_ns\":44}");
    assertThat(file.read()).isEqualTo(record);
  }
}
