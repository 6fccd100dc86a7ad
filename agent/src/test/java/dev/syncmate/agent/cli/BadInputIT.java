// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import static dev.syncmate.agent.cli.BadInput.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.offsetfs.fuse.FuseHost;
import dev.syncmate.agent.testing.LocalStack;
import dev.syncmate.agent.testing.S3ProxyExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines that fail on what other hosts, the system or another user's files answer. */
class BadInputIT {
  private static final String NOBODY = "65534";

  @RegisterExtension static final S3ProxyExtension S3 = new S3ProxyExtension();
  private static LocalStack stack;

  @TempDir Path folder;
  private BadInput input;

  @BeforeAll
  static void start() {
    stack = LocalStack.start(LocalStack.Options.defaults());
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  @BeforeEach
  void writeFiles() {
    input = new BadInput(folder);
    config(stack.config("send"), "stack.json");
  }

  private Path config(ObjectNode config, String name) {
    return input.write(name, config.toString());
  }

  private ObjectNode s3Proxy() {
    return stack
        .config("send")
        .put("access_key", S3ProxyExtension.ACCESS_KEY)
        .put("secret_key", S3ProxyExtension.SECRET_KEY)
        .put("bucket", S3ProxyExtension.BUCKET)
        .put("endpoint", S3.endpoint().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c wrong.json -s src.json -d dst.json --no-mount",
        "recv -c wrong.json -s src.json -d dst.json -D new.dir",
        "--role send -c wrong.json",
        "status -c wrong.json",
        "status --skip-db -c wrong.json",
        "send --skip-db -c wrong.json -s src.json -d dst.json",
        "recv --skip-db -c wrong.json -s src.json -d dst.json -D new.dir"
      })
  void wrongSecretKey(String line) {
    for (ObjectNode config : List.of(stack.config("admin"), s3Proxy())) {
      config(config.put("secret_key", "the-secret"), "wrong.json");
      assertRefused(
          input.run(line),
          ExitCode.USAGE,
          "bucket " + config.path("bucket").textValue(),
          "SignatureDoesNotMatch",
          "check secret_key");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c wrong.json -s src.json -d dst.json --no-mount",
        "recv -c wrong.json -s src.json -d dst.json -D new.dir",
        "status -c wrong.json"
      })
  void bucketMissing(String line) {
    for (ObjectNode config : List.of(stack.config("admin"), s3Proxy())) {
      config(config.put("bucket", "not-there"), "wrong.json");
      assertRefused(input.run(line), ExitCode.USAGE, "bucket not-there at http://", "check bucket");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send -c wrong.json -s src.json -d dst.json --no-mount",
        "recv -c wrong.json -s src.json -d dst.json -D new.dir",
        "--role recv -c wrong.json -D new.dir",
        "status -c wrong.json"
      })
  void wrongToken(String line) {
    config(stack.config("admin").put("coordinator_token", "the-token"), "wrong.json");
    assertRefused(input.run(line), ExitCode.USAGE, "unauthorized", "check coordinator_token");
  }

  @ParameterizedTest
  @ValueSource(strings = "--role recv -c stack.json -D new.dir")
  void tokenOfAnotherRole(String line) {
    assertRefused(input.run(line), ExitCode.USAGE, "role send (expected: recv or admin)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--role send -c wrong.json --no-mount", "status -c wrong.json"})
  void coordinatorUnreachable(String line) {
    config(stack.config("send").put("coordinator_url", "http://127.0.0.1:1"), "wrong.json");
    assertRefused(
        input.run(line),
        ExitCode.UNREACHABLE,
        "coordinator http://127.0.0.1:1 does not answer",
        "check coordinator_url and the network");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"send -c wrong.json -s src.json -d dst.json", "status --skip-db -c wrong.json"})
  void storeUnreachable(String line) {
    config(stack.config("send").put("endpoint", "http://127.0.0.1:1"), "wrong.json");
    assertRefused(
        input.run(line),
        ExitCode.UNREACHABLE,
        "list bucket syncmate: no answer from http://127.0.0.1:1",
        "check the network and the endpoint");
  }

  @ParameterizedTest
  @ValueSource(strings = "send --skip-db -c stack.json -s src.json -d dst.json")
  void sendSkipDb_noFileOnThisHost(String line) {
    Ran ran = input.run(line);
    assertThat(ran.err())
        .contains(
            "left out: /s/o_0.bin: not on this host",
            "none of the files is on this host: check paths in the configuration");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED.code());
  }

  @ParameterizedTest
  @ValueSource(strings = "recv --skip-db --once -c stack.json -s src.json -d dst.json -D new.dir")
  void recvSkipDbOnce_nothingInTheBucket(String line) {
    Ran ran = input.run(line);
    assertThat(ran.out()).startsWith("placed 0 files").contains("1 are not in the bucket");
    assertThat(ran.exitCode()).isEqualTo(ExitCode.SOME_FAILED.code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status -c config.json",
        "taskgen -s src.json -d dst.json",
        "send -c config.json -s src.json -d dst.json",
        "mount -c src.json /mnt"
      })
  void fileOfAnotherUser(String line) throws Exception {
    Ran ran = asNobody(line);
    assertRefused(
        ran,
        ExitCode.USAGE,
        line.contains("config.json") ? "config.json" : "src.json",
        "permission denied");
  }

  @ParameterizedTest
  @ValueSource(strings = "recv -c theirs.json -D here.dir/new -s src.json -d dst.json")
  void destDirOfAnotherUser(String line) throws Exception {
    open(config(stack.config("recv"), "theirs.json"));
    Files.createDirectory(folder.resolve("here.dir"));
    assertRefused(
        asNobody(line), ExitCode.LOCAL_IO, "--dest-dir " + folder, "here.dir: permission denied");
  }

  @ParameterizedTest
  @ValueSource(strings = "taskgen -s theirs.json -d dst.json")
  void sourceOfAnotherUser_isAnErrorThatNamesItAndTheOthersAreWritten(String line)
      throws Exception {
    Path denied = Files.write(folder.resolve("o_0.bin"), new byte[9000]);
    Files.setPosixFilePermissions(denied, PosixFilePermissions.fromString("rw-------"));
    Path readable = Files.write(folder.resolve("o_1.bin"), new byte[9000]);
    open(readable);
    open(input.write("theirs.json", two(folder.toString(), 9000, SampleDigest.of(readable))));
    open(input.write("dst.json", two("/d", 6000, SampleDigest.ofPrefix(readable, 6000))));
    Ran ran = asNobody(line);
    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.SOME_FAILED.code());
    assertThat(ran.err()).contains(denied + ": permission denied").doesNotContain("\tat ");
    assertThat(ran.out().lines().toList())
        .singleElement()
        .asString()
        .contains("\"o_1.bin.offset.6000\"", "\"size\":3000");
  }

  @ParameterizedTest
  @ValueSource(strings = "mount -c tasks.jsonl empty.dir")
  void mountWithoutFuse_isOneLine(String line) throws Exception {
    Files.createDirectory(folder.resolve("empty.dir"));
    input.write(
        "tasks.jsonl",
        "{\"virtual_path\":\"a\",\"source_path\":\"/etc/hostname\",\"offset\":0,\"size\":0}");
    assertRefused(withoutFuse(line), ExitCode.LOCAL_IO, "FUSE: no /dev/fuse", "modprobe fuse");
  }

  @ParameterizedTest
  @ValueSource(strings = "--role send -c wrong.json")
  void agentWithoutFuse_warnsOnceAndWorks(String line) throws Exception {
    // A token of a wrong role ends the agent right behind the point where it would have mounted.
    config(stack.config("recv"), "wrong.json");
    Ran ran = withoutFuse(line);
    assertThat(ran.err().lines().filter(said -> said.contains("/dev/fuse")))
        .singleElement()
        .asString()
        .startsWith("syncmate: warning: leased slices are not mounted, files are read directly");
    assertRefused(ran, ExitCode.USAGE, "role recv (expected: send or admin)");
  }

  private static String two(String root, long size, String digest) {
    String shard =
        "{\"path\": \"%s/o_%%d.bin\", \"size\": %d, \"digest\": \"%s\"}"
            .formatted(root, size, digest);
    return "{\"maps\": {}, \"objects\": {\"o.bin\": {\"shards\": [%s, %s]}}}"
        .formatted(shard.formatted(0), shard.formatted(1));
  }

  /** Runs it as a process of a user who may read the jar and what was opened, no more. */
  private Ran asNobody(String line) throws Exception {
    FuseHost.assumeWorks("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "true");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path jar = Files.copy(jar(), folder.resolve("a.jar"));
    open(jar);
    return process(
        List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"), jar, line);
  }

  /** Runs it in a mount namespace whose /dev has the devices that Java needs and no fuse. */
  private Ran withoutFuse(String line) throws Exception {
    String script =
        """
        set -e
        for device in null zero random urandom tty; do
          touch "$0/$device"; mount --bind "/dev/$device" "$0/$device"
        done
        mount --rbind "$0" /dev
        exec "$@"
        """;
    Path dev = Files.createDirectory(folder.resolve("dev.d"));
    FuseHost.assumeWorks("unshare", "-m", "sh", "-c", script, dev.toString(), "true");
    return process(List.of("unshare", "-m", "sh", "-c", script, dev.toString()), jar(), line);
  }

  private Ran process(List<String> before, Path jar, String line) throws Exception {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-jar", jar.toString()));
    command.addAll(input.words(line));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    int exitCode = process.waitFor();
    return new Ran(exitCode, Files.readString(out), Files.readString(err));
  }

  private static Path jar() {
    return Path.of(System.getProperty("syncmate.agent.jar", "target/agent.jar")).toAbsolutePath();
  }

  private static void open(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }
}
