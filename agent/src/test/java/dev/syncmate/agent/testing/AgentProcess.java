// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real agent: {@code java -jar agent.jar …} in a process of its own, output in files. */
public final class AgentProcess implements AutoCloseable {
  private static final long EXIT_SECONDS_MAX = 240;

  private final Process process;
  private final Path out;
  private final Path err;

  private AgentProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts it with the given arguments, in {@code folder}. */
  public static AgentProcess start(Path folder, String name, List<String> args) {
    Path jar = Path.of(System.getProperty("syncmate.agent.jar", "target/agent.jar"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
    command.addAll(args);
    Path out = folder.resolve(name + ".out");
    Path err = folder.resolve(name + ".err");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      return new AgentProcess(process, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills it as an out-of-memory killer would: no handler runs. */
  public void kill9() {
    process.destroyForcibly();
    waitForExit();
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** Sends SIGINT, as Ctrl-C does. */
  public void interrupt() {
    signal("INT");
  }

  /** Stops it where it is, with all that it holds. */
  public void freeze() {
    signal("STOP");
  }

  /** Lets it go on. */
  public void thaw() {
    signal("CONT");
  }

  // The shell's own kill: the program of that name is not on every host.
  private void signal(String name) {
    try {
      String kill = "kill -%s %d".formatted(name, pid());
      assertThat(new ProcessBuilder("sh", "-c", kill).inheritIO().start().waitFor()).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public boolean alive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** Waits for the end and answers with the exit code. */
  public int waitForExit() {
    try {
      if (!process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new AssertionError(
            "agent still runs after %d s; stderr:%n%s".formatted(EXIT_SECONDS_MAX, stderr()));
      }
      // The JVM's own, of native access or of Unsafe: newer ones have more of them.
      assertThat(stderr()).doesNotContainPattern("(?m)^WARNING: |VM warning: ");
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public String stdout() {
    return text(out);
  }

  public String stderr() {
    return text(err);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill9();
    }
  }
}
