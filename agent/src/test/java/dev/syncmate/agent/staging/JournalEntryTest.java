// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.slice.SliceRange;
import org.junit.jupiter.api.Test;

/** The lines as releases before wrote them: what lies in staging outlives an update. */
class JournalEntryTest {
  private static final SliceRange SLICE = new SliceRange(5, 6);
  private static final String BEGUN =
      "{\"event\":\"begun\",\"offset_bytes\":5,\"length_bytes\":6,\"sha256\":null,\"inode\":7,"
          + "\"crc32c\":\"848964df\"}";
  private static final String VERIFIED =
      "{\"event\":\"verified\",\"offset_bytes\":5,\"length_bytes\":6,\"sha256\":\""
          + "ab".repeat(32)
          + "\",\"inode\":7,\"crc32c\":\"a3a7b9f2\"}";

  @Test
  void toLine_isTheKnownLine() {
    assertThat(JournalEntry.of(JournalEntry.Event.BEGUN, SLICE, null, 7).toLine()).isEqualTo(BEGUN);
    assertThat(JournalEntry.of(JournalEntry.Event.VERIFIED, SLICE, "ab".repeat(32), 7).toLine())
        .isEqualTo(VERIFIED);
  }

  @Test
  void parse_knownLine_isTheEntry() {
    assertThat(JournalEntry.parse(VERIFIED))
        .contains(JournalEntry.of(JournalEntry.Event.VERIFIED, SLICE, "ab".repeat(32), 7));
  }
}
