// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names that lead out of the roots at the wrong moment: nothing is made or written there. */
class HostileTargetIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration WAIT = Duration.ofSeconds(120);
  private static final int FILES = 12;
  private static final int SIZE = 2_500_000;
  @TempDir Path folder;
  private GenericPair pair;
  private Path outside;

  /** What a target is exchanged with. */
  enum Decoy {
    LINK,
    HARD_LINK,
    PIPE
  }

  @BeforeEach
  void makeFolders() throws IOException {
    pair = new GenericPair(folder);
    outside = Files.createDirectory(folder.toRealPath().resolve("outside"));
  }

  @Test
  void job_targetsFolderIsExchangedWithALinkOverAndOver_nothingIsMadeOutside() throws Exception {
    for (int i = 0; i < FILES; i++) {
      pair.write(pair.src.resolve("sub/file" + i), SIZE);
    }
    Path sub = Files.createDirectory(pair.dst.resolve("sub"));
    // Old files, so that each slice and each placing looks its target up.
    for (int i = 0; i < FILES; i += 2) {
      pair.write(sub.resolve("file" + i), SIZE + 1);
    }
    List<String> profiles = pair.profiles();
    Path decoy = Files.createSymbolicLink(pair.dst.resolve("decoy"), outside);
    swapWhileItRuns(profiles, sub, decoy);
    try (Stream<Path> made = Files.walk(outside)) {
      assertThat(made).containsExactly(outside);
    }
    Path real = Files.isSymbolicLink(sub) ? decoy : sub;
    for (int i = 0; i < FILES; i++) {
      Path file = real.resolve("file" + i);
      if (Files.exists(file) && Files.size(file) == SIZE) {
        assertThat(file).hasSameBinaryContentAs(pair.src.resolve("sub/file" + i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void job_targetIsExchangedOverAndOver_whatIsOutsideIsNotAppendedTo(Decoy kind) throws Exception {
    byte[] grown = pair.write(pair.src.resolve("log.dat"), SIZE);
    byte[] old = Arrays.copyOf(grown, 1_000_000);
    Path target = pair.dst.resolve("log.dat");
    GenericPair.put(target, old);
    List<String> profiles = pair.profiles();
    Path victim = Files.write(outside.resolve("victim"), old);
    Path decoy = decoy(kind, victim);
    swapWhileItRuns(profiles, target, decoy);
    assertThat(victim).hasBinaryContent(old);
    try (Stream<Path> made = Files.walk(outside)) {
      assertThat(made).containsExactlyInAnyOrder(outside, victim);
    }
  }

  private Path decoy(Decoy kind, Path victim) throws Exception {
    Path decoy = pair.dst.resolve("decoy");
    switch (kind) {
      case LINK -> Files.createSymbolicLink(decoy, victim);
      case HARD_LINK -> Files.createLink(decoy, victim);
      case PIPE ->
          assertThat(new ProcessBuilder("mkfifo", decoy.toString()).start().waitFor()).isZero();
    }
    return decoy;
  }

  /** Whether the files arrive is a matter of luck; that both end, and with what, is not. */
  private void swapWhileItRuns(List<String> profiles, Path one, Path other) throws Exception {
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess receiver = cluster.receiver("receiver", GenericPair.args("recv", profiles));
      // Where roots lead is looked up at the start, and a folder of the plan is one.
      await().atMost(WAIT).until(() -> receiver.stderr().contains("works as recv"));
      try (Swapper swapper = new Swapper(one, other)) {
        AgentProcess sender =
            cluster.sender("sender", pair.src, GenericPair.args("send", profiles));
        assertThat(receiver.waitForExit()).as(receiver.stderr()).isIn(0, 1);
        assertThat(sender.waitForExit()).as(sender.stderr()).isIn(0, 1);
        assertThat(swapper.exchanges).isGreaterThan(100);
      }
    }
  }

  /** Exchanges two names again and again. */
  private static final class Swapper implements AutoCloseable {
    private static final long INTERVAL_MS = 2;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;
    volatile int exchanges;

    Swapper(Path one, Path other) {
      thread = new Thread(() -> swap(one, other), "swapper");
      thread.start();
    }

    private void swap(Path one, Path other) {
      try {
        while (!end.await(INTERVAL_MS, TimeUnit.MILLISECONDS)) {
          Linux.exchange(one, other);
          exchanges++;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      end.countDown();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
