// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3ConfigTest {
  private static final URI R2 = URI.create("https://account.r2.cloudflarestorage.com");

  @Test
  void toString_keys_areMasked() {
    S3Config config = new S3Config(R2, "auto", "bucket", "the-access", "the-secret", 4);
    assertThat(config.toString())
        .contains(R2.toString(), "auto", "bucket")
        .doesNotContain("the-access", "the-secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://x", "account.r2.cloudflarestorage.com", "https://u:p@x", "http:///b"})
  void endpoint_notAnHttpAddress_isRefused(String endpoint) {
    URI uri = URI.create(endpoint);
    assertThatThrownBy(() -> new S3Config(uri, "auto", "bucket", "a", "s", 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("endpoint: ")
        .hasMessageNotContaining("u:p@");
  }

  @Test
  void values_missingOrOutOfRange_areRefusedByName() {
    assertThatThrownBy(() -> new S3Config(R2, "", "b", "a", "s", 4)).hasMessageContaining("region");
    assertThatThrownBy(() -> new S3Config(R2, "r", " ", "a", "s", 4))
        .hasMessageContaining("bucket");
    assertThatThrownBy(() -> new S3Config(R2, "r", "b", "", "s", 4))
        .hasMessageContaining("access_key");
    assertThatThrownBy(() -> new S3Config(R2, "r", "b", "a", "", 4))
        .hasMessageContaining("secret_key");
    assertThatThrownBy(() -> new S3Config(R2, "r", "b", "a", "s", 0))
        .hasMessageContaining("concurrencyMax: 0 (expected: 1 to 1024)");
  }
}
