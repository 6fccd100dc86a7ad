// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may do what with a file: owner, group, permissions, POSIX ACL, extended attributes.
 *
 * <p><b>Errors.</b> An owner or group that this user may not give is logged; nobody may then do
 * more with the file for that. Attributes of the system's that this user may not set are left.
 *
 * <p><b>Source.</b> acl(5): with an ACL the permissions of the group are the mask of all that it
 * names; linux/posix_acl_xattr.h: version, then entries of tag, permissions and id.
 */
public final class FileAccess {
  private static final Logger LOG = LoggerFactory.getLogger(FileAccess.class);
  private static final String ACL = "system.posix_acl_access";
  private static final int ACL_HEADER_BYTES = 4;
  private static final int ACL_ENTRY_BYTES = 8;
  private static final int ACL_GROUP = 4;

  private static final Set<PosixFilePermission> OWNERS =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final Set<PosixFilePermission> GROUPS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE);

  private FileAccess() {}

  /** Gives a file that is to take another's place the access that the other one has. */
  public static void copy(Path from, Path to) throws IOException {
    PosixFileAttributes old = view(from).readAttributes();
    byte[] acl = Xattrs.get(from, ACL);
    // Nobody else until all of it is there: in between it would be an other one's access.
    setPermissions(to, OWNERS);
    tried(to, "owner", () -> view(to).setOwner(old.owner()));
    boolean isGroups = tried(to, "group", () -> view(to).setGroup(old.group()));
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(old.permissions());
    if (!isGroups && acl == null) {
      permissions.removeIf(one -> GROUPS.contains(one) && !permissions.contains(ofOthers(one)));
    }
    if (acl == null) {
      Xattrs.remove(to, ACL);
    } else {
      Xattrs.set(to, ACL, isGroups ? acl : withoutGroup(acl));
    }
    setPermissions(to, permissions);
    copyAttributes(from, to);
  }

  /**
   * Lets nobody do with a file that is being made what they may not do with the one whose place it
   * will take, if there is one.
   */
  public static void narrow(Path made, Path existing) throws IOException {
    if (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    PosixFileAttributes old = view(existing).readAttributes();
    PosixFileAttributes own = view(made).readAttributes();
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(own.permissions());
    permissions.retainAll(old.permissions());
    if (!own.group().equals(old.group()) || Xattrs.get(existing, ACL) != null) {
      permissions.removeAll(GROUPS);
    }
    permissions.addAll(OWNERS);
    setPermissions(made, permissions);
  }

  private static PosixFilePermission ofOthers(PosixFilePermission group) {
    return PosixFilePermission.valueOf(group.name().replace("GROUP", "OTHERS"));
  }

  private static void copyAttributes(Path from, Path to) throws IOException {
    for (String name : Xattrs.names(from)) {
      byte[] value = Xattrs.get(from, name);
      if (value == null || name.equals(ACL)) {
        continue;
      }
      if (name.startsWith("user.")) {
        Xattrs.set(to, name, value);
      } else if (isKept(name)) {
        tried(to, name, () -> Xattrs.set(to, name, value));
      }
    }
  }

  /** Not those that speak of the content, as capabilities and the kernel's own digests do. */
  private static boolean isKept(String name) {
    return name.startsWith("trusted.")
        || name.equals("security.selinux")
        || name.equals("system.nfs4_acl");
  }

  /** The group is another one: it gets nothing. */
  private static byte[] withoutGroup(byte[] acl) {
    ByteBuffer entries = ByteBuffer.wrap(acl.clone()).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = ACL_HEADER_BYTES; at + ACL_ENTRY_BYTES <= acl.length; at += ACL_ENTRY_BYTES) {
      if (entries.getShort(at) == ACL_GROUP) {
        entries.putShort(at + Short.BYTES, (short) 0);
      }
    }
    return entries.array();
  }

  private interface Change {
    void make() throws IOException;
  }

  private static boolean tried(Path file, String what, Change change) {
    try {
      change.make();
      return true;
    } catch (IOException e) {
      LOG.warn("disk.access_not_kept file={} what={} error={}", file, what, e.getMessage());
      return false;
    }
  }

  private static PosixFileAttributeView view(Path file) {
    return Files.getFileAttributeView(
        file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static void setPermissions(Path file, Set<PosixFilePermission> permissions)
      throws IOException {
    view(file).setPermissions(permissions);
  }
}
