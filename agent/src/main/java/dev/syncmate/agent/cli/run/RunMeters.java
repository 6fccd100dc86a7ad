// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.metrics.Meters;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one registry of a run, and who reads it: heartbeat and progress take the bytes from it, and
 * with {@code -v} all of it is a line of the log, now and then and at the end.
 *
 * <p><b>Threads.</b> Any.
 */
final class RunMeters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunMeters.class);
  private static final Duration LINE_INTERVAL = Duration.ofMinutes(5);

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final Vertx vertx;
  private final long timer;

  RunMeters(Vertx vertx) {
    this(vertx, LINE_INTERVAL);
  }

  RunMeters(Vertx vertx, Duration interval) {
    this.vertx = vertx;
    this.timer = vertx.setPeriodic(interval.toMillis(), fired -> log());
  }

  MeterRegistry registry() {
    return registry;
  }

  /** Bytes moved so far, those of unfinished slices included. */
  long transferredBytes() {
    return (long) Meters.SLICE_BYTES.total(registry);
  }

  /** Each meter, by its name: what it has counted, in what time in all and at most. */
  String line() {
    return registry.getMeters().stream()
        .sorted(Comparator.comparing(meter -> meter.getId().toString()))
        .flatMap(RunMeters::measured)
        .collect(Collectors.joining(" "));
  }

  private void log() {
    if (LOG.isInfoEnabled()) {
      LOG.info("agent.meters {}", line());
    }
  }

  private static Stream<String> measured(Meter meter) {
    String tags =
        meter.getId().getTags().stream()
            .map(tag -> tag.getKey() + "=" + tag.getValue())
            .collect(Collectors.joining(","));
    return StreamSupport.stream(meter.measure().spliterator(), false)
        .map(
            each ->
                "%s.%s{%s}=%s"
                    .formatted(
                        meter.getId().getName(),
                        each.getStatistic().getTagValueRepresentation(),
                        tags,
                        number(each.getValue())));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.3f", value);
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
    log();
  }
}
