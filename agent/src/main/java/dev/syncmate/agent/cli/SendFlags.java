// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.cli.run.SendRequest;
import dev.syncmate.agent.cli.run.SendRequest.SliceView;
import dev.syncmate.agent.config.AgentConfig;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.offsetfs.FuseVersion;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a sending agent shows and reads its leased slices. */
final class SendFlags {
  @Option(
      names = "--mount-dir",
      paramLabel = "DIR",
      description =
          "Where a sending agent mounts its leased slices, in a folder of its own (default: the"
              + " system's temporary folder).")
  @Nullable Path mountDir;

  @Option(
      names = "--no-mount",
      description = "Don't mount the leased slices; they are read straight from their files.")
  boolean noMount;

  @Option(
      names = "--slice-io",
      paramLabel = "direct|mount",
      defaultValue = "direct",
      description =
          "Read what is sent straight from the files, or through the mount (default:"
              + " ${DEFAULT-VALUE}, which costs less CPU). Without FUSE it is always direct.")
  SliceIo sliceIo = SliceIo.DIRECT;

  @Option(
      names = "--fuse",
      paramLabel = "2|3|auto",
      defaultValue = "auto",
      converter = FuseVersionConverter.class,
      description =
          "libfuse to mount with (default: ${DEFAULT-VALUE}, 3 where it is installed, else 2).")
  FuseVersion fuse = FuseVersion.AUTO;

  /** How a sending agent reads its slices. */
  enum SliceIo {
    /** From the source files. */
    DIRECT,
    /** Through the agent's own mount. */
    MOUNT
  }

  SendRequest request(AgentConfig config) {
    if (noMount && sliceIo == SliceIo.MOUNT) {
      throw new CommandException(
          ExitCode.USAGE, "--slice-io mount: needs the mount (leave out --no-mount)");
    }
    Path base = Objects.requireNonNullElseGet(mountDir, SendFlags::defaultMountDir);
    SliceView view = noMount ? null : new SliceView(fuse, base, sliceIo == SliceIo.MOUNT);
    return new SendRequest(config.paths(), config.zones(), view);
  }

  private static Path defaultMountDir() {
    return Path.of(
        System.getProperty("java.io.tmpdir"), "syncmate-" + System.getProperty("user.name"));
  }
}
