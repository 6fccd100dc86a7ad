// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.agent.testing.LocalStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real agents print, at their most talkative, has none of their secrets in it. */
class SecretsIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final String API_TOKEN = "api-token-that-nobody-may-see";
  private static final String WRONG = "wrong-secret-that-nobody-may-see";

  @TempDir Path folder;

  @Test
  void run_mostTalkative_printsNoSecret() {
    DataSet data = DataSet.make(folder.resolve("data"), "8MiB", 19);
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess sender =
          agent(
              cluster,
              "sender",
              "send",
              config -> withSources(config, data),
              MainJobIT.send(data, "-vv"));
      AgentProcess receiver =
          agent(cluster, "receiver", "recv", config -> config, MainJobIT.recv(data, "-vv"));
      assertEnds(cluster, sender, ExitCode.DONE);
      assertEnds(cluster, receiver, ExitCode.DONE);
      assertThat(sender.stderr()).contains("DEBUG");
      assertEnds(
          cluster,
          agent(cluster, "status", "read", config -> config, List.of("status", "-vv")),
          ExitCode.DONE);
    }
  }

  @Test
  void run_refused_printsNoSecret() {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      for (String key : List.of("secret_key", "access_key", "coordinator_token")) {
        AgentProcess agent =
            agent(
                cluster,
                "bad-" + key,
                "read",
                config -> config.put(key, WRONG),
                List.of("status", "-vv"));
        assertEnds(cluster, agent, ExitCode.USAGE);
      }
    }
  }

  @Test
  void config_malformed_printsNoSecret() throws IOException {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      String good = cluster.stack().config("send").put("api_token", API_TOKEN).toString();
      Map<String, String> configs = new TreeMap<>();
      for (String secret : secrets(cluster)) {
        String quoted = "\"" + secret + "\"";
        int number = configs.size();
        configs.put("list-" + number, good.replace(quoted, "[" + quoted + "]"));
        configs.put("bare-" + number, good.replace(quoted, secret));
        configs.put("cut-" + number, good.substring(0, good.indexOf(secret) + secret.length()));
        configs.put("spaces-" + number, good.replace(quoted, "\"" + secret + " x\""));
      }
      List<AgentProcess> agents = new ArrayList<>();
      for (Map.Entry<String, String> config : configs.entrySet()) {
        Path file = Files.writeString(folder.resolve(config.getKey() + ".json"), config.getValue());
        agents.add(
            AgentProcess.start(
                folder, config.getKey(), List.of("status", "-vv", "-c", file.toString())));
        agents.get(agents.size() - 1).waitForExit();
      }
      assertThat(agents).filteredOn(agent -> agent.waitForExit() == 2).hasSizeGreaterThan(8);
      agents.forEach(agent -> assertNoSecret(cluster, agent));
    }
  }

  private static AgentProcess agent(
      Cluster cluster,
      String name,
      String tokenRole,
      UnaryOperator<ObjectNode> change,
      List<String> args) {
    return cluster.agent(
        name, tokenRole, config -> change.apply(config.put("api_token", API_TOKEN)), args);
  }

  private static ObjectNode withSources(ObjectNode config, DataSet data) {
    config
        .putObject("paths")
        .put("/da1_data", MainJobIT.sources(data).resolve("da1_data").toString())
        .put("/da2_data", MainJobIT.sources(data).resolve("da2_data").toString());
    return config;
  }

  private static List<String> secrets(Cluster cluster) {
    LocalStack stack = cluster.stack();
    return List.of(stack.accessKey(), stack.secretKey(), stack.token("send"), API_TOKEN);
  }

  private static void assertEnds(Cluster cluster, AgentProcess agent, ExitCode exitCode) {
    Cluster.assertEnds(agent, exitCode.code());
    assertNoSecret(cluster, agent);
  }

  private static void assertNoSecret(Cluster cluster, AgentProcess agent) {
    List<String> all = new ArrayList<>(secrets(cluster));
    all.addAll(List.of(cluster.stack().token("recv"), cluster.stack().token("read"), WRONG));
    String said = agent.stdout() + agent.stderr();
    assertThat(said).isNotEmpty();
    for (String secret : all) {
      assertThat(said).doesNotContain(secret);
      assertThat(said).doesNotContain(secret.substring(0, 12));
    }
  }
}
