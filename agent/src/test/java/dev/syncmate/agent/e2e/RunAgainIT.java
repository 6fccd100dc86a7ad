// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.plan.JobId;
import dev.syncmate.agent.testing.AgentProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What did not arrive is not over: the same commands, run again, bring it or say what to do. */
class RunAgainIT {
  private static final Duration LEASE = Duration.ofSeconds(5);
  private static final String MAP = "basemaps/c2pFullU.0.tch";
  private static final String SHARD = "All.sha1c/commit_0.tch";

  @TempDir Path folder;
  private Trees trees;

  @BeforeEach
  void makeFiles() throws IOException {
    trees = new Trees(folder);
    trees.write(MAP, 300_000);
    trees.write(SHARD, 200_000);
  }

  @Test
  void job_cancelledBeforeItsFilesArrived_exits1SaysWhatToDoAndComesBack() {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = trees.pair();
      cluster.open(JobId.of(Path.of(pair.get(1)), Path.of(pair.get(3))));
      cluster.control("cancel");
      for (AgentProcess agent : both(cluster, "first", pair)) {
        Cluster.assertEnds(agent, 1);
        assertThat(agent.stderr())
            .contains("was cancelled by an operator")
            .contains("POST /v1/tasks/retry");
      }
      assertThat(trees.dst().resolve(MAP)).doesNotExist();

      cluster.retry(null);
      for (AgentProcess agent : both(cluster, "second", pair)) {
        Cluster.assertEnds(agent, 0);
      }
      trees.assertSame(MAP, SHARD);
    }
  }

  @Test
  void failedFile_itsCauseIsRemoved_arrivesWithTheSameCommands() throws IOException {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      List<String> pair = trees.pair();
      Path target = trees.dst().resolve(MAP);
      Files.createDirectories(target.getParent());
      Files.writeString(target, "somebody's");
      for (AgentProcess agent : both(cluster, "first", pair)) {
        Cluster.assertEnds(agent, 1);
      }
      trees.assertSame(SHARD);

      Files.delete(target);
      List<AgentProcess> again = both(cluster, "second", pair);
      for (AgentProcess agent : again) {
        Cluster.assertEnds(agent, 0);
      }
      assertThat(again)
          .anySatisfy(
              agent ->
                  assertThat(agent.stderr())
                      .contains("1 files that failed before are tried again"));
      trees.assertSame(MAP, SHARD);
    }
  }

  private List<AgentProcess> both(Cluster cluster, String run, List<String> pair) {
    return List.of(
        trees.send(cluster, run + "-send", pair), trees.recv(cluster, run + "-recv", pair));
  }
}
