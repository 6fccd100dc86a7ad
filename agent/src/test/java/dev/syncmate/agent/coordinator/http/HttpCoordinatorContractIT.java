// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.syncmate.agent.config.CoordinatorConfig;
import dev.syncmate.agent.config.Secret;
import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.coordinator.CoordinatorContract;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.testing.LocalStack;
import dev.syncmate.schema.JobSubmission;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract, kept by the real Worker on D1. */
class HttpCoordinatorContractIT extends CoordinatorContract {
  private static final String JOB = "0123456789abcdef";

  private static Vertx vertx;
  private static LocalStack stack;
  private static Coordinator admin;

  @BeforeAll
  static void start() {
    stack = LocalStack.start(LocalStack.Options.defaults().with("fail-backoff-ms", 0));
    vertx = Vertx.vertx();
    admin = HttpCoordinator.open(vertx, stack.coordinatorConfig("admin"));
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      admin.close();
      vertx.close().await();
      stack.close();
    }
  }

  @Override
  protected Coordinator coordinator() {
    return admin;
  }

  @Test
  void status_wrongToken_stopsTheAgentAndChangesNothing() {
    CoordinatorConfig wrong = new CoordinatorConfig(stack.coordinatorUrl(), new Secret("wrong"));
    try (Coordinator stranger = HttpCoordinator.open(vertx, wrong)) {
      TransferException refused =
          catchThrowableOfType(
              TransferException.class,
              () -> stranger.submitJob(new JobSubmission(JOB, 100, 1000, null)).await());
      assertThat(refused.reason()).isEqualTo(Reason.UNAUTHORIZED);
      assertThat(refused.disposition()).isEqualTo(Disposition.STOP_AGENT);
    }
    assertThat(admin.status().await().jobs()).noneMatch(job -> job.jobId().equals(JOB));
  }

  @Test
  void submitJob_readToken_isForbidden() {
    try (Coordinator reader = HttpCoordinator.open(vertx, stack.coordinatorConfig("read"))) {
      TransferException refused =
          catchThrowableOfType(
              TransferException.class,
              () -> reader.submitJob(new JobSubmission(JOB, 100, 1000, null)).await());
      assertThat(refused.reason()).isEqualTo(Reason.FORBIDDEN);
      assertThat(reader.status().await()).isNotNull();
    }
  }
}
