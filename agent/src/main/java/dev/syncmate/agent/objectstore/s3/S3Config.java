// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import java.net.URI;

/**
 * Where the bucket is and how to get in. {@code concurrencyMax} is the number of slices moved at
 * once.
 */
public record S3Config(
    URI endpoint,
    String region,
    String bucket,
    String accessKey,
    String secretKey,
    int concurrencyMax) {
  /** Slices that one agent may move at once. */
  public static final int CONCURRENCY_LIMIT = 1024;

  public S3Config {
    String scheme = endpoint.getScheme();
    if (!("http".equals(scheme) || "https".equals(scheme)) || endpoint.getHost() == null) {
      throw new IllegalArgumentException(
          "endpoint: %s (expected: https://<account>.r2.cloudflarestorage.com)"
              .formatted(endpoint));
    }
    if (endpoint.getRawUserInfo() != null || endpoint.getRawQuery() != null) {
      throw new IllegalArgumentException(
          "endpoint: has a user or a query (expected: scheme, host, port, path only)");
    }
    requireText("region", region);
    requireText("bucket", bucket);
    requireText("access_key", accessKey);
    requireText("secret_key", secretKey);
    if (concurrencyMax < 1 || concurrencyMax > CONCURRENCY_LIMIT) {
      throw new IllegalArgumentException(
          "concurrencyMax: %d (expected: 1 to %d)".formatted(concurrencyMax, CONCURRENCY_LIMIT));
    }
  }

  boolean secure() {
    return "https".equals(endpoint.getScheme());
  }

  private static void requireText(String name, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + ": empty (expected: some text)");
    }
  }

  @Override
  public String toString() {
    return "S3Config[endpoint=%s, region=%s, bucket=%s, accessKey=***, secretKey=***, concurrencyMax=%d]"
        .formatted(endpoint, region, bucket, concurrencyMax);
  }
}
