// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.cli.terminal.Logging;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Properties;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class MainTest {
  @Test
  void version_printsOneLineOnStdout() {
    Ran ran = Ran.run("--version");
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).matches("syncmate \\S+ \\(commit .+, built .+\\)\\R");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void version_buildUnknown_saysSo() {
    assertThat(VersionProvider.line(new Properties()))
        .isEqualTo("syncmate unknown (commit unknown, built unknown)");
  }

  @Test
  void help_listsExamplesAndExitCodes() {
    Ran ran = Ran.run("--help");
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out()).contains("--role send|recv|both", "Examples:", "Exit codes: 0 done");
  }

  @Test
  void noCommand_isUsageError() {
    Ran ran = Ran.run();
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err().lines())
        .containsExactly("syncmate: a command is missing", "Try 'syncmate --help'.");
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void unknownOption_isUsageErrorWithHint() {
    Ran ran = Ran.run("--no-such-option");
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).startsWith("syncmate: Unknown option: '--no-such-option'");
    assertThat(ran.err()).endsWith("Try 'syncmate --help'." + System.lineSeparator());
    assertThat(ran.err()).doesNotContain("\tat ");
  }

  @Test
  void roleAtTheRoot_isTheAgentCommand() {
    for (String[] args :
        new String[][] {
          {"--role", "send", "-c", "/none.json"},
          {"-c", "/none.json", "--role=RECV"},
          {"-v", "--verbose=1", "--role", "both", "-c", "/none.json"},
          {"agent", "--role", "send", "-c", "/none.json"}
        }) {
      Ran ran = Ran.run(args);
      assertThat(ran.err()).startsWith("syncmate: /none.json: no such file");
      assertThat(ran.exitCode()).isEqualTo(2);
    }
    Logging.configure(0);
  }

  @Test
  void role_unknown_isUsageError() {
    Ran ran = Ran.run("--role", "observer");
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err().lines()).hasSize(2);
    assertThat(ran.err()).contains("observer", "Try 'syncmate agent --help'.");
  }

  @Test
  void everyCommand_help_namesExitCodes() {
    for (String command : new String[] {"agent", "send", "recv", "status", "mount", "taskgen"}) {
      Ran ran = Ran.run(command, "--help");
      assertThat(ran.exitCode()).as(command).isZero();
      assertThat(ran.out()).as(command).contains("Exit codes: 0 done");
    }
  }

  @Test
  void errorLine_commandException_keepsItsCode() {
    assertThat(ErrorLine.of(new CommandException(ExitCode.LOCAL_IO, "x\n  y")))
        .isEqualTo(new ErrorLine(ExitCode.LOCAL_IO, "x y"));
  }

  @Test
  void errorLine_fileMissing_namesIt() {
    assertThat(ErrorLine.of(new UncheckedIOException(new NoSuchFileException("/a/b"))))
        .isEqualTo(new ErrorLine(ExitCode.LOCAL_IO, "/a/b: no such file or folder"));
  }

  @Test
  void errorLine_coordinatorSilent_isUnreachable() {
    Throwable thrown =
        new CompletionException(new TransferException(Reason.COORDINATOR_UNREACHABLE, "m", null));
    assertThat(ErrorLine.of(thrown)).isEqualTo(new ErrorLine(ExitCode.UNREACHABLE, "m"));
  }

  @Test
  void errorLine_credentialsRefused_isConfiguration() {
    Throwable thrown = new TransferException(Reason.ACCESS_DENIED, "m");
    assertThat(ErrorLine.of(thrown)).isEqualTo(new ErrorLine(ExitCode.USAGE, "m"));
  }

  @Test
  void errorLine_bug_saysWhereToLook() {
    ErrorLine line = ErrorLine.of(new IllegalStateException("odd"));
    assertThat(line.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
    assertThat(line.text())
        .startsWith("internal error: IllegalStateException: odd")
        .contains("-vv");
  }
}
