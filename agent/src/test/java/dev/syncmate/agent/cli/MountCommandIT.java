// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.offsetfs.FuseVersion;
import dev.syncmate.agent.offsetfs.fuse.FuseHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code java -jar agent.jar mount} as a process of its own. */
class MountCommandIT {
  private static final Path JAR = Path.of(System.getProperty("syncmate.agent.jar", "agent.jar"));

  private final List<Process> started = new ArrayList<>();
  @TempDir Path temp;
  private Path folder;
  private Path tasks;

  @BeforeEach
  void prepare() throws IOException {
    FuseHost.assumeFuse();
    folder = Files.createDirectory(temp.toRealPath().resolve("mount"));
    Path source = Files.writeString(temp.resolve("source"), "0123456789");
    tasks =
        Files.writeString(
            temp.resolve("tasks.jsonl"),
            """
            # a comment

            {"virtual_path":"a","source_path":"%s","offset":2,"size":3}
            {"virtual_path":"rest","source_path":"%s","offset":5,"size":0}
            """
                .formatted(source, source));
  }

  @AfterEach
  void stopAll() throws InterruptedException {
    for (Process process : started) {
      process.destroy();
      process.waitFor(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void help_namesTheSeedsFlags() throws Exception {
    assertThat(
            FuseHost.run(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-jar",
                    JAR.toString(),
                    "mount",
                    "--help")
                .output())
        .contains("-c, --config", "-d, --debug", "-a, --allow-other", "-r, --readonly");
  }

  @Test
  void sigterm_unmountsAndEndsWithZero() throws Exception {
    Process process = mount("--readonly");
    assertThat(FuseHost.run("cat", folder + "/a", folder + "/rest").output()).isEqualTo("23456789");
    assertThat(FuseHost.run("sh", "-c", "echo > " + folder + "/a").status()).isNotZero();
    process.destroy();
    assertThat(exitOf(process)).isZero();
    assertThat(FuseHost.isMountedUnder(folder)).isFalse();
  }

  // In a process of its own and repeated: the kernel's own value came back in one start of three,
  // when it was raised before the kernel had taken the answer to its first request.
  @RepeatedTest(5)
  void mount_byRoot_readsAhead384KiB() throws Exception {
    mount("--readonly");
    Path setting = FuseHost.readAheadOf(folder);
    FuseHost.assume(Files.isWritable(setting), setting + " may not be written by this user");
    assertThat(setting).hasContent("384");
  }

  @Test
  void sigint_unmountsAndEndsWith130() throws Exception {
    Process process = mount();
    assertThat(FuseHost.run("sh", "-c", "kill -INT " + process.pid()).status()).isZero();
    assertThat(exitOf(process)).isEqualTo(130);
    assertThat(FuseHost.isMountedUnder(folder)).isFalse();
  }

  @Test
  void unmountFromOutside_endsWithZero() throws Exception {
    Process process = mount();
    assertThat(FuseHost.run("umount", folder.toString()).status()).isZero();
    assertThat(exitOf(process)).isZero();
  }

  @Test
  void kill9_thenMountAgain_works() throws Exception {
    Process process = mount();
    process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    mount();
    assertThat(FuseHost.run("cat", folder + "/a").output()).isEqualTo("234");
  }

  @Test
  void kill9_withoutAutoUnmount_thenMountAgain_clearsWhatIsLeft() throws Exception {
    Process process = mount();
    process.children().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    assertThat(FuseHost.run("ls", folder.toString()).output()).contains("not connected");
    mount();
    assertThat(FuseHost.run("cat", folder + "/a").output()).isEqualTo("234");
  }

  @Test
  void twoMounts_oneKilled_theOtherGoesOn() throws Exception {
    mount();
    Path other = Files.createDirectory(temp.toRealPath().resolve("other"));
    Process second = ready(start(other), other);
    second.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    assertThat(FuseHost.run("cat", folder + "/a").output()).isEqualTo("234");
    ready(start(other), other);
    assertThat(FuseHost.run("cat", folder + "/a", other + "/a").output()).isEqualTo("234234");
  }

  @ParameterizedTest
  @CsvSource({"libfuse.so.2, auto", "libfuse.so.2, 3", "libfuse3.so, auto", "libfuse3.so, 2"})
  void mount_withTheOtherLibraryHidden_works(String hidden, String wish) throws Exception {
    List<String> command = new ArrayList<>(withHidden(hidden));
    command.addAll(command(folder, "--readonly", "--fuse", wish));
    Process process = ready(started(command), folder);
    // Its mount is in its own mount namespace.
    Path seen = Path.of("/proc/" + process.pid() + "/root" + folder);
    assertThat(seen.resolve("a")).hasContent("234");
    assertThat(FuseHost.isMountedUnder(folder)).isFalse();
  }

  @Test
  void mount_wantedLibraryHidden_saysWhatToInstall() throws Exception {
    List<String> command = new ArrayList<>(withHidden("libfuse.so.2"));
    command.addAll(command(folder, "--fuse", "2"));
    Process process = started(command);
    assertThat(exitOf(process)).isEqualTo(4);
    assertThat(errors(process)).contains("libfuse.so.2", "apt-get install").hasLineCount(1);
  }

  @Test
  void background_returnsWhenMounted_killByPidFileUnmounts() throws Exception {
    Path pidFile = temp.resolve("mount.pid");
    Process starter = start(folder, "--background", "--pid-file", pidFile.toString());
    assertThat(exitOf(starter)).isZero();
    assertThat(errors(starter)).contains("in the background", pidFile.toString());
    assertThat(FuseHost.run("cat", folder + "/a").output()).isEqualTo("234");
    ProcessHandle server =
        ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip())).orElseThrow();
    assertThat(server.destroy()).isTrue();
    server.onExit().get(30, TimeUnit.SECONDS);
    assertThat(FuseHost.isMountedUnder(folder)).isFalse();
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void background_thatCannotMount_saysWhyAndLeavesNoPidFile() throws Exception {
    Path pidFile = temp.resolve("mount.pid");
    Process starter = start(temp.resolve("none"), "--background", "--pid-file", pidFile.toString());
    assertThat(exitOf(starter)).isEqualTo(2);
    assertThat(errors(starter)).contains("no such folder").hasLineCount(1);
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void secondMountOnTheSameFolder_isRefusedAndTheFirstGoesOn() throws Exception {
    mount();
    Process second = start(folder);
    assertThat(exitOf(second)).isEqualTo(2);
    assertThat(errors(second)).contains("is mounted there already").hasLineCount(1);
    assertThat(FuseHost.run("cat", folder + "/a").output()).isEqualTo("234");
  }

  @Test
  void badTaskLine_nothingIsMounted() throws Exception {
    Files.writeString(tasks, "{\"virtual_path\":\"b\"}\n", java.nio.file.StandardOpenOption.APPEND);
    Process process = start(folder);
    assertThat(exitOf(process)).isEqualTo(2);
    assertThat(errors(process)).contains("tasks.jsonl line 5", "source_path").hasLineCount(1);
    assertThat(FuseHost.isMountedUnder(folder)).isFalse();
  }

  @Test
  void missingMountpoint_saysHowToMakeIt() throws Exception {
    Process process = start(temp.resolve("none"));
    assertThat(exitOf(process)).isEqualTo(2);
    assertThat(errors(process)).contains("no such folder", "mkdir").hasLineCount(1);
  }

  private Process mount(String... options) throws IOException {
    return ready(start(folder, options), folder);
  }

  private static Process ready(Process process, Path mountpoint) throws IOException {
    BufferedReader errors =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    String line = errors.readLine();
    List<String> seen = new ArrayList<>();
    while (line != null && !line.startsWith("mounted: 2 files on " + mountpoint)) {
      seen.add(line);
      line = errors.readLine();
    }
    assertThat(line).as("after %s", seen).isNotNull();
    return process;
  }

  private Process start(Path mountpoint, String... options) throws IOException {
    return started(command(mountpoint, options));
  }

  private Process started(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    started.add(process);
    return process;
  }

  private List<String> command(Path mountpoint, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                JAR.toString(),
                "mount",
                "-c",
                tasks.toString()));
    command.addAll(List.of(options));
    command.add(mountpoint.toString());
    return command;
  }

  // Lays nothing over the library's files, in a mount namespace that only the command sees.
  private static List<String> withHidden(String library) throws Exception {
    FuseHost.assumeFuse(FuseVersion.LIBFUSE_2);
    FuseHost.assumeFuse(FuseVersion.LIBFUSE_3);
    FuseHost.assumeWorks("unshare", "-m", "true");
    String hide =
        "for f in $(ls -d /lib/*/%1$s* /usr/lib/*/%1$s* /lib/%1$s* /usr/lib/%1$s* /lib64/%1$s*"
            + " /usr/lib64/%1$s* 2>/dev/null); do mount --bind /dev/null $(readlink -f $f); done;"
            + " exec \"$@\"";
    return List.of("unshare", "-m", "sh", "-c", hide.formatted(library), "sh");
  }

  private static String errors(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private static int exitOf(Process process) throws Exception {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the process still runs after 120 s");
    }
    return process.exitValue();
  }
}
