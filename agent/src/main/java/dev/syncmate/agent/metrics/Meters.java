// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;

/** Every meter of an agent; docs/metrics.md lists them for people. */
public enum Meters {
  SLICE_BYTES(
      "syncmate.slice.bytes",
      Meter.Type.COUNTER,
      "bytes",
      "direction",
      "Bytes of slices that have passed, those of unfinished and repeated attempts included;"
          + " direction: sent, received"),
  OBJECT_DURATION(
      "syncmate.object.duration",
      Meter.Type.TIMER,
      "seconds",
      "operation,outcome",
      "Calls of the object store, from the call to its answer; operation: put, get, head, list,"
          + " delete; outcome: ok, or the failure's reason");

  private final String meterName;
  private final Meter.Type type;
  private final String unit;
  private final String tags;
  private final String description;

  Meters(String meterName, Meter.Type type, String unit, String tags, String description) {
    this.meterName = meterName;
    this.type = type;
    this.unit = unit;
    this.tags = tags;
    this.description = description;
  }

  /** The counter of these values of its tags. */
  public Counter counter(MeterRegistry registry, String... values) {
    return Counter.builder(meterName)
        .baseUnit(unit)
        .description(description)
        .tags(tagged(values))
        .register(registry);
  }

  /** The timer of these values of its tags. */
  public Timer timer(MeterRegistry registry, String... values) {
    return Timer.builder(meterName)
        .description(description)
        .tags(tagged(values))
        .register(registry);
  }

  /** What the counters of this name have counted together. */
  public double total(MeterRegistry registry) {
    return registry.find(meterName).counters().stream().mapToDouble(Counter::count).sum();
  }

  /** Its name in every registry. */
  public String meterName() {
    return meterName;
  }

  /** Counter or timer. */
  public Meter.Type type() {
    return type;
  }

  /** What it counts in. */
  public String unit() {
    return unit;
  }

  /** Names of its tags. */
  public List<String> tags() {
    return List.of(tags.split(","));
  }

  /** What it tells, in one line. */
  public String description() {
    return description;
  }

  private List<Tag> tagged(String... values) {
    List<String> names = tags();
    if (names.size() != values.length) {
      throw new IllegalArgumentException(
          "tags of %s: %d (expected: %s)".formatted(meterName, values.length, tags));
    }
    List<Tag> tagged = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      tagged.add(Tag.of(names.get(i), values[i]));
    }
    return tagged;
  }
}
