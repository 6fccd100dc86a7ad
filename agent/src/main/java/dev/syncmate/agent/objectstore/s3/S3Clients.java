// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import java.net.ConnectException;
import java.time.Duration;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Sets up the SDK's clients as R2 needs them: one for PUTs, which are repeated only where the store
 * itself said that it took nothing, one for calls that do no harm when they are done twice.
 */
final class S3Clients {
  /** Attempts of one call, the first included. */
  static final int ATTEMPTS_MAX = 3;

  /**
   * The store took nothing, and may take it later: throttled, an error of its own, R2's random 501.
   */
  private static final Set<Integer> REFUSALS = Set.of(429, 500, 501, 503);

  /** Connections beside those of the slices: for head, list and delete. */
  private static final int SMALL_CALLS_MAX = 8;

  /**
   * Time for TLS behind the connect. Nobody waits longer for a connection: the SDK's pool at times
   * never answers after a refused connection (seen with Netty 4.2, one time in 20), and only this
   * limit ends the call then.
   */
  private static final Duration TLS_WAIT = Duration.ofSeconds(5);

  /** Below workerd's 5 s, or a call meets a connection that is just being closed. */
  private static final Duration IDLE_MAX = Duration.ofSeconds(4);

  private S3Clients() {}

  /** The connections that both clients share. */
  static SdkAsyncHttpClient http(S3Config config, S3Timing timing, SdkEventLoopGroup loops) {
    return NettyNioAsyncHttpClient.builder()
        .eventLoopGroup(loops)
        .maxConcurrency(config.concurrencyMax() + SMALL_CALLS_MAX)
        .connectionAcquisitionTimeout(timing.connect().plus(TLS_WAIT))
        .connectionMaxIdleTime(IDLE_MAX)
        .connectionTimeout(timing.connect())
        .readTimeout(timing.readWrite())
        .writeTimeout(timing.readWrite())
        .tcpKeepAlive(true)
        .build();
  }

  /** For calls that may be repeated. */
  static S3AsyncClient calls(S3Config config, S3Timing timing, SdkAsyncHttpClient http) {
    return create(config, retries(timing), http);
  }

  /** For PUTs of slices. */
  static S3AsyncClient uploads(S3Config config, S3Timing timing, SdkAsyncHttpClient http) {
    return create(config, refusals(timing), http);
  }

  private static S3AsyncClient create(
      S3Config config, RetryStrategy retries, SdkAsyncHttpClient http) {
    return S3AsyncClient.builder()
        .endpointOverride(config.endpoint())
        .region(Region.of(config.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(config.accessKey(), config.secretKey())))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .serviceConfiguration(
            S3Configuration.builder()
                .pathStyleAccessEnabled(true)
                // R2 has no chunked signing. Over http the SDK signs the payload (and buffers it)
                // unless this is on; with a length and no trailer the body is sent plain all the
                // same.
                .chunkedEncodingEnabled(!config.secure())
                .expectContinueEnabled(false)
                .build())
        .overrideConfiguration(
            ClientOverrideConfiguration.builder()
                .retryStrategy(retries)
                // The user's ~/.aws is for other tools.
                .defaultProfileFile(ProfileFile.aggregator().build())
                .build())
        .httpClient(http)
        .build();
  }

  private static StandardRetryStrategy retries(S3Timing timing) {
    return AwsRetryStrategy.standardRetryStrategy().toBuilder()
        .maxAttempts(ATTEMPTS_MAX)
        // exponentialDelay has full jitter.
        .backoffStrategy(BackoffStrategy.exponentialDelay(timing.retryBase(), timing.retryMax()))
        .throttlingBackoffStrategy(
            BackoffStrategy.exponentialDelay(timing.throttledBase(), timing.retryMax()))
        // R2 answers 501 at random; the SDK takes it for final.
        .retryOnException(S3Clients::isNotImplemented)
        .build();
  }

  /**
   * One PUT a key, but for those that the store has answered: of one without an answer the bytes
   * may still be on their way, and would land when its key is long deleted.
   */
  private static RetryStrategy refusals(S3Timing timing) {
    return StandardRetryStrategy.builder()
        .useClientDefaults(false)
        .maxAttempts(ATTEMPTS_MAX)
        .backoffStrategy(
            BackoffStrategy.exponentialDelay(timing.throttledBase(), timing.retryMax()))
        .throttlingBackoffStrategy(
            BackoffStrategy.exponentialDelay(timing.throttledBase(), timing.retryMax()))
        .circuitBreakerEnabled(true)
        .retryOnException(S3Clients::isRefusal)
        .build();
  }

  /** No connection, no bytes. Gateways answer 502 and 504 for a store that may be at work. */
  private static boolean isRefusal(Throwable error) {
    return error instanceof S3Exception s3
        ? REFUSALS.contains(s3.statusCode())
        : error.getCause() instanceof ConnectException;
  }

  private static boolean isNotImplemented(Throwable error) {
    return error instanceof S3Exception s3 && s3.statusCode() == 501;
  }
}
