// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.LocalStack;
import dev.syncmate.schema.AgentState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** scripts/token and the agents whose tokens it adds and revokes. */
class TokensIT {
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final Duration WAIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  @Test
  void agent_itsTokenRevoked_saysSoAndEndsWithTwo() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      String token = script(cluster, "add", "da5", "--role", "send").strip();
      AgentProcess agent = sender(cluster, "da5", token);
      await().atMost(WAIT).until(() -> isLive(cluster, "da5"));

      String id =
          script(cluster, "list", "--json").replaceAll("(?s).*\"token_id\":\"(\\d+)\".*", "$1");
      script(cluster, "revoke", id);
      Cluster.assertEnds(agent, ExitCode.USAGE.code());
      assertThat(agent.stderr()).contains("unauthorized", "check coordinator_token", "[request ");
      assertThat(script(cluster, "list")).contains("da5").doesNotContain(token);
    }
  }

  @Test
  void agent_withTheTokenOfAnother_isTurnedAway() throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      String token = script(cluster, "add", "da5", "--role", "send").strip();
      AgentProcess agent = sender(cluster, "da7", token);
      Cluster.assertEnds(agent, ExitCode.USAGE.code());
      assertThat(agent.stderr())
          .contains(
              "The token is for the agent da5; this one is called da7", "agent_name_mismatch");
    }
  }

  private static AgentProcess sender(Cluster cluster, String name, String token) {
    return cluster.agent(
        name,
        "send",
        config -> config.put("coordinator_token", token),
        List.of("--role", "send", "--no-mount"));
  }

  private static boolean isLive(Cluster cluster, String name) {
    return cluster.status().agents().stream()
        .anyMatch(agent -> agent.name().equals(name) && agent.state() == AgentState.LIVE);
  }

  /** What scripts/token prints, with the stack's address and operator. */
  private static String script(Cluster cluster, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(LocalStack.root().resolve("scripts/token").toString());
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder
        .environment()
        .put("SYNCMATE_COORDINATOR_URL", cluster.stack().coordinatorUrl().toString());
    builder.environment().put("SYNCMATE_COORDINATOR_TOKEN", cluster.stack().token("admin"));
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }
}
