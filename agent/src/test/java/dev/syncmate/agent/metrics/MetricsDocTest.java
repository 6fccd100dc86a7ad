// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.testing.Doc;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/metrics.md against {@link Meters}. */
class MetricsDocTest {
  @Test
  void table_isTheMeters() {
    List<List<String>> documented = Doc.of("docs/metrics.md").table("meter");
    assertThat(documented).isEqualTo(Arrays.stream(Meters.values()).map(this::row).toList());
  }

  private List<String> row(Meters meter) {
    return List.of(
        "`" + meter.meterName() + "`",
        meter.type().name().toLowerCase(Locale.ROOT),
        meter.unit(),
        meter.tags().stream().map(tag -> "`" + tag + "`").collect(Collectors.joining(", ")),
        meter.description());
  }

  @Test
  void meters_inARegistry_areAsListed() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Counter counter = Meters.SLICE_BYTES.counter(registry, "sent");
    assertThat(counter.getId().getName()).isEqualTo(Meters.SLICE_BYTES.meterName());
    assertThat(counter.getId().getBaseUnit()).isEqualTo(Meters.SLICE_BYTES.unit());
    assertThat(counter.getId().getTag("direction")).isEqualTo("sent");
    assertThat(Meters.OBJECT_DURATION.timer(registry, "get", "ok").getId().getDescription())
        .isEqualTo(Meters.OBJECT_DURATION.description());
  }

  @Test
  void meter_withTooFewTags_isRefused() {
    assertThatThrownBy(() -> Meters.OBJECT_DURATION.timer(new SimpleMeterRegistry(), "get"))
        .hasMessage("tags of syncmate.object.duration: 1 (expected: operation,outcome)");
  }
}
