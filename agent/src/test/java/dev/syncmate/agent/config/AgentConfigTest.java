// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentConfigTest {
  private static final String SEED =
      """
      {"access_key": "AK", "secret_key": "topsecret", "account_id": "0123abcd",
       "database_id": "db", "bucket": "woc-relay", "api_token": "at",
       "coordinator_url": "https://syncmate.example/", "coordinator_token": "tok"}
      """;

  @TempDir Path dir;

  private AgentConfig load(String json, Map<String, String> env) {
    return AgentConfig.load(write(json, "rw-------"), env);
  }

  private Path write(String json, String mode) {
    try {
      Path file = dir.resolve("config.json");
      Files.writeString(file, json);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void assertRefused(String json, String... parts) {
    assertThatThrownBy(
            () -> {
              AgentConfig config = load(json, Map.of());
              config.store();
              config.coordinator();
              config.paths();
              config.zones();
              config.targetRoots();
              config.limits();
            })
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(parts)
        .contains("config.json")
        .doesNotContain("topsecret", "\n");
  }

  @Test
  void load_seedKeys_giveStoreAndCoordinator() {
    AgentConfig config = load(SEED, Map.of());
    assertThat(config.store().endpoint()).hasToString("https://0123abcd.r2.cloudflarestorage.com");
    assertThat(config.store().region()).isEqualTo("auto");
    assertThat(config.store().bucket()).isEqualTo("woc-relay");
    assertThat(config.store().secretKey().reveal()).isEqualTo("topsecret");
    assertThat(config.coordinator().url()).hasToString("https://syncmate.example");
    assertThat(config.coordinator().token().reveal()).isEqualTo("tok");
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void toString_ofParts_masksSecrets() {
    AgentConfig config = load(SEED, Map.of());
    assertThat(config.store().toString() + config.coordinator())
        .doesNotContain("topsecret", "tok\"", "=tok", "AK")
        .contains("***");
  }

  @Test
  void load_environment_beatsFileAndFlagBeatsBoth() {
    Map<String, String> env =
        Map.of(
            "SYNCMATE_COORDINATOR_TOKEN", "from-env",
            "SYNCMATE_BUCKET", "env-bucket",
            "SYNCMATE_REGION", "");
    AgentConfig config = load(SEED, env).with(ConfigKey.BUCKET, "--bucket", "flag-bucket");
    assertThat(config.coordinator().token().reveal()).isEqualTo("from-env");
    assertThat(config.store().bucket()).isEqualTo("flag-bucket");
    assertThat(config.store().region()).isEqualTo("auto");
  }

  @Test
  void load_environmentOnly_needsNoFileKeys() {
    Map<String, String> env =
        Map.of(
            "SYNCMATE_COORDINATOR_URL", "http://127.0.0.1:8787",
            "SYNCMATE_COORDINATOR_TOKEN", "t",
            "SYNCMATE_PATHS", "/da5_data=/data, /da7_data=/corrino",
            "SYNCMATE_ZONES", "/da5_data=network, /da7_data=none",
            "SYNCMATE_TARGET_ROOTS", "/woc:/more/../woc2");
    AgentConfig config = AgentConfig.withoutFile(env);
    assertThat(config.coordinator().url()).hasToString("http://127.0.0.1:8787");
    assertThat(config.paths().map("/da7_data/x")).isEqualTo(Path.of("/corrino/x"));
    assertThat(config.zones())
        .isEqualTo(Map.of("/da5_data", ZoneCost.NETWORK, "/da7_data", ZoneCost.NONE));
    assertThat(config.targetRoots()).containsExactly(Path.of("/woc"), Path.of("/woc2"));
  }

  @Test
  void load_badEnvironment_namesTheVariable() {
    Map<String, String> env = Map.of("SYNCMATE_COORDINATOR_URL", "nonsense");
    assertThatThrownBy(() -> load(SEED, env).coordinator())
        .hasMessageStartingWith("SYNCMATE_COORDINATOR_URL: not a plain URL");
  }

  @Test
  void load_fileMissing_saysHowToNameIt() {
    assertThatThrownBy(() -> AgentConfig.load(dir.resolve("none.json"), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none.json: no such file")
        .hasMessageContaining("-c");
  }

  @Test
  void load_folder_isRefused() {
    assertThatThrownBy(() -> AgentConfig.load(dir, Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("can't be read");
  }

  @Test
  void load_malformed_givesLineAndColumnAndNoContent() {
    assertRefused("{\n \"secret_key\": topsecret}", "not valid JSON at line 2");
    assertRefused("{\"secret_key\": \"topsecret", "not valid JSON at line 1");
    assertRefused("", "not a JSON object");
    assertRefused("[]", "not a JSON object");
    assertRefused("{} {}", "not valid JSON");
    assertRefused("{\"bucket\": \"a\", \"bucket\": \"topsecret\"}", "not valid JSON");
  }

  @Test
  void load_keysMissing_namesThemAllAndTheirVariables() {
    assertRefused(
        "{\"bucket\": \"woc-relay\"}",
        "access_key, secret_key missing",
        "SYNCMATE_ACCESS_KEY, SYNCMATE_SECRET_KEY",
        "send, recv, status");
    assertRefused(
        "{\"bucket\": \"woc-relay\", \"access_key\": \"a\", \"secret_key\": \"b\"}",
        "account_id is missing",
        "SYNCMATE_ACCOUNT_ID",
        "endpoint");
    assertRefused(SEED.replace("coordinator_token", "token"), "coordinator_token missing");
  }

  @Test
  void load_wrongType_namesKeyAndExpectation() {
    assertRefused("{\"bucket\": 7}", "bucket: number (expected: a string)");
    assertRefused("{\"paths\": [\"topsecret\"]}", "paths: array (expected: an object of strings)");
    assertRefused("{\"target_roots\": [1]}", "target_roots: array (expected: a list of strings)");
    assertRefused("{\"limits\": {\"transfers\": 1.5}}", "limits: object (expected: an object of");
  }

  @Test
  void load_badValues_nameKeyAndExpectation() {
    assertRefused(SEED.replace("woc-relay", "Woc_"), "bucket: 'Woc_' (expected: 3 to 63");
    assertRefused(SEED.replace("0123abcd", "a.b/c"), "account_id: not an account id");
    assertRefused(SEED.replace("https://s", "ftp://s"), "coordinator_url: not a plain URL");
    assertRefused(SEED.replace("https://s", "https://u:topsecret@s"), "coordinator_url: not a");
    assertRefused(SEED.replace("\"topsecret\"", "\"topsecret\\nX: y\""), "secret_key: empty, or");
    assertRefused(with("\"paths\": {\"da5\": \"/x\"}"), "paths: prefix 'da5'");
    assertRefused(with("\"paths\": {\"/da5\": \"x\"}"), "paths: folder 'x' of '/da5'");
    assertRefused(with("\"zones\": {\"/da5\": \"far\"}"), "zones: 'far' (expected: local,");
    assertRefused(with("\"zones\": {\"/a/b\": \"local\"}"), "zones: zone '/a/b' (expected: the");
    assertRefused(with("\"target_roots\": [\"x\"]"), "target_roots: 'x' (expected: an absolute");
    assertRefused(with("\"limits\": {\"transfers\": 0}"), "limits: transfers: 0 (expected: 1 to");
  }

  private static String with(String field) {
    return SEED.replace("{\"access_key\"", "{" + field + ", \"access_key\"");
  }

  @Test
  void load_unknownKeys_areWarnings() {
    AgentConfig config = load("{\"buckt\": 1, \"limits\": {\"speed\": 1}}", Map.of());
    assertThat(config.warnings())
        .hasSize(2)
        .anyMatch(line -> line.contains("key 'buckt' is unknown"))
        .anyMatch(line -> line.contains("key 'limits.speed' is unknown"));
  }

  @Test
  void load_readableByOthers_isAWarning() {
    assertThat(AgentConfig.load(write(SEED, "rw-r-----"), Map.of()).warnings())
        .singleElement()
        .asString()
        .contains("can be read by others", "chmod 600");
  }

  @Test
  void warnings_clearTextToken_onlyAwayFromLoopback() {
    assertThat(load(SEED.replace("https:", "http:"), Map.of()).warnings())
        .singleElement()
        .asString()
        .contains("clear text");
    for (String local : new String[] {"127.0.0.1:1", "localhost:8787", "[::1]:80"}) {
      assertThat(load(SEED.replace("https://syncmate.example", "http://" + local), Map.of()))
          .satisfies(config -> assertThat(config.warnings()).isEmpty());
    }
  }

  @Test
  void names_default_isTheHost() {
    assertThat(load("{}", Map.of()).domain()).isEqualTo(AgentConfig.hostName()).isNotBlank();
    assertThat(load("{\"domain\": \"d\", \"name\": \"n\"}", Map.of()).name()).isEqualTo("n");
  }

  @Test
  void destination_default_isTheDomainsElseAName() {
    assertThat(load("{}", Map.of()).destination()).isEqualTo(AgentConfig.hostName());
    assertThat(load("{\"domain\": \"new cluster\"}", Map.of()).destination())
        .isEqualTo("new cluster");
    assertThat(load("{\"domain\": \"d\", \"destination\": \"copy-2\"}", Map.of()).destination())
        .isEqualTo("copy-2");
    AgentConfig wrong = AgentConfig.withoutFile(Map.of("SYNCMATE_DESTINATION", "copy 2"));
    assertThatThrownBy(wrong::destination)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "SYNCMATE_DESTINATION: 'copy 2' (expected: 1 to 64 letters, digits, dots, _ and -)");
  }

  @Test
  void pathsPreset_otherThanWoc_isRefused() {
    AgentConfig wrong = AgentConfig.withoutFile(Map.of("SYNCMATE_PATHS_PRESET", "wocs"));
    assertThatThrownBy(wrong::paths)
        .isInstanceOf(ConfigException.class)
        .hasMessage("SYNCMATE_PATHS_PRESET: 'wocs' (expected: woc)");

    AgentConfig woc = AgentConfig.withoutFile(Map.of("SYNCMATE_PATHS_PRESET", "woc"));
    assertThat(woc.paths().map("/elsewhere/x")).isEqualTo(Path.of("/elsewhere/x"));
  }
}
