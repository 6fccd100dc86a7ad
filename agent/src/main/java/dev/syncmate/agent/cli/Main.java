// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.cli.terminal.Logging;
import dev.syncmate.agent.failure.ExitCode;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Starts the command line.
 *
 * <p><b>Errors.</b> Each failure is one line on stderr and the exit code of {@link ExitCode}; a
 * stack trace comes with {@code -vv} only.
 */
public final class Main {
  private static final int STACK_TRACES = 2;
  private static final int USAGE_COLUMNS = 100;
  private static final Pattern VERBOSITY = Pattern.compile("-v+|--verbose(=.*)?");

  private Main() {}

  /** Runs the command and exits with its status. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
    PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
    int status = run(args, out, err);
    out.flush();
    err.flush();
    System.exit(status);
  }

  /** Runs the command in this process and answers with its exit code. */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    SyncMate root = new SyncMate();
    CommandLine commandLine =
        new CommandLine(root)
            .setOut(out)
            .setErr(err)
            // A path may begin with @.
            .setExpandAtFiles(false)
            .setUsageHelpWidth(USAGE_COLUMNS)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler((refused, given) -> usageError(refused))
            .setExecutionExceptionHandler((thrown, command, parsed) -> failure(root, thrown, err))
            .setExecutionStrategy(parsed -> execute(root, parsed));
    return commandLine.execute(withAgentCommand(args, commandLine));
  }

  private static int execute(SyncMate root, ParseResult parsed) {
    // Before logging is set up, which takes longer than to show a version.
    Integer shown = CommandLine.executeHelpRequest(parsed);
    if (shown != null) {
      return shown;
    }
    Logging.configure(root.verbosity());
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int failure(SyncMate root, Throwable thrown, PrintWriter err) {
    ErrorLine line = ErrorLine.of(thrown);
    err.println(Console.PROGRAM + ": " + line.text());
    if (root.verbosity() >= STACK_TRACES) {
      thrown.printStackTrace(err);
    }
    err.flush();
    return line.exitCode().code();
  }

  private static int usageError(ParameterException refused) {
    CommandLine command = refused.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(Console.PROGRAM + ": " + Console.oneLine(refused.getMessage()));
    UnmatchedArgumentException.printSuggestions(refused, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return ExitCode.USAGE.code();
  }

  // "agent.jar --role send" is short for "agent.jar agent --role send".
  static String[] withAgentCommand(String[] args, CommandLine root) {
    Optional<String> first =
        Arrays.stream(args).filter(arg -> !VERBOSITY.matcher(arg).matches()).findFirst();
    boolean role =
        Arrays.stream(args).anyMatch(arg -> arg.equals("--role") || arg.startsWith("--role="));
    if (!role || first.filter(root.getSubcommands()::containsKey).isPresent()) {
      return args;
    }
    return Stream.concat(Stream.of("agent"), Arrays.stream(args)).toArray(String[]::new);
  }
}
