// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.process;

import dev.syncmate.agent.disk.OutputFile;
import dev.syncmate.agent.failure.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A file that names the process that made it, for as long as that works. */
public record PidFile(Path path) {
  /** The process in it; empty where there is no file, or no number in it. */
  Optional<Long> pid() throws IOException {
    try {
      return Optional.of(Long.parseLong(Files.readString(path).strip()));
    } catch (NoSuchFileException | NumberFormatException none) {
      return Optional.empty();
    }
  }

  /** Refuses a file whose process lives, and removes one whose process does not. */
  public void claim() {
    try {
      Optional<Long> pid = pid().filter(number -> ProcessHandle.of(number).isPresent());
      if (pid.isPresent() && pid.get() != ProcessHandle.current().pid()) {
        throw new CommandException(
            ExitCode.USAGE,
            "--pid-file %s: process %d of it lives; stop it (kill %d) or name another file"
                .formatted(path, pid.get(), pid.get()));
      }
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /** Writes this process's number; whoever reads the file sees all of it or nothing. */
  public void write() {
    try {
      OutputFile.replace(path, out -> out.write(ProcessHandle.current().pid() + "\n"));
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /** Removes the file. */
  public void remove() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private CommandException unusable(IOException cause) {
    return new CommandException(
        ExitCode.LOCAL_IO,
        "--pid-file %s: can't be written (%s)".formatted(path, cause.getClass().getSimpleName()),
        cause);
  }
}
