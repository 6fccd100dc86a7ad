// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStoreContract;
import dev.syncmate.agent.testing.MemorySource;
import dev.syncmate.agent.testing.S3ProxyExtension;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class S3ProxyObjectStoreIT extends ObjectStoreContract {
  @RegisterExtension static final S3ProxyExtension SERVER = new S3ProxyExtension();

  private static Vertx vertx;
  private static S3ObjectStore store;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    store =
        S3ObjectStore.open(
            vertx,
            config(
                S3ProxyExtension.BUCKET, S3ProxyExtension.ACCESS_KEY, S3ProxyExtension.SECRET_KEY));
  }

  @AfterAll
  static void close() throws Exception {
    store.close();
    await(vertx.close());
  }

  @Override
  protected ObjectStore store() {
    return store;
  }

  @Override
  protected Vertx vertx() {
    return vertx;
  }

  @Test
  void put_wrongSecret_stopsTheAgentAndNamesWhatToCheck() {
    TransferException error =
        refusal(S3ProxyExtension.BUCKET, S3ProxyExtension.ACCESS_KEY, "not-the-secret");
    assertThat(error.disposition()).isEqualTo(Disposition.STOP_AGENT);
    assertThat(error.reason()).isEqualTo(Reason.ACCESS_DENIED);
    assertThat(error)
        .hasMessageContaining(S3ProxyExtension.BUCKET)
        .hasMessageContaining(SERVER.endpoint().toString())
        .hasMessageContaining("secret_key")
        .hasMessageNotContaining("not-the-secret");
  }

  @Test
  void put_unknownAccessKey_stopsTheAgent() {
    TransferException error =
        refusal(S3ProxyExtension.BUCKET, "somebody", S3ProxyExtension.SECRET_KEY);
    assertThat(error.disposition()).isEqualTo(Disposition.STOP_AGENT);
    assertThat(error.reason()).isEqualTo(Reason.ACCESS_DENIED);
  }

  @Test
  void put_noSuchBucket_stopsTheAgent() {
    TransferException error =
        refusal("no-such-bucket", S3ProxyExtension.ACCESS_KEY, S3ProxyExtension.SECRET_KEY);
    assertThat(error.disposition()).isEqualTo(Disposition.STOP_AGENT);
    assertThat(error.reason()).isEqualTo(Reason.BUCKET_MISSING);
    assertThat(error).hasMessageContaining("no-such-bucket");
  }

  private static TransferException refusal(String bucket, String accessKey, String secretKey) {
    try (S3ObjectStore other = S3ObjectStore.open(vertx, config(bucket, accessKey, secretKey))) {
      MemorySource source = new MemorySource("src", bytes(1000));
      return failureOf(other.put("k", source, new Cancellation()));
    }
  }

  private static S3Config config(String bucket, String accessKey, String secretKey) {
    return new S3Config(SERVER.endpoint(), "auto", bucket, accessKey, secretKey, 8);
  }
}
