// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.FuseVersion;

class FuseMount2IT extends FuseMountSuite {
  FuseMount2IT() {
    super(FuseVersion.LIBFUSE_2);
  }
}
