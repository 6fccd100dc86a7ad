// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.testing.Doc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/configuration.md against {@link ConfigKey}, {@link AgentConfig} and wrangler.toml. */
class ConfigurationDocTest {
  private static final Doc DOC = Doc.of("docs/configuration.md");
  private static final Pattern RANGE = Pattern.compile("(\\d+) to (\\d+)");

  /** Enough for every part of a configuration. */
  private static final Map<String, String> REQUIRED =
      Map.of(
          "SYNCMATE_BUCKET", "bucket",
          "SYNCMATE_ACCESS_KEY", "ak",
          "SYNCMATE_SECRET_KEY", "sk",
          "SYNCMATE_ACCOUNT_ID", "account",
          "SYNCMATE_COORDINATOR_URL", "https://there.example",
          "SYNCMATE_COORDINATOR_TOKEN", "token");

  @Test
  void keys_areAllOfThem_withTheirVariables() {
    List<String> keys = new ArrayList<>();
    List<String> variables = new ArrayList<>();
    for (List<String> row : DOC.table("key")) {
      keys.addAll(Doc.codeSpans(row.get(0)));
      Doc.codeSpans(row.get(1)).stream()
          .filter(span -> span.startsWith("SYNCMATE_"))
          .forEach(variables::add);
    }
    assertThat(keys)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ConfigKey.values()).map(ConfigKey::json).toList());
    assertThat(variables)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ConfigKey.values())
                .filter(key -> key != ConfigKey.LIMITS)
                .map(ConfigKey::env)
                .toList());
  }

  @Test
  void required_areThoseWithoutWhichAPartIsRefused() {
    for (List<String> row : DOC.table("key")) {
      for (String key : Doc.codeSpans(row.get(0))) {
        Map<String, String> without = new HashMap<>(REQUIRED);
        without.remove("SYNCMATE_" + key.toUpperCase(Locale.ROOT));
        AgentConfig config = AgentConfig.withoutFile(without);
        if (row.get(2).startsWith("required")) {
          assertThatThrownBy(() -> useAll(config)).as(key).isInstanceOf(ConfigException.class);
        } else {
          useAll(config);
        }
      }
    }
  }

  private static void useAll(AgentConfig config) {
    config.store();
    config.coordinator();
    config.paths();
    config.zones();
    config.targetRoots();
    config.limits();
    config.destination();
  }

  @Test
  void defaults_areThose() {
    AgentConfig config = AgentConfig.withoutFile(REQUIRED);
    assertThat(cell("region", 2)).isEqualTo("`" + config.store().region() + "`");
    assertThat(cell("endpoint", 2)).isEqualTo("the account's R2");
    assertThat(config.store().endpoint().toString()).contains("account.r2.");
    assertThat(cell("name", 2)).isEqualTo("the host's name");
    assertThat(config.name()).isEqualTo(AgentConfig.hostName());
    assertThat(cell("domain", 2)).isEqualTo("the host's name");
    assertThat(config.domain()).isEqualTo(AgentConfig.hostName());
    assertThat(cell("destination", 2)).isEqualTo("the domain");
    assertThat(config.destination()).isEqualTo(config.domain());
    assertThat(cell("paths", 2)).isEqualTo("none");
    assertThat(config.paths().map("/da1_data/a")).hasToString("/da1_data/a");
    assertThat(cell("target_roots", 2)).isEqualTo("none");
    assertThat(config.targetRoots()).isEmpty();
    assertThat(cell("limits", 2))
        .isEqualTo("`{\"transfers\": %d}`".formatted(config.limits().transfers()));
  }

  @Test
  void limits_areThose() {
    MatchResult transfers = range("limits");
    assertThat(new LimitsConfig(number(transfers, 1)).transfers()).isEqualTo(1);
    assertThat(new LimitsConfig(number(transfers, 2)).transfers())
        .isEqualTo(LimitsConfig.TRANSFERS_MAX);
    assertThatThrownBy(() -> new LimitsConfig(number(transfers, 1) - 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new LimitsConfig(number(transfers, 2) + 1))
        .isInstanceOf(IllegalArgumentException.class);

    MatchResult bucket = range("bucket");
    assertThat(StoreConfig.checkedBucket("b".repeat(number(bucket, 1)))).isNotEmpty();
    assertThat(StoreConfig.checkedBucket("b".repeat(number(bucket, 2)))).isNotEmpty();
    assertThatThrownBy(() -> StoreConfig.checkedBucket("b".repeat(number(bucket, 1) - 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> StoreConfig.checkedBucket("b".repeat(number(bucket, 2) + 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void worker_variablesAndRateLimits_areThoseOfWranglerToml() {
    String toml = Doc.of("wrangler.toml").text();
    assertThat(firstTwo(DOC.table("variable")))
        .containsExactlyInAnyOrderElementsOf(
            pairs("^([A-Z_]+) = \"(\\d+)\"$", toml.substring(toml.indexOf("[vars]"))));
    assertThat(firstTwo(DOC.table("limit")))
        .containsExactlyInAnyOrderElementsOf(
            pairs(
                "name = \"([A-Z_]+)\"\\s+namespace_id = \\S+\\s+simple = \\{ limit = (\\d+)",
                toml));
  }

  private static List<List<String>> firstTwo(List<List<String>> rows) {
    return rows.stream().map(row -> row.subList(0, 2)).toList();
  }

  private static List<List<String>> pairs(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(found -> List.of("`" + found.group(1) + "`", found.group(2)))
        .toList();
  }

  private static MatchResult range(String key) {
    return RANGE.matcher(cell(key, 3)).results().findFirst().orElseThrow();
  }

  private static int number(MatchResult range, int group) {
    return Integer.parseInt(range.group(group));
  }

  private static String cell(String key, int column) {
    return DOC.table("key").stream()
        .filter(row -> Doc.codeSpans(row.get(0)).contains(key))
        .findFirst()
        .orElseThrow()
        .get(column);
  }
}
