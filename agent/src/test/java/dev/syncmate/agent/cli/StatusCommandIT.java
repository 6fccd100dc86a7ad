// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import dev.syncmate.agent.cli.terminal.Logging;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.testing.LocalStack;
import dev.syncmate.agent.testing.S3ProxyExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandIT {
  private static final int OBJECTS = 1001;
  private static final String STATUS =
      """
      {"jobs": [], "agents": [], "eta_seconds": 61, "uploaded_bytes_per_second": 1048576,
       "downloaded_bytes_per_second": 0,
       "tasks": {"pending": {"count": 2, "bytes": 2048}, "uploading": {"count": 0, "bytes": 0},
                 "uploaded": {"count": 0, "bytes": 0}, "downloading": {"count": 0, "bytes": 0},
                 "downloaded": {"count": 1, "bytes": 7}, "failed": {"count": 0, "bytes": 0}},
       "files": {"unresolved": {"count": 0, "bytes": 0}, "transferring": {"count": 1, "bytes": 9},
                 "placing": {"count": 0, "bytes": 0}, "done": {"count": 0, "bytes": 0},
                 "failed": {"count": 0, "bytes": 0}}}
      """;

  @RegisterExtension static final S3ProxyExtension S3 = new S3ProxyExtension();

  private static WireMockServer coordinator;

  @TempDir Path dir;

  @BeforeAll
  static void start() throws IOException {
    coordinator =
        new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.1"));
    coordinator.start();
    coordinator.stubFor(
        get(urlEqualTo("/status"))
            .atPriority(1)
            .withHeader("Authorization", equalTo("Bearer right"))
            .willReturn(okJson(STATUS)));
    coordinator.stubFor(
        get(urlEqualTo("/status"))
            .willReturn(
                aResponse()
                    .withStatus(401)
                    .withBody(
                        """
                        {"type": "urn:syncmate:problem:unauthorized", "title": "T", "status": 401,
                         "detail": "The token is not known."}
                        """)));
    for (int i = 0; i < OBJECTS; i++) {
      Files.writeString(S3.bucketDir().resolve("o" + i), "0123456789");
    }
  }

  @AfterAll
  static void stop() {
    coordinator.stop();
  }

  private static ObjectNode config() {
    return new ObjectMapper()
        .createObjectNode()
        .put("access_key", S3ProxyExtension.ACCESS_KEY)
        .put("secret_key", S3ProxyExtension.SECRET_KEY)
        .put("bucket", S3ProxyExtension.BUCKET)
        .put("endpoint", S3.endpoint().toString())
        .put("coordinator_url", "http://127.0.0.1:" + coordinator.port())
        .put("coordinator_token", "right");
  }

  private Ran status(ObjectNode config, String... more) {
    String file = LocalStack.write(dir.resolve("config.json"), config).toString();
    String[] args = new String[more.length + 3];
    args[0] = "status";
    args[1] = "-c";
    args[2] = file;
    System.arraycopy(more, 0, args, 3, more.length);
    return Ran.run(args);
  }

  private static void assertOneLine(Ran ran, ExitCode code, String... parts) {
    assertThat(ran.err().lines()).as(ran.err()).singleElement().asString().startsWith("syncmate: ");
    assertThat(ran.err()).contains(parts).doesNotContain("\tat ", "wrong-secret");
    assertThat(ran.exitCode()).isEqualTo(code.code());
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void status_printsTableThenBucketOverAllPages() {
    Ran ran = status(config());
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().lines())
        .startsWith(
            "Status            Count     Total Size", "Pending               2        2.0 KiB")
        .endsWith("Bucket syncmate-test: 1001 objects, 9.8 KiB");
    assertThat(ran.out()).contains("ETA 1 min 1 s", "Agents: none");
  }

  @Test
  void status_json_isOneObjectOnOneLine() throws IOException {
    Ran ran = status(config(), "--json");
    assertThat(ran.out().lines()).hasSize(1);
    JsonNode report = new ObjectMapper().readTree(ran.out());
    assertThat(report.at("/coordinator/tasks/pending/count").intValue()).isEqualTo(2);
    assertThat(report.at("/bucket/objects").intValue()).isEqualTo(OBJECTS);
    assertThat(report.at("/bucket/bytes").longValue()).isEqualTo(10L * OBJECTS);
  }

  @Test
  void status_skipDb_needsNoCoordinator() {
    ObjectNode config = config();
    config.remove("coordinator_url");
    config.remove("coordinator_token");
    Ran ran = status(config, "--skip-db");
    assertThat(ran.out().lines()).containsExactly("Bucket syncmate-test: 1001 objects, 9.8 KiB");
    assertThat(ran.exitCode()).isZero();
    assertOneLine(status(config), ExitCode.USAGE, "coordinator_url, coordinator_token missing");
  }

  @Test
  void status_coordinatorUnreachable_isOneLine() {
    assertOneLine(
        status(config().put("coordinator_url", "http://127.0.0.1:1")),
        ExitCode.UNREACHABLE,
        "coordinator http://127.0.0.1:1 does not answer GET /status",
        "onnection refused");
  }

  @Test
  void status_wrongToken_isOneLine() {
    assertOneLine(
        status(config().put("coordinator_token", "wrong-secret")),
        ExitCode.USAGE,
        "The token is not known.",
        "check coordinator_token");
  }

  @Test
  void status_wrongS3Secret_isOneLine() {
    assertOneLine(
        status(config().put("secret_key", "wrong-secret"), "--skip-db"),
        ExitCode.USAGE,
        "syncmate-test");
  }

  @Test
  void status_wrongBucket_isOneLine() {
    assertOneLine(
        status(config().put("bucket", "not-there"), "--skip-db"), ExitCode.USAGE, "not-there");
  }

  @Test
  void status_storeUnreachable_isOneLine() {
    assertOneLine(
        status(config().put("endpoint", "http://127.0.0.1:1"), "--skip-db"),
        ExitCode.UNREACHABLE,
        "http://127.0.0.1:1");
  }

  @Test
  void status_vv_wrongToken_showsTheStackTrace() {
    Ran ran = status(config().put("coordinator_token", "wrong-secret"), "-vv");
    assertThat(ran.err()).contains("syncmate: ", "\tat ").doesNotContain("wrong-secret");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE.code());
    Logging.configure(0);
  }

  @Test
  void status_configMissingOrMalformed_isOneLine() throws IOException {
    Path malformed = Files.writeString(dir.resolve("bad.json"), "{\"secret_key\": wrong-secret");
    assertOneLine(
        Ran.run("status", "-c", malformed.toString()),
        ExitCode.USAGE,
        "bad.json: not valid JSON at line 1, column");
    assertOneLine(
        Ran.run("status", "--config=" + dir.resolve("none.json")),
        ExitCode.USAGE,
        "none.json: no such file");
  }
}
