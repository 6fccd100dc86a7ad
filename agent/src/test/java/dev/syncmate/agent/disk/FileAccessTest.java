// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.syncmate.agent.testing.Acl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAccessTest {
  private static final String ACL = "system.posix_acl_access";
  @TempDir Path folder;
  private Path old;
  private Path fresh;

  @BeforeEach
  void makeFiles() throws IOException {
    old = Files.createFile(folder.resolve("old"));
    fresh = Files.createFile(folder.resolve("new"));
  }

  @Test
  void copy_permissionsAclAndAttributes_areTheOldOnes() throws IOException {
    requireAcls();
    Xattrs.set(old, ACL, acl(65_534));
    Xattrs.set(old, "user.owner", "woc".getBytes(UTF_8));
    FileAccess.copy(old, fresh);
    assertThat(Xattrs.get(fresh, ACL)).isEqualTo(acl(65_534));
    assertThat(Xattrs.get(fresh, "user.owner")).asString(UTF_8).isEqualTo("woc");
    assertThat(permissions(fresh)).isEqualTo(permissions(old)).isEqualTo("rw-r-----");
  }

  @Test
  void copy_aclThatOnlyTheNewOneHas_isTakenAway() throws IOException {
    requireAcls();
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-r-----"));
    Xattrs.set(fresh, ACL, acl(65_534));
    FileAccess.copy(old, fresh);
    assertThat(Xattrs.get(fresh, ACL)).isNull();
    assertThat(permissions(fresh)).isEqualTo("rw-r-----");
  }

  @Test
  void copy_nobodyMayAnything_nobodyMayAfterwards() throws IOException {
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("---------"));
    FileAccess.copy(old, fresh);
    assertThat(permissions(fresh)).isEqualTo("---------");
  }

  @Test
  void copy_ownerAndGroup_areTheOldOnesForRoot() throws IOException {
    assumeTrue(isRoot(), "needs to be root to give files away");
    Files.setAttribute(old, "unix:uid", 65_534);
    Files.setAttribute(old, "unix:gid", 65_533);
    FileAccess.copy(old, fresh);
    assertThat(Files.readAttributes(fresh, "unix:uid,gid"))
        .containsEntry("uid", 65_534)
        .containsEntry("gid", 65_533);
  }

  @Test
  void narrow_existingFileOfFewRights_letsNobodyDoMore() throws IOException {
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-rw-r--"));
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("r--r-----"));
    FileAccess.narrow(fresh, old);
    assertThat(permissions(fresh)).isEqualTo("rw-r-----");
    FileAccess.narrow(fresh, folder.resolve("none"));
    assertThat(permissions(fresh)).isEqualTo("rw-r-----");
  }

  @Test
  void narrow_existingFileOfAnotherGroup_givesOursNothing() throws IOException {
    assumeTrue(isRoot(), "needs to be root to give files away");
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-rw----"));
    Files.setAttribute(old, "unix:gid", 65_533);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-rw-rw-"));
    FileAccess.narrow(fresh, old);
    assertThat(permissions(fresh)).isEqualTo("rw-------");
  }

  private void requireAcls() throws IOException {
    try {
      Xattrs.set(fresh, "user.test", new byte[1]);
      Xattrs.set(fresh, ACL, acl(65_534));
      Xattrs.remove(fresh, ACL);
    } catch (IOException none) {
      assumeTrue(false, "needs a temporary folder whose file system has ACLs and attributes");
    }
  }

  private static boolean isRoot() throws IOException {
    return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static byte[] acl(int user) {
    return Acl.readableBy(user);
  }
}
