// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelReadsTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "1000, 1", "1000, 7", "3, 256"})
  void run_callsEachOnceAndTellsTheEnd(int count, int readers) throws InterruptedException {
    AtomicIntegerArray calls = new AtomicIntegerArray(count);
    List<String> told = new ArrayList<>();
    Thread caller = Thread.currentThread();

    ParallelReads.run(
        count,
        readers,
        calls::incrementAndGet,
        (done, total) -> {
          assertThat(Thread.currentThread()).isSameAs(caller);
          told.add(done + " of " + total);
        });

    for (int i = 0; i < count; i++) {
      assertThat(calls.get(i)).isEqualTo(1);
    }
    assertThat(told).last().isEqualTo(count + " of " + count);
  }

  @Test
  void run_nothing_tellsNothing() throws InterruptedException {
    ParallelReads.run(
        0,
        1,
        i -> {
          throw new AssertionError("read " + i);
        },
        (done, total) -> {
          throw new AssertionError("told " + total);
        });
  }

  @Test
  void run_interrupted_beginsNoFurtherRead() throws InterruptedException {
    AtomicInteger begun = new AtomicInteger();
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(2);
    Thread caller = Thread.currentThread();

    assertThatThrownBy(
            () ->
                ParallelReads.run(
                    100,
                    2,
                    i -> {
                      if (begun.incrementAndGet() == 2) {
                        caller.interrupt();
                      }
                      try {
                        never.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        interrupted.countDown();
                      }
                    },
                    ParallelReads.Progress.NONE))
        .isInstanceOf(InterruptedException.class);

    interrupted.await();
    assertThat(begun).hasValue(2);
  }

  @Test
  void run_aReadThatThrows_isTold() {
    assertThatThrownBy(
            () ->
                ParallelReads.run(
                    5,
                    2,
                    i -> {
                      throw new IllegalArgumentException("read " + i);
                    },
                    ParallelReads.Progress.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("read ");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, ParallelReads.READERS_MAX + 1})
  void run_readersOutOfRange_isRefused(int readers) {
    assertThatThrownBy(() -> ParallelReads.run(1, readers, i -> {}, ParallelReads.Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("readers: %d (expected: 1 to 256)".formatted(readers));
  }
}
