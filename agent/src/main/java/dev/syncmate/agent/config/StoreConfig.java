// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import java.net.URI;
import java.util.regex.Pattern;

/** Where the bucket is, and the key pair for it. */
public record StoreConfig(
    URI endpoint, String region, String bucket, Secret accessKey, Secret secretKey) {
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  /** Refuses what is not a plain http(s) URL or not a bucket's name. */
  public StoreConfig {
    endpoint = Urls.checked(endpoint);
    bucket = checkedBucket(bucket);
  }

  static String checkedBucket(String bucket) {
    if (!BUCKET.matcher(bucket).matches()) {
      throw new IllegalArgumentException(
          "'%s' (expected: 3 to 63 lowercase letters, digits, dots, hyphens)".formatted(bucket));
    }
    return bucket;
  }
}
