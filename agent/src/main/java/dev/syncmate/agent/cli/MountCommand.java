// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.process.Background;
import dev.syncmate.agent.cli.process.PidFile;
import dev.syncmate.agent.cli.run.MountRequest;
import dev.syncmate.agent.cli.run.MountRun;
import dev.syncmate.agent.offsetfs.Access;
import dev.syncmate.agent.offsetfs.FuseVersion;
import dev.syncmate.agent.offsetfs.MountOptions;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
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
    MountRequest request =
        new MountRequest(
            Objects.requireNonNull(config),
            Objects.requireNonNull(mountpoint),
            readOnly ? Access.READ_ONLY : Access.READ_WRITE,
            fuse,
            new MountOptions(allowOther, debug, false));
    PidFile pid = pidFile == null ? null : new PidFile(pidFile.toAbsolutePath());
    MountRun run = new MountRun(request, pid, SyncMate.console(spec));
    return background ? run.inBackground() : run.serve().code();
  }
}
