// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.process.Background;
import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.cli.process.PidFile;
import dev.syncmate.agent.cli.process.Signals;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.input.InputException;
import dev.syncmate.agent.offsetfs.Access;
import dev.syncmate.agent.offsetfs.ErrnoException;
import dev.syncmate.agent.offsetfs.Mount;
import dev.syncmate.agent.offsetfs.MountException;
import dev.syncmate.agent.offsetfs.OffsetFs;
import dev.syncmate.agent.offsetfs.VirtualFile;
import dev.syncmate.agent.plan.tasklist.TaskLines;
import dev.syncmate.schema.TaskLine;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Mounts the slices of a task list and serves them until told to stop. */
public final class MountRun {
  private static final int BROKEN_NAMED_MAX = 3;

  private final MountRequest request;
  private final @Nullable PidFile pidFile;
  private final Console console;
  private final OffsetFs fs;

  /**
   * Reads the task list, and claims the pid file where one is named.
   *
   * @throws CommandException when either can't be used
   */
  public MountRun(MountRequest request, @Nullable PidFile pidFile, Console console) {
    this.request = request;
    this.pidFile = pidFile;
    this.console = console;
    this.fs = read(request);
    if (pidFile != null) {
      pidFile.claim();
    }
  }

  /** Starts a process that serves; answers with its exit code if it ends before it is mounted. */
  public int inBackground() throws InterruptedException {
    if (pidFile == null) {
      throw new CommandException(
          ExitCode.USAGE, "--background: needs --pid-file FILE, to be stopped by it");
    }
    Background process = new Background(pidFile);
    int exitCode = process.start(console.err());
    if (exitCode == ExitCode.DONE.code()) {
      console.say(
          "mounted: %d files on %s, in the background; log: %s; kill $(cat %s) unmounts"
              .formatted(fs.names().size(), request.mountpoint(), process.log(), pidFile.path()));
    }
    return exitCode;
  }

  /** Serves; returns when it is unmounted. */
  public ExitCode serve() throws InterruptedException {
    CompletableFuture<ExitCode> end = new CompletableFuture<>();
    Signals.handle(
        kind ->
            end.complete(kind == Signals.Kind.INTERRUPT ? ExitCode.INTERRUPTED : ExitCode.DONE));
    try (Mount mount = mount()) {
      mount.ended().thenRun(() -> end.complete(ExitCode.DONE));
      announce(mount.folder());
      if (pidFile != null) {
        pidFile.write();
      }
      return end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      if (pidFile != null) {
        pidFile.remove();
      }
    }
  }

  private static OffsetFs read(MountRequest request) {
    OffsetFs fs = new OffsetFs(request.access());
    try {
      for (TaskLine line : TaskLines.read(request.tasks())) {
        fs.add(file(line));
      }
    } catch (InputException | IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
    if (fs.files().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "%s: no tasks (expected: a JSON object a line)".formatted(request.tasks()));
    }
    return fs;
  }

  private static VirtualFile file(TaskLine line) {
    return new VirtualFile(
        line.virtualPath(),
        Path.of(line.sourcePath()),
        line.offset(),
        line.size() == 0 ? VirtualFile.TO_THE_END : line.size());
  }

  private Mount mount() {
    try {
      return Wiring.mounts(request.fuse()).mount(fs, request.mountpoint(), request.options());
    } catch (MountException e) {
      ExitCode code =
          e.kind() == MountException.Kind.REQUEST_UNFIT ? ExitCode.USAGE : ExitCode.LOCAL_IO;
      throw new CommandException(code, String.valueOf(e.getMessage()), e);
    }
  }

  private void announce(Path folder) {
    List<String> broken = fs.names().stream().filter(this::isBroken).toList();
    if (!broken.isEmpty()) {
      console.say(
          "warning: %d of %d files can't be read now: %s%s"
              .formatted(
                  broken.size(),
                  fs.names().size(),
                  String.join(", ", broken.subList(0, Math.min(BROKEN_NAMED_MAX, broken.size()))),
                  broken.size() > BROKEN_NAMED_MAX ? ", ..." : ""));
    }
    console.say(
        "mounted: %d files on %s (%s); Ctrl-C unmounts"
            .formatted(
                fs.names().size(),
                folder,
                request.access() == Access.READ_ONLY ? "read-only" : "read-write"));
  }

  private boolean isBroken(String name) {
    try {
      fs.attributes(name);
      return false;
    } catch (ErrnoException e) {
      return true;
    }
  }
}
