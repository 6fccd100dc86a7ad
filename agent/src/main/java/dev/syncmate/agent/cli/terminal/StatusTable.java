// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import dev.syncmate.schema.AgentStatus;
import dev.syncmate.schema.FileTallies;
import dev.syncmate.schema.JobStatus;
import dev.syncmate.schema.Status;
import dev.syncmate.schema.Tally;
import dev.syncmate.schema.TaskTallies;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints a status: the seed tool's table first, then what the seed tool couldn't know. */
public final class StatusTable {
  private static final Columns TASKS = new Columns("%-12s %10s %14s");

  /** The figures of an agent are those of its last heartbeat, so its age is shown. */
  private static final Columns AGENTS = new Columns("  %-24s %-4s %-8s %6s %12s %14s %14s");

  private static final int JOB_CHARS = 16;

  /** As many as the coordinator counts (agent-status.schema.json). */
  private static final int FAILING_TASKS = 10;

  private final PrintWriter out;

  /** Prints there. */
  public StatusTable(PrintWriter out) {
    this.out = out;
  }

  /** Prints what the coordinator knows, if it was asked, and what lies in the bucket. */
  public void print(StatusReport report) {
    if (report.coordinator() != null) {
      print(report.coordinator());
    }
    print(report.bucket());
    out.flush();
  }

  private void print(Status status) {
    tasks(status.tasks());
    out.println();
    files(status.files());
    throughput(status);
    status.jobs().forEach(this::job);
    agents(status);
  }

  private void print(BucketUsage bucket) {
    out.printf(
        "Bucket %s: %d object%s, %s%n",
        bucket.name(),
        bucket.objects(),
        bucket.objects() == 1 ? "" : "s",
        ByteText.size(bucket.bytes()));
  }

  private void tasks(TaskTallies tasks) {
    out.println(TASKS.row("Status", "Count", "Total Size"));
    row("Pending", tasks.pending());
    row("Uploading", tasks.uploading());
    row("Uploaded", tasks.uploaded());
    row("Downloading", tasks.downloading());
    row("Downloaded", tasks.downloaded());
    row("Failed", tasks.failed());
  }

  private void row(String state, Tally tally) {
    out.println(TASKS.row(state, tally.count(), ByteText.size(tally.bytes())));
  }

  private void files(FileTallies files) {
    long count = 0;
    long bytes = 0;
    for (Tally tally :
        new Tally[] {
          files.unresolved(), files.transferring(), files.placing(), files.done(), files.failed()
        }) {
      count += tally.count();
      bytes += tally.bytes();
    }
    out.printf(
        "Files: %d of %d done (%s of %s); %d unresolved, %d transferring, %d placing, %d failed%n",
        files.done().count(),
        count,
        ByteText.size(files.done().bytes()),
        ByteText.size(bytes),
        files.unresolved().count(),
        files.transferring().count(),
        files.placing().count(),
        files.failed().count());
  }

  private void throughput(Status status) {
    Long eta = status.etaSeconds();
    out.printf(
        "Throughput: %s/s up, %s/s down; ETA %s%n",
        ByteText.size(status.uploadedBytesPerSecond()),
        ByteText.size(status.downloadedBytesPerSecond()),
        eta == null ? "unknown" : ByteText.duration(eta));
  }

  private void job(JobStatus job) {
    String id = job.jobId();
    out.printf(
        "Job %s: %s, %s, window %s of %s used, slices of %s%n",
        id.length() <= JOB_CHARS ? id : id.substring(0, JOB_CHARS),
        job.state().name().toLowerCase(Locale.ROOT),
        job.destination() == null
            ? "no destination yet (waits for recv with its two profiles there)"
            : "for " + job.destination(),
        ByteText.size(job.windowUsedBytes()),
        ByteText.size(job.windowBytes()),
        ByteText.size(job.sliceSizeBytes()));
  }

  private void agents(Status status) {
    if (status.agents().isEmpty()) {
      out.println("Agents: none");
      return;
    }
    out.println("Agents:");
    out.println(AGENTS.row("Name", "Role", "State", "Leases", "Transferred", "Rate", "Heartbeat"));
    status.agents().forEach(agent -> out.println(row(agent)));
    status.agents().stream()
        .filter(agent -> agent.failingTasks() >= FAILING_TASKS)
        .forEach(
            agent ->
                out.printf(
                    "Failing: %s on %s: its last %d tasks all failed; it gets one a minute until one"
                        + " succeeds, its log says why%n",
                    agent.name(), agent.host(), agent.failingTasks()));
  }

  private static String row(AgentStatus agent) {
    return AGENTS.row(
        agent.name(),
        agent.role().name().toLowerCase(Locale.ROOT),
        agent.state().name().toLowerCase(Locale.ROOT),
        agent.leases(),
        ByteText.size(agent.transferredBytes()),
        ByteText.size(agent.bytesPerSecond()) + "/s",
        ByteText.duration(agent.lastSeenMs() / 1000) + " ago");
  }
}
