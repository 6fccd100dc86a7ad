// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.FuseVersion;

class FuseMount3IT extends FuseMountSuite {
  FuseMount3IT() {
    super(FuseVersion.LIBFUSE_3);
  }
}
