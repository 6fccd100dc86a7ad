// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.DataSet;
import dev.syncmate.schema.JobState;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The coordinator's database is put back to an older state, as D1's time travel does. */
class RestoredDatabaseIT {
  private static final Duration LEASE = Duration.ofSeconds(5);
  private static final Duration WAIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  @Test
  void database_putBackWhileObjectsLieInTheBucket_noKeyOrEpochComesTwiceAndTheJobEndsRight()
      throws Exception {
    DataSet data = DataSet.make(folder.resolve("data"), "8MiB", 31);
    Path state = Files.createDirectories(folder.resolve("state"));
    Path saved = folder.resolve("saved");
    Vertx vertx = Vertx.vertx();
    try (Cluster cluster = Cluster.start(folder, Cluster.options(LEASE).withState(state));
        ObjectStore bucket = SweepIT.open(vertx, cluster.stack())) {
      submit(cluster, data);
      cluster.restart(() -> copy(database(state), saved));
      Map<String, TaskStatus> before = uploaded(cluster, data, "lost", Set.of());
      cluster.restart(
          () -> {
            delete(database(state));
            copy(saved, database(state));
          });
      Map<String, TaskStatus> after = uploaded(cluster, data, "again", before.keySet());

      before.forEach(
          (task, lost) -> {
            assertThat(after.get(task).leaseEpoch()).as(task).isGreaterThan(lost.leaseEpoch());
            assertThat(after.get(task).objectKey()).as(task).isNotEqualTo(lost.objectKey());
          });

      // What the lost hour left in the bucket goes with the job's sweeps.
      cluster.receiver("resident", SweepIT.resident(data));
      AgentProcess sender = cluster.sender("last", MainJobIT.sources(data), MainJobIT.send(data));
      Cluster.assertEnds(sender, 0);
      data.verify();
      await().atMost(WAIT).until(() -> SweepIT.keys(bucket).equals(Set.of()));
    } finally {
      vertx.close();
    }
  }

  /** A receiver that has nothing to receive yet, and leaves. */
  private static void submit(Cluster cluster, DataSet data) {
    AgentProcess receiver = cluster.receiver("submitting", MainJobIT.recv(data));
    await().atMost(WAIT).until(() -> cluster.status().agents().size() == 1);
    await().atMost(WAIT).until(() -> isSealed(cluster));
    receiver.kill9();
  }

  private static boolean isSealed(Cluster cluster) {
    return cluster.status().jobs().stream().anyMatch(job -> job.state() == JobState.ACTIVE);
  }

  /** Tasks that a sender has uploaded, by id, those among them; it is gone then. */
  private static Map<String, TaskStatus> uploaded(
      Cluster cluster, DataSet data, String name, Set<String> ids) {
    AgentProcess sender = cluster.sender(name, MainJobIT.sources(data), MainJobIT.send(data));
    await()
        .atMost(WAIT)
        .until(() -> uploaded(cluster).size() > 3 && uploaded(cluster).keySet().containsAll(ids));
    sender.kill9();
    return uploaded(cluster);
  }

  private static Map<String, TaskStatus> uploaded(Cluster cluster) {
    return cluster.tasks(TaskState.UPLOADED).stream()
        .collect(Collectors.toMap(TaskStatus::taskId, task -> task));
  }

  private static Path database(Path state) {
    try (Stream<Path> below = Files.walk(state)) {
      return below.filter(path -> path.endsWith("d1")).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) {
    each(
        from,
        path -> {
          Path copy = to.resolve(from.relativize(path).toString());
          Files.createDirectories(copy.getParent());
          if (!Files.isDirectory(path)) {
            Files.copy(path, copy, StandardCopyOption.REPLACE_EXISTING);
          }
        });
  }

  private static void delete(Path folder) {
    each(
        folder,
        path -> {
          if (!Files.isDirectory(path)) {
            Files.delete(path);
          }
        });
  }

  private interface FileAction {
    void on(Path path) throws IOException;
  }

  private static void each(Path folder, FileAction action) {
    try (Stream<Path> below = Files.walk(folder)) {
      for (Path path : below.toList()) {
        action.on(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
