// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.input.InputException;
import dev.syncmate.agent.offsetfs.Access;
import dev.syncmate.agent.offsetfs.ErrnoException;
import dev.syncmate.agent.offsetfs.Mount;
import dev.syncmate.agent.offsetfs.MountException;
import dev.syncmate.agent.offsetfs.MountOptions;
import dev.syncmate.agent.offsetfs.OffsetFs;
import dev.syncmate.agent.offsetfs.VirtualFile;
import dev.syncmate.agent.offsetfs.fuse.FuseMountFactory;
import dev.syncmate.agent.offsetfs.fuse.FuseVersion;
import dev.syncmate.agent.plan.tasklist.TaskLines;
import dev.syncmate.schema.TaskLine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Mounts the slices of a task list as files. */
@Command(
    name = "mount",
    description = {
      "Mount OffsetFS: a folder whose files are the slices of a task list.",
      "",
      "Runs in the foreground until Ctrl-C, SIGTERM or an unmount from outside; with --background",
      "it returns when the mount answers. Writable unless --readonly is given: writes go to the",
      "sources, within the slices. Each line of the list",
      "is a JSON object with virtual_path, source_path, offset and size (0 = to the end); lines",
      "that begin with # or // are comments.",
      ""
    },
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  java -jar agent.jar mount -c tasks.jsonl --readonly /mnt/slices",
      "  java -jar agent.jar mount -c tasks.jsonl -r --background --pid-file m.pid /mnt/slices",
      "  kill $(cat m.pid)   (unmounts; so does fusermount -u /mnt/slices)",
      "  dd if=part of=/mnt/slices/blob_0.bin.offset.500 conv=notrunc   (writable mount)",
      "",
      "Needs libfuse 3 (apt-get install fuse3) or libfuse 2 (libfuse2; as a user fusermount too).",
      "",
      SyncMate.EXIT_CODES
    })
final class MountCommand implements Callable<Integer> {
  private static final int BROKEN_NAMED_MAX = 3;

  @Spec @Nullable CommandSpec spec;

  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "Task list, JSONL, as taskgen writes it. Required.")
  @Nullable Path config;

  @Option(
      names = {"-d", "--debug"},
      description = "Trace each file system call on stderr.")
  boolean debug;

  @Option(
      names = {"-a", "--allow-other"},
      description =
          "Let other users in too, as far as the sources' modes let them (as a user this needs"
              + " user_allow_other in /etc/fuse.conf).")
  boolean allowOther;

  @Option(
      names = {"-r", "--readonly"},
      description = "Refuse all writes.")
  boolean readOnly;

  @Option(
      names = "--fuse",
      paramLabel = "2|3|auto",
      defaultValue = "auto",
      converter = FuseVersionConverter.class,
      description = "libfuse to use (default: ${DEFAULT-VALUE}, 3 where it is installed, else 2).")
  FuseVersion fuse = FuseVersion.AUTO;

  @Option(
      names = Background.FLAG,
      description =
          "Return when the mount answers and serve it in the background; needs --pid-file. What it"
              + " has to say goes to FILE.log.")
  boolean background;

  @Option(
      names = "--pid-file",
      paramLabel = "FILE",
      description = "Write the process number there once mounted, remove it at the end.")
  @Nullable Path pidFile;

  @Parameters(paramLabel = "MOUNTPOINT", description = "Existing empty folder.")
  @Nullable Path mountpoint;

  @Override
  public Integer call() throws InterruptedException {
    OffsetFs fs = read(Objects.requireNonNull(config));
    PidFile pid = pidFile == null ? null : new PidFile(pidFile.toAbsolutePath());
    if (pid != null) {
      pid.claim();
    }
    if (background) {
      return startBackground(fs, pid);
    }
    return serve(fs, pid);
  }

  private int startBackground(OffsetFs fs, @Nullable PidFile pid) throws InterruptedException {
    if (pid == null) {
      throw new CommandException(
          ExitCode.USAGE, "--background: needs --pid-file FILE, to be stopped by it");
    }
    Background process = new Background(pid);
    PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
    int exitCode = process.start(err);
    if (exitCode == ExitCode.DONE.code()) {
      err.printf(
          "mounted: %d files on %s, in the background; log: %s; kill $(cat %s) unmounts%n",
          fs.names().size(), mountpoint, process.log(), pid.path());
    }
    return exitCode;
  }

  private int serve(OffsetFs fs, @Nullable PidFile pid) throws InterruptedException {
    CompletableFuture<ExitCode> end = new CompletableFuture<>();
    Signals.handle(
        kind ->
            end.complete(kind == Signals.Kind.INTERRUPT ? ExitCode.INTERRUPTED : ExitCode.DONE));
    try (Mount mount = mount(fs, Objects.requireNonNull(mountpoint))) {
      mount.ended().thenRun(() -> end.complete(ExitCode.DONE));
      announce(fs, mount);
      if (pid != null) {
        pid.write();
      }
      return end.get().code();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      if (pid != null) {
        pid.remove();
      }
    }
  }

  private OffsetFs read(Path list) {
    OffsetFs fs = new OffsetFs(readOnly ? Access.READ_ONLY : Access.READ_WRITE);
    try {
      for (TaskLine line : TaskLines.read(list)) {
        fs.add(file(line));
      }
    } catch (InputException | IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
    if (fs.files().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE, "%s: no tasks (expected: a JSON object a line)".formatted(list));
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

  private Mount mount(OffsetFs fs, Path folder) {
    try {
      return new FuseMountFactory(fuse)
          .mount(fs, folder, new MountOptions(allowOther, debug, false));
    } catch (MountException e) {
      ExitCode code =
          e.kind() == MountException.Kind.REQUEST_UNFIT ? ExitCode.USAGE : ExitCode.LOCAL_IO;
      throw new CommandException(code, String.valueOf(e.getMessage()), e);
    }
  }

  private void announce(OffsetFs fs, Mount mount) {
    PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
    List<String> broken = fs.names().stream().filter(name -> isBroken(fs, name)).toList();
    if (!broken.isEmpty()) {
      err.printf(
          "warning: %d of %d files can't be read now: %s%n",
          broken.size(),
          fs.names().size(),
          String.join(", ", broken.subList(0, Math.min(BROKEN_NAMED_MAX, broken.size())))
              + (broken.size() > BROKEN_NAMED_MAX ? ", ..." : ""));
    }
    err.printf(
        "mounted: %d files on %s (%s); Ctrl-C unmounts%n",
        fs.names().size(), mount.folder(), readOnly ? "read-only" : "read-write");
    err.flush();
  }

  private static boolean isBroken(OffsetFs fs, String name) {
    try {
      fs.attributes(name);
      return false;
    } catch (ErrnoException e) {
      return true;
    }
  }
}
