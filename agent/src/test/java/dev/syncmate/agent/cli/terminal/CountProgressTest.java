// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** Lines where stderr is no terminal, by a clock of the test's own. */
class CountProgressTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long INTERVAL = CountProgress.LINE_INTERVAL_NANOS;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private long now = Long.MAX_VALUE - SECOND;
  private final CountProgress progress =
      new CountProgress(
          "sources compared",
          new Console(new PrintWriter(out), new PrintWriter(err), false),
          false,
          () -> now);

  @Test
  void read_ofWhatIsOverSoon_saysNothing() {
    progress.read(0, 3);
    now += INTERVAL - 1;
    progress.read(3, 3);
    progress.close();

    assertThat(err.toString()).isEmpty();
  }

  @Test
  void read_toldOften_isOneLineAnInterval() {
    for (int done = 0; done < 60; done++) {
      now += INTERVAL / 10;
      progress.read(done, 1000);
    }

    assertThat(err.toString().lines())
        .containsExactly(
            "sources compared: 9 of 1000",
            "sources compared: 19 of 1000",
            "sources compared: 29 of 1000",
            "sources compared: 39 of 1000",
            "sources compared: 49 of 1000",
            "sources compared: 59 of 1000");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void read_atTheEndOfWhatWasTold_saysTheEndAtOnce() {
    now += INTERVAL;
    progress.read(1, 2);
    now += 1;
    progress.read(2, 2);
    progress.read(2, 2);
    progress.close();

    assertThat(err.toString().lines())
        .containsExactly("sources compared: 1 of 2", "sources compared: 2 of 2");
  }

  @Test
  void read_withoutProgress_isNotRepeated() {
    for (int i = 0; i < 5; i++) {
      now += INTERVAL;
      progress.read(7, 1000);
    }

    assertThat(err.toString().lines()).containsExactly("sources compared: 7 of 1000");
  }
}
