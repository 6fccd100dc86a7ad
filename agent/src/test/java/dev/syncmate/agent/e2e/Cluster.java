// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.LocalStack;
import dev.syncmate.schema.AgentDirective;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.Directive;
import dev.syncmate.schema.DirectiveReply;
import dev.syncmate.schema.FilePage;
import dev.syncmate.schema.FileStatus;
import dev.syncmate.schema.JobStatus;
import dev.syncmate.schema.JobSubmission;
import dev.syncmate.schema.PlacingFile;
import dev.syncmate.schema.PlacingReply;
import dev.syncmate.schema.RetryRequest;
import dev.syncmate.schema.Status;
import dev.syncmate.schema.TakePlacing;
import dev.syncmate.schema.TaskExplanation;
import dev.syncmate.schema.TaskPage;
import dev.syncmate.schema.TaskState;
import dev.syncmate.schema.TaskStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A local stack and the agents that work with it; all end with it. */
final class Cluster implements AutoCloseable {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);

  private final Path folder;
  private final LocalStack.Options options;
  private LocalStack stack;
  private final List<AgentProcess> agents = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  private Cluster(Path folder, LocalStack.Options options) {
    this.folder = folder;
    this.options = options;
    this.stack = LocalStack.start(options);
  }

  /** Settings of a stack whose leases and polls are short, so that a takeover is soon. */
  static LocalStack.Options options(Duration lease) {
    return LocalStack.Options.defaults()
        .withLeaseDuration(lease)
        .with("poll-interval-ms", 100)
        .with("fail-backoff-ms", 100)
        // So many polls, and one token for all agents of a role.
        .with("calls-limit", 1_000_000);
  }

  static Cluster start(Path folder, Duration lease) {
    return start(folder, options(lease));
  }

  static Cluster start(Path folder, LocalStack.Options options) {
    return new Cluster(folder, options);
  }

  LocalStack stack() {
    return stack;
  }

  /** Stops the stack, has something done to what it kept, and starts it again where it was. */
  void restart(Runnable meanwhile) {
    int port = stack.coordinatorUrl().getPort();
    stack.close();
    meanwhile.run();
    stack = LocalStack.start(options.withPort(port));
  }

  /** Starts an agent whose configuration is the stack's, as changed. */
  AgentProcess agent(
      String name, String tokenRole, UnaryOperator<ObjectNode> change, List<String> args) {
    ObjectNode config = change.apply(stack.config(tokenRole).put("name", name));
    Path file = LocalStack.write(folder.resolve(name + ".json"), config);
    List<String> all = new ArrayList<>(args);
    all.addAll(List.of("-c", file.toString()));
    AgentProcess agent = AgentProcess.start(folder, name, all);
    agents.add(agent);
    return agent;
  }

  /** A sending agent; both hosts' data lie below {@code sources}. */
  AgentProcess sender(String name, Path sources, List<String> args) {
    return agent(
        name,
        "send",
        config -> {
          config
              .putObject("paths")
              .put("/da1_data", sources.resolve("da1_data").toString())
              .put("/da2_data", sources.resolve("da2_data").toString());
          return config;
        },
        args);
  }

  AgentProcess receiver(String name, List<String> args) {
    return agent(name, "recv", config -> config.put("domain", "destination"), args);
  }

  Status status() {
    return get("/status", Status.class);
  }

  /** All tasks of the only job, in the state or in any. */
  List<TaskStatus> tasks(TaskState state) {
    if (status().jobs().isEmpty()) {
      return List.of();
    }
    String job = status().jobs().get(0).jobId();
    List<TaskStatus> all = new ArrayList<>();
    String after = "";
    while (true) {
      String filter =
          state == null ? "" : "&state=" + state.name().toLowerCase(java.util.Locale.ROOT);
      TaskPage page = get("/v1/tasks?job_id=" + job + filter + after, TaskPage.class);
      all.addAll(page.tasks());
      if (page.next() == null) {
        return all;
      }
      after = "&after=" + page.next();
    }
  }

  /** All files of the only job. */
  List<FileStatus> files() {
    return files(status().jobs().get(0).jobId());
  }

  List<FileStatus> files(String job) {
    List<FileStatus> all = new ArrayList<>();
    String after = "";
    while (true) {
      FilePage page = get("/v1/files?job_id=" + job + after, FilePage.class);
      all.addAll(page.files());
      if (page.next() == null) {
        return all;
      }
      after = "&after=" + page.next();
    }
  }

  TaskExplanation explain(String taskId) {
    return get("/v1/tasks/" + taskId, TaskExplanation.class);
  }

  /** Takes a file to place in that session's name, as a request of it that comes late. */
  List<PlacingFile> takePlacing(String sessionId) {
    TakePlacing late = new TakePlacing(sessionId, UUID.randomUUID().toString(), 1);
    return post("/v1/files/take-placing", late, PlacingReply.class).files();
  }

  /** Opens a job without files, as a submission that ends there does. */
  void open(String jobId) {
    JobSubmission submission = new JobSubmission(jobId, 64L << 20, 1L << 30, null);
    post("/v1/jobs", submission, JobStatus.class);
  }

  /** Gives failed tasks of the only job another chance; null for all of it. */
  JobStatus retry(@Nullable List<String> taskIds) {
    String job = status().jobs().get(0).jobId();
    return post("/v1/tasks/retry", new RetryRequest(job, taskIds), JobStatus.class);
  }

  /** Tells agents of that name what to do. */
  void direct(String name, Directive directive) {
    DirectiveReply told =
        post("/v1/agents/directive", new AgentDirective(name, directive), DirectiveReply.class);
    assertThat(told.sessions()).isEqualTo(1);
  }

  /** Pauses, resumes or cancels the only job. */
  JobStatus control(String verb) {
    return control(status().jobs().get(0).jobId(), verb);
  }

  /** The same with the job of that id. */
  JobStatus control(String job, String verb) {
    return post("/v1/jobs/" + job + "/" + verb, null, JobStatus.class);
  }

  private <T> T get(String path, Class<T> type) {
    return call(request(path, "read").build(), type);
  }

  private <T> T post(String path, @Nullable Object body, Class<T> type) {
    try {
      BodyPublisher sent =
          body == null
              ? BodyPublishers.noBody()
              : BodyPublishers.ofString(Contract.mapper().writeValueAsString(body));
      return call(request(path, "admin").POST(sent).build(), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpRequest.Builder request(String path, String role) {
    return HttpRequest.newBuilder(URI.create(stack.coordinatorUrl() + path))
        .timeout(CALL_TIMEOUT)
        .header("Authorization", "Bearer " + stack.token(role));
  }

  private <T> T call(HttpRequest request, Class<T> type) {
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return Contract.mapper().readValue(answer.body(), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Whether it is the id of a folder that is received into, which stays there. */
  static boolean isMark(Path path) {
    return path.endsWith(Path.of(".syncmate-staging", "domain"));
  }

  /** Waits for the agent's end and checks how it ended. */
  static void assertEnds(AgentProcess agent, int exitCode) {
    int found = agent.waitForExit();
    assertThat(found).as(agent.stdout() + agent.stderr()).isEqualTo(exitCode);
  }

  @Override
  public void close() {
    agents.forEach(AgentProcess::close);
    stack.close();
  }
}
