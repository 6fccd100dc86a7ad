// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import com.fasterxml.jackson.core.JsonToken;
import dev.syncmate.agent.digest.SampleDigest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A sample digest as a profile lists it; python-woc puts the size before that of a small file.
 *
 * @param sizeBytes null where no size is before it
 */
record ListedDigest(@Nullable Long sizeBytes, String hex) {
  private static final String EXPECTED = "16 hex digits, [size, 16 hex digits] or null";

  /** The digest at this place, or null where the profile has none. */
  static @Nullable ListedDigest read(JsonCursor json) throws IOException {
    if (json.is(JsonToken.VALUE_NULL)) {
      return null;
    }
    if (!json.is(JsonToken.START_ARRAY)) {
      return new ListedDigest(null, hex(json));
    }
    json.next();
    Long size = json.numberOrNull(EXPECTED);
    if (size == null) {
      throw json.wrong(EXPECTED);
    }
    json.next();
    ListedDigest digest = new ListedDigest(size, hex(json));
    json.next();
    json.expect(JsonToken.END_ARRAY, EXPECTED);
    return digest;
  }

  private static String hex(JsonCursor json) throws IOException {
    String hex = json.text(EXPECTED);
    if (!SampleDigest.isDigest(hex)) {
      throw json.wrong(EXPECTED);
    }
    return hex;
  }

  /** Whether it can be the digest of a file listed with this size. */
  boolean fits(@Nullable Long fileBytes) {
    return sizeBytes == null || sizeBytes.equals(fileBytes);
  }
}
