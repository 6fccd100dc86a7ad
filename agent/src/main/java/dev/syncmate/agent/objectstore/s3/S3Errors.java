// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Says what an error of the SDK means for the task and the agent. */
final class S3Errors {
  /** Answers with other 4xx statuses that a repetition may heal. */
  private static final Set<String> PASSING_CODES =
      Set.of("RequestTimeout", "IncompleteBody", "BadDigest", "OperationAborted", "SlowDown");

  /** How the SDK says that its pool could open no connection. */
  private static final String NO_CONNECTION = "Acquire operation took longer";

  private static final Set<String> ACCESS_CODES =
      Set.of(
          "AccessDenied",
          "AuthorizationHeaderMalformed",
          "InvalidAccessKeyId",
          "PermanentRedirect",
          "RequestTimeTooSkewed",
          "SignatureDoesNotMatch",
          "Unauthorized");

  private final S3Config config;

  S3Errors(S3Config config) {
    this.config = config;
  }

  /** Translates; a TransferException anywhere among the causes passes unchanged. */
  TransferException translate(String call, String key, Throwable error) {
    boolean outside = false;
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof TransferException transfer) {
        return transfer;
      }
      if (cause instanceof S3Exception s3) {
        return answered(call, key, s3);
      }
      outside |=
          cause instanceof IOException
              || cause instanceof SdkException
              // Without a reason of ours: the store was closed.
              || cause instanceof CancellationException;
    }
    if (!outside) {
      return new TransferException(
          Reason.INTERNAL_ERROR,
          "%s %s: %s; this is a bug, please report it".formatted(call, key, error),
          error);
    }
    return new TransferException(
        Reason.STORE_UNAVAILABLE,
        "%s %s: no answer from %s (%s); check the network and the endpoint"
            .formatted(call, key, config.endpoint(), deepest(error)),
        error);
  }

  private TransferException answered(String call, String key, S3Exception error) {
    int status = error.statusCode();
    String code = code(error);
    if (code.equals("NoSuchBucket") || code.equals("InvalidBucketName")) {
      return new TransferException(
          Reason.BUCKET_MISSING,
          "bucket %s at %s: not there (%d %s); check bucket and endpoint (or account_id)"
              .formatted(config.bucket(), config.endpoint(), status, code),
          error);
    }
    if (isAccess(status, code, error)) {
      return new TransferException(Reason.ACCESS_DENIED, accessDenied(call, status, code), error);
    }
    if (status == 404) {
      return new TransferException(
          Reason.OBJECT_MISSING,
          "%s %s: no such object in bucket %s (%d %s); the slice must be sent again"
              .formatted(call, key, config.bucket(), status, code),
          error);
    }
    if (isPassing(status, code)) {
      return new TransferException(
          Reason.STORE_UNAVAILABLE,
          "%s %s: %s answered %d %s after %d attempts; try again later"
              .formatted(call, key, config.endpoint(), status, code, error.numAttempts()),
          error);
    }
    return new TransferException(
        Reason.STORE_REFUSED,
        "%s %s: bucket %s at %s refused with %d %s (%s)"
            .formatted(call, key, config.bucket(), config.endpoint(), status, code, text(error)),
        error);
  }

  private static boolean isAccess(int status, String code, S3Exception error) {
    // R2 answers a malformed access key with 400 InvalidArgument "Credential access key has
    // length…".
    return status == 401
        || status == 403
        || ACCESS_CODES.contains(code)
        || (status == 400 && code.equals("InvalidArgument") && text(error).contains("redential"));
  }

  private static boolean isPassing(int status, String code) {
    return status >= 500
        || status == 408
        || status == 409
        || status == 425
        || status == 429
        || PASSING_CODES.contains(code);
  }

  private String accessDenied(String call, int status, String code) {
    String advice =
        switch (code) {
          case "RequestTimeTooSkewed" -> "set this host's clock";
          case "SignatureDoesNotMatch" -> "check secret_key";
          case "InvalidAccessKeyId" -> "check access_key";
          case "AuthorizationHeaderMalformed", "PermanentRedirect" -> "check region and endpoint";
          default ->
              "check access_key and secret_key, and that the token may read and write this bucket";
        };
    return "%s refused for bucket %s at %s (%d %s); %s"
        .formatted(call, config.bucket(), config.endpoint(), status, code, advice);
  }

  private static String code(S3Exception error) {
    if (error.awsErrorDetails() == null || error.awsErrorDetails().errorCode() == null) {
      return "without a code";
    }
    return error.awsErrorDetails().errorCode();
  }

  private static String text(S3Exception error) {
    if (error.awsErrorDetails() == null || error.awsErrorDetails().errorMessage() == null) {
      return "no message";
    }
    return error.awsErrorDetails().errorMessage();
  }

  private static String deepest(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String text = cause.getMessage();
    if (text != null && text.startsWith(NO_CONNECTION)) {
      return "no connection in time";
    }
    return text == null || cause instanceof CompletionException
        ? cause.getClass().getSimpleName()
        : cause.getClass().getSimpleName() + ": " + text;
  }
}
