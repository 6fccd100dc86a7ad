// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.syncmate.agent.metrics.Meters;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RunMetersTest {
  private static final Duration NEVER = Duration.ofDays(1);

  private final Logger log = (Logger) LoggerFactory.getLogger(RunMeters.class);
  private final Level before = log.getLevel();
  private final Vertx vertx = Vertx.vertx();
  private final Lines lines = new Lines();

  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final List<String> said = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      said.add(event.getFormattedMessage());
    }
  }

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
    log.setAdditive(false);
    log.setLevel(Level.INFO);
  }

  @AfterEach
  void stop() {
    log.detachAppender(lines);
    log.setAdditive(true);
    log.setLevel(before);
    vertx.close().await();
  }

  @Test
  void transferredBytes_areWhatTheMetersCountBothWays() {
    try (RunMeters meters = new RunMeters(vertx, NEVER)) {
      assertThat(meters.transferredBytes()).isZero();
      Meters.SLICE_BYTES.counter(meters.registry(), "sent").increment(1000);
      Meters.SLICE_BYTES.counter(meters.registry(), "received").increment(1L << 50);
      assertThat(meters.transferredBytes()).isEqualTo((1L << 50) + 1000);
    }
  }

  @Test
  void close_saysEveryMeterInOneLine() {
    try (RunMeters meters = new RunMeters(vertx, NEVER)) {
      Meters.SLICE_BYTES.counter(meters.registry(), "sent").increment(1L << 40);
      Meters.OBJECT_DURATION.timer(meters.registry(), "put", "ok").record(Duration.ofMillis(1250));
      Meters.OBJECT_DURATION.timer(meters.registry(), "put", "ok").record(Duration.ofMillis(250));
      assertThat(lines.said).isEmpty();
    }
    assertThat(lines.said)
        .containsExactly(
            "agent.meters syncmate.object.duration.count{operation=put,outcome=ok}=2"
                + " syncmate.object.duration.total{operation=put,outcome=ok}=1.500"
                + " syncmate.object.duration.max{operation=put,outcome=ok}=1.250"
                + " syncmate.slice.bytes.count{direction=sent}=1099511627776");
  }

  @Test
  void close_atTheUsualLevel_saysNothing() {
    log.setLevel(Level.WARN);
    new RunMeters(vertx, NEVER).close();
    assertThat(lines.said).isEmpty();
  }

  @Test
  void line_comesNowAndThen_untilClosed() {
    try (RunMeters meters = new RunMeters(vertx, Duration.ofMillis(1))) {
      Meters.SLICE_BYTES.counter(meters.registry(), "received").increment(7);
      await()
          .untilAsserted(
              () ->
                  assertThat(lines.said)
                      .contains("agent.meters syncmate.slice.bytes.count{direction=received}=7"));
    }
  }
}
