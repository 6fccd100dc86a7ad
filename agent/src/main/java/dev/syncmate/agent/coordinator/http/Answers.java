// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives an HTTP answer its meaning. The type of a problem decides, the status only without one. */
final class Answers {
  private static final String PROBLEM_TYPE = "urn:syncmate:problem:";
  private static final int SHOWN_CHARS_MAX = 300;

  private Answers() {}

  /**
   * The message of the call's type.
   *
   * @throws Unanswered when repeating the call may help
   * @throws TransferException when it can't
   */
  static <T> T read(Call<T> call, HttpResponse<Buffer> response) throws Unanswered {
    int status = response.statusCode();
    byte[] body = response.body() == null ? new byte[0] : response.body().getBytes();
    if (status >= 200 && status < 300) {
      return message(call, response, body);
    }
    Optional<Problem> problem = problem(body);
    if (isWorthRepeating(status)) {
      String said =
          problem.map(Problem::detail).orElse(response.statusMessage() + ", " + kind(response));
      throw new Unanswered(
          "HTTP %d: %s%s".formatted(status, shown(said), requestId(response)),
          retryAfter(response),
          null);
    }
    throw problem
        .map(refusal -> refused(call, refusal, response))
        .orElseGet(() -> foreign(call, status, response));
  }

  private static <T> T message(Call<T> call, HttpResponse<Buffer> response, byte[] body) {
    try {
      T message = Contract.mapper().readValue(body, call.answer());
      if (message != null) {
        return message;
      }
    } catch (JsonProcessingException e) {
      throw odd(call, "%s, %s".formatted(kind(response), shown(e.getOriginalMessage())), e);
    } catch (IOException e) {
      throw odd(call, kind(response), e);
    }
    throw odd(call, "JSON null", null);
  }

  private static TransferException odd(Call<?> call, String found, @Nullable Throwable cause) {
    return new TransferException(
        Reason.ANSWER_INVALID,
        "%s: the answer is not a coordinator's (%s; expected: JSON, %s); check coordinator_url and the versions"
            .formatted(call.name(), found, call.answer().getSimpleName()),
        cause);
  }

  private static TransferException refused(
      Call<?> call, Problem problem, HttpResponse<Buffer> response) {
    String word = problem.type().substring(PROBLEM_TYPE.length());
    Reason reason = Reason.ofProblem(word).orElse(Reason.PROBLEM_UNKNOWN);
    String way =
        switch (reason) {
          case UNAUTHORIZED -> "; check coordinator_token";
          case NOT_FOUND, METHOD_NOT_ALLOWED -> "; check coordinator_url and the versions";
          case FORBIDDEN -> "; use a token of another role";
          default -> "";
        };
    return new TransferException(
        reason,
        "%s: %s (%s)%s%s"
            .formatted(
                call.name(), shown(problem.detail()), shown(word), requestId(response), way));
  }

  // Leads to the coordinator's log, and to the audit row of an operator's call.
  private static String requestId(HttpResponse<Buffer> response) {
    String id = response.getHeader("X-Request-Id");
    return id == null ? "" : " [request %s]".formatted(shown(id));
  }

  // No problem in the answer: something else than the Worker spoke, a proxy or another site.
  private static TransferException foreign(
      Call<?> call, int status, HttpResponse<Buffer> response) {
    boolean credentials = status == 401 || status == 403;
    return new TransferException(
        credentials ? Reason.UNAUTHORIZED : Reason.NOT_A_COORDINATOR,
        "%s: HTTP %d, %s (expected: a coordinator's answer); check coordinator_url%s"
            .formatted(
                call.name(), status, kind(response), credentials ? " and coordinator_token" : ""));
  }

  private static boolean isWorthRepeating(int status) {
    return switch (status) {
      case 408, 425, 429, 500, 502, 503, 504 -> true;
      // Cloudflare's own: the Worker was not reached or broke off.
      default -> status >= 520 && status <= 530;
    };
  }

  private static Optional<Problem> problem(byte[] body) {
    try {
      Problem problem = Contract.mapper().readValue(body, Problem.class);
      boolean ours =
          problem != null
              && problem.type() != null
              && problem.detail() != null
              && problem.type().startsWith(PROBLEM_TYPE);
      return ours ? Optional.of(problem) : Optional.empty();
    } catch (IOException notAProblem) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> retryAfter(HttpResponse<Buffer> response) {
    String seconds = response.getHeader("Retry-After");
    return seconds != null && seconds.matches("\\d{1,6}")
        ? Optional.of(Duration.ofSeconds(Integer.parseInt(seconds)))
        : Optional.empty();
  }

  private static String kind(HttpResponse<Buffer> response) {
    String type = response.getHeader("Content-Type");
    return type == null ? "no content type" : shown(type);
  }

  private static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= SHOWN_CHARS_MAX ? line : line.substring(0, SHOWN_CHARS_MAX) + "…";
  }
}
