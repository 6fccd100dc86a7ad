// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.schema.AgentState;
import dev.syncmate.schema.AgentStatus;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.Directive;
import dev.syncmate.schema.FileTallies;
import dev.syncmate.schema.JobControl;
import dev.syncmate.schema.JobState;
import dev.syncmate.schema.JobStatus;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.Status;
import dev.syncmate.schema.Tally;
import dev.syncmate.schema.TaskTallies;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTableTest {
  private static final TaskTallies TASKS =
      new TaskTallies(
          tally(3, 3L << 28),
          tally(1, 1L << 28),
          tally(0, 0),
          tally(2, 1536),
          tally(9, 5),
          tally(0, 0));
  private static final FileTallies FILES =
      new FileTallies(tally(1, 10), tally(2, 20), tally(3, 30), tally(4, 1L << 40), tally(5, 50));

  private static Tally tally(int count, long bytes) {
    return new Tally(count, bytes);
  }

  private static Status status(Long eta, List<AgentStatus> agents) {
    return status(eta, agents, "new-cluster");
  }

  private static Status status(Long eta, List<AgentStatus> agents, String destination) {
    JobStatus job =
        new JobStatus(
            "0123456789abcdef0123",
            JobState.values()[0],
            JobControl.RUN,
            destination,
            1L << 28,
            1L << 40,
            1L << 30,
            TASKS,
            FILES);
    return new Status(List.of(job), TASKS, FILES, 5L << 20, 0, eta, agents);
  }

  private static String printed(Status status) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    new StatusTable(out).print(new StatusReport(status, new BucketUsage("woc", 1, 2048)));
    return text.toString();
  }

  @Test
  void print_tasks_areTheSeedsTable() {
    assertThat(printed(status(null, List.of())).lines().limit(7))
        .containsExactly(
            "Status            Count     Total Size",
            "Pending               3      768.0 MiB",
            "Uploading             1      256.0 MiB",
            "Uploaded              0            0 B",
            "Downloading           2        1.5 KiB",
            "Downloaded            9            5 B",
            "Failed                0            0 B");
  }

  @Test
  void print_rest_isFilesThroughputJobsAgentsBucket() {
    assertThat(printed(status(200L, List.of(agent(9)))))
        .contains(
            "Files: 4 of 15 done (1.0 TiB of 1.0 TiB); 1 unresolved, 2 transferring, 3 placing, 5 failed")
        .contains("Throughput: 5.0 MiB/s up, 0 B/s down; ETA 3 min 20 s")
        .containsPattern("Job 0123456789abcdef: \\w+, for new-cluster, window")
        .contains("window 1.0 GiB of 1.0 TiB used, slices of 256.0 MiB")
        .containsPattern("  da5 +send +\\w+ +4 +1.0 GiB +1.0 MiB/s +12 s ago")
        .doesNotContain("Failing")
        .endsWith("Bucket woc: 1 object, 2.0 KiB" + System.lineSeparator());
  }

  @Test
  void print_jobOfNobody_saysWhatItWaitsFor() {
    assertThat(printed(status(null, List.of(), null)))
        .contains("no destination yet (waits for recv with its two profiles there)");
  }

  @Test
  void print_agentThatFailsAtEverything_isNamed() {
    assertThat(printed(status(null, List.of(agent(10)))))
        .contains("Failing: da5 on host5: its last 10 tasks all failed;");
  }

  private static AgentStatus agent(int failingTasks) {
    return new AgentStatus(
        "s-0123456789",
        "da5",
        "host5",
        Role.SEND,
        "da5",
        null,
        AgentState.LIVE,
        4,
        1L << 30,
        1 << 20,
        12_345,
        "0.1.0",
        Directive.WORK,
        failingTasks);
  }

  @Test
  void json_report_isTheContractsStatusAndTheBucket() throws Exception {
    String json =
        Contract.mapper()
            .writeValueAsString(new StatusReport(null, new BucketUsage("woc", 1, 2048)));
    assertThat(json)
        .isEqualTo(
            "{\"coordinator\":null,\"bucket\":{\"name\":\"woc\",\"objects\":1,\"bytes\":2048}}");
  }

  @Test
  void size_boundaries() {
    assertThat(ByteText.size(1023)).isEqualTo("1023 B");
    assertThat(ByteText.size(1024)).isEqualTo("1.0 KiB");
    assertThat(ByteText.size((1 << 20) - 1)).isEqualTo("1.0 MiB");
    assertThat(ByteText.size(Long.MAX_VALUE)).isEqualTo("8.0 EiB");
  }

  @Test
  void duration_boundaries() {
    assertThat(ByteText.duration(59)).isEqualTo("59 s");
    assertThat(ByteText.duration(7322)).isEqualTo("2 h 2 min");
    assertThat(ByteText.duration(90_000)).isEqualTo("1 d 1 h");
  }
}
