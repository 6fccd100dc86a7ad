// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.offsetfs.Attributes;
import dev.syncmate.agent.offsetfs.FuseVersion;
import dev.syncmate.agent.offsetfs.OpenMode;
import java.time.Instant;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Offsets as the C headers have them: {@code offsetof(struct stat, ...)} on each machine. */
class LayoutTest {
  private static final Attributes ATTRIBUTES =
      new Attributes(1_025, 0444, 7, 8, Instant.ofEpochSecond(1_700_000_000, 5));

  @ParameterizedTest
  @CsvSource({
    "amd64, 144, 24, 16, 28, 32",
    "x86_64, 144, 24, 16, 28, 32",
    "aarch64, 128, 16, 20, 24, 28"
  })
  void stat_ofMachine_hasItsOffsets(
      String machine, int size, int mode, int links, int uid, int gid) {
    StatLayout layout = StatLayout.of(machine).orElseThrow();
    assertThat(layout.sizeBytes()).isEqualTo(size);
    Pointer stat = memory(size);
    layout.fill(stat, 0100444, 3, ATTRIBUTES);
    assertThat(stat.getInt(mode)).isEqualTo(0100444);
    assertThat(stat.getInt(links)).isEqualTo(3);
    assertThat(stat.getInt(uid)).isEqualTo(7);
    assertThat(stat.getInt(gid)).isEqualTo(8);
    assertThat(stat.getLong(48)).isEqualTo(1_025);
    assertThat(stat.getInt(56)).isEqualTo(4_096);
    assertThat(stat.getLong(64)).isEqualTo(3);
    for (int time : new int[] {72, 88, 104}) {
      assertThat(stat.getLong(time)).isEqualTo(1_700_000_000);
      assertThat(stat.getLong(time + 8)).isEqualTo(5);
    }
  }

  @Test
  void stat_ofUnknownMachine_isEmpty() {
    assertThat(StatLayout.of("riscv64")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"LIBFUSE_2, 20, 1, 24", "LIBFUSE_3, 4, 2, 16"})
  void fileInfo_ofLibrary_hasItsOffsets(FileInfo layout, int bits, int directIo, int handle) {
    Pointer info = memory(40);
    info.putInt(0, 02001);
    layout.setHandle(info, 77);
    layout.setDirectIo(info);
    assertThat(info.getLong(handle)).isEqualTo(77);
    assertThat(layout.handle(info)).isEqualTo(77);
    assertThat(info.getInt(bits)).isEqualTo(directIo);
    assertThat(FileInfo.mode(info)).isEqualTo(new OpenMode(false, true, true));
  }

  @Test
  void version_ofFlag_isFoundOrRefused() {
    assertThat(FuseVersion.of("auto")).isEqualTo(FuseVersion.AUTO);
    assertThat(FuseVersion.of("3")).isEqualTo(FuseVersion.LIBFUSE_3);
    assertThatThrownBy(() -> FuseVersion.of("4")).hasMessage("fuse: 4 (expected: 2, 3 or auto)");
  }

  private static Pointer memory(int bytes) {
    return Memory.allocateDirect(Runtime.getSystemRuntime(), bytes, true);
  }
}
