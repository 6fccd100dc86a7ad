// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.syncmate.agent.slice.SliceRange;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One line of a staging journal: JSON whose last field is the CRC-32C of the line without it.
 *
 * @param inode of the staging file that it speaks of: an entry about a file that was deleted says
 *     nothing about its successor
 */
record JournalEntry(
    Event event, long offsetBytes, long lengthBytes, @Nullable String sha256, long inode) {
  private static final String CRC_FIELD = ",\"crc32c\":\"";
  private static final int CRC_DIGITS = 8;

  /** What happened to the slice. */
  enum Event {
    /** A pass may have written from here on. */
    @JsonProperty("begun")
    BEGUN,
    /** Its bytes are durable and have this SHA-256. */
    @JsonProperty("verified")
    VERIFIED
  }

  static JournalEntry of(Event event, SliceRange slice, @Nullable String sha256, long inode) {
    return new JournalEntry(event, slice.offsetBytes(), slice.lengthBytes(), sha256, inode);
  }

  SliceRange range() {
    return new SliceRange(offsetBytes, lengthBytes);
  }

  String toLine() {
    String body;
    try {
      body = StagingJson.mapper().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("journal entry can't be written as JSON", e);
    }
    return body.substring(0, body.length() - 1) + CRC_FIELD + crc(body) + "\"}";
  }

  /** The entry, empty for a line that is torn, damaged or not of this kind. */
  static Optional<JournalEntry> parse(String line) {
    int cut = line.lastIndexOf(CRC_FIELD);
    if (cut < 0) {
      return Optional.empty();
    }
    String body = line.substring(0, cut) + "}";
    if (!line.substring(cut).equals(CRC_FIELD + crc(body) + "\"}")) {
      return Optional.empty();
    }
    try {
      return Optional.of(StagingJson.mapper().readValue(body, JournalEntry.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static String crc(String body) {
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    String digits = String.format(Locale.ROOT, "%08x", crc.getValue());
    return digits.substring(digits.length() - CRC_DIGITS);
  }
}
