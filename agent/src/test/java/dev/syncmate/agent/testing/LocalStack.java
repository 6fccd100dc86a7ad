// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.agent.config.CoordinatorConfig;
import dev.syncmate.agent.config.Secret;
import dev.syncmate.agent.config.StoreConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Assumptions;

/**
 * The real Worker on Miniflare with D1 and R2's S3 API, as a process of its own.
 *
 * <p><b>Errors.</b> Where node is missing the test is skipped and says so. A stack that doesn't
 * come up fails the test with what it wrote to stderr.
 */
public final class LocalStack implements AutoCloseable {
  private static final Path SCRIPT = Path.of("coordinator-worker", "local", "stack.mjs");
  private static final Duration READY_MAX = Duration.ofSeconds(90);
  private static final Duration STOP_MAX = Duration.ofSeconds(15);
  private static final int STDERR_CHARS_MAX = 64 << 10;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Process process;
  private final StringBuffer stderr;
  private final JsonNode ready;

  private LocalStack(Process process, StringBuffer stderr, JsonNode ready) {
    this.process = process;
    this.stderr = stderr;
    this.ready = ready;
  }

  /** How the stack runs: flags of stack.mjs and their values. */
  public record Options(Map<String, String> flags) {
    public Options {
      flags = Map.copyOf(flags);
    }

    /** The stack's own settings, a temporary state, any port. */
    public static Options defaults() {
      return new Options(Map.of());
    }

    /** The same with a flag of stack.mjs: {@code with("poll-interval-ms", 50)}. */
    public Options with(String flag, Object value) {
      Map<String, String> more = new TreeMap<>(flags);
      more.put("--" + flag, value.toString());
      return new Options(more);
    }

    public Options withLeaseDuration(Duration duration) {
      return with("lease-duration-ms", duration.toMillis());
    }

    /** Keeps database and objects in the folder; without, a temporary one is removed. */
    public Options withState(Path folder) {
      return with("state", folder);
    }

    public Options withPort(int number) {
      return with("port", number);
    }
  }

  /** Starts it and waits until it is ready. */
  public static LocalStack start(Options options) {
    skipWithoutNode();
    List<String> command = new ArrayList<>();
    command.addAll(List.of("node", root().resolve(SCRIPT).toString()));
    options.flags().forEach((flag, value) -> command.addAll(List.of(flag, value)));
    try {
      Process process = new ProcessBuilder(command).start();
      StringBuffer stderr = new StringBuffer();
      daemon(() -> drain(process.getErrorStream(), stderr));
      return new LocalStack(process, stderr, awaitReady(process, stderr));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI coordinatorUrl() {
    return URI.create(text("coordinator_url"));
  }

  public URI s3Endpoint() {
    return URI.create(text("s3_endpoint"));
  }

  public String bucket() {
    return text("bucket");
  }

  public String accessKey() {
    return text("access_key");
  }

  public String secretKey() {
    return text("secret_key");
  }

  public String region() {
    return text("region");
  }

  /** The token of a role: admin, send, recv, read. */
  public String token(String role) {
    JsonNode token = ready.path("tokens").path(role);
    if (!token.isTextual()) {
      throw new AssertionError("local stack: no token for " + role);
    }
    return token.textValue();
  }

  public CoordinatorConfig coordinatorConfig(String role) {
    return new CoordinatorConfig(coordinatorUrl(), new Secret(token(role)));
  }

  public StoreConfig storeConfig() {
    return new StoreConfig(
        s3Endpoint(), region(), bucket(), new Secret(accessKey()), new Secret(secretKey()));
  }

  /** A config.json's content for this stack, to be widened by the test. */
  public ObjectNode config(String role) {
    return MAPPER
        .createObjectNode()
        .put("access_key", accessKey())
        .put("secret_key", secretKey())
        .put("bucket", bucket())
        .put("region", region())
        .put("endpoint", s3Endpoint().toString())
        .put("coordinator_url", coordinatorUrl().toString())
        .put("coordinator_token", token(role));
  }

  /** Writes a config.json that only its owner may read. */
  public static Path write(Path file, ObjectNode config) {
    try {
      Files.writeString(file, config.toPrettyString());
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the stack wrote to stderr, its beginning. */
  public String stderr() {
    return stderr.toString();
  }

  /** Stops it: it ends when its stdin closes; only what still lives then is killed. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("local stack: didn't stop when its stdin was closed\n" + stderr);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }

  /** The repository's root. */
  public static Path root() {
    String given = System.getProperty("syncmate.root");
    Path path = Path.of(given == null ? "" : given).toAbsolutePath().normalize();
    while (path != null && !Files.exists(path.resolve("wrangler.toml"))) {
      path = path.getParent();
    }
    if (path == null) {
      throw new AssertionError("local stack: no wrangler.toml in any folder above this one");
    }
    return path;
  }

  private String text(String field) {
    JsonNode value = ready.path(field);
    if (!value.isTextual()) {
      throw new AssertionError("local stack: its ready line has no " + field);
    }
    return value.textValue();
  }

  private static void skipWithoutNode() {
    try {
      new ProcessBuilder("node", "--version").redirectErrorStream(true).start().waitFor();
    } catch (IOException e) {
      String reason = "skipped: node is not in PATH, so there is no local stack";
      System.err.println(reason);
      Assumptions.abort(reason);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode awaitReady(Process process, StringBuffer stderr) {
    CompletableFuture<String> line = new CompletableFuture<>();
    daemon(() -> readLines(process, line));
    try {
      return MAPPER.readTree(line.get(READY_MAX.toMillis(), TimeUnit.MILLISECONDS));
    } catch (IOException | ExecutionException | TimeoutException e) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("local stack: not ready; its stderr:\n" + stderr, e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new AssertionError(e);
    }
  }

  // Goes on reading behind the first line: a full pipe would stop the process.
  private static void readLines(Process process, CompletableFuture<String> first) {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        first.complete(line);
      }
      first.completeExceptionally(new IOException("ended with status " + process.waitFor()));
    } catch (IOException | InterruptedException e) {
      first.completeExceptionally(e);
    }
  }

  private static void drain(InputStream in, StringBuffer into) {
    byte[] buffer = new byte[4096];
    try (in) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (into.length() < STDERR_CHARS_MAX) {
          into.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
      }
    } catch (IOException closed) {
      into.append(closed);
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "local-stack");
    thread.setDaemon(true);
    thread.start();
  }
}
