// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** POSIX ACLs as the kernel has them in an extended attribute: linux/posix_acl_xattr.h. */
public final class Acl {
  private static final int BYTES_MAX = 64;
  private static final int NO_ID = -1;

  private Acl() {}

  /** One that lets the owner read and write, and the user with that number read. */
  public static byte[] readableBy(int user) {
    ByteBuffer acl = ByteBuffer.allocate(BYTES_MAX).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
    entry(acl, 0x01, 6, NO_ID);
    entry(acl, 0x02, 4, user);
    entry(acl, 0x04, 0, NO_ID);
    entry(acl, 0x10, 4, NO_ID);
    entry(acl, 0x20, 0, NO_ID);
    byte[] bytes = new byte[acl.position()];
    acl.flip().get(bytes);
    return bytes;
  }

  private static void entry(ByteBuffer acl, int tag, int permissions, int id) {
    acl.putShort((short) tag).putShort((short) permissions).putInt(id);
  }
}
