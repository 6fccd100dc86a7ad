// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.offsetfs.Access;
import dev.syncmate.agent.offsetfs.FuseVersion;
import dev.syncmate.agent.offsetfs.MountOptions;
import java.nio.file.Path;

/** The task list to mount, where, and how. */
public record MountRequest(
    Path tasks, Path mountpoint, Access access, FuseVersion fuse, MountOptions options) {}
