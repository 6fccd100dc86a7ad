// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.terminal.Console;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command: options that all commands share, and the list of commands. */
@Command(
    name = Console.PROGRAM,
    description = {
      "Brings a World of Code copy on another continent up to date, through Cloudflare R2.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = VersionProvider.class,
    // The one list of commands: a new one is registered here.
    subcommands = {
      AgentCommand.class,
      SendCommand.class,
      RecvCommand.class,
      StatusCommand.class,
      TaskgenCommand.class,
      PlanCommand.class,
      ProfileCommand.class,
      VerifyCommand.class,
      MountCommand.class,
    },
    footerHeading = "%n",
    footer = {
      "Without a command, --role send|recv|both starts an agent (the same as the agent command).",
      "",
      "Examples:",
      "  java -jar agent.jar --role both -c config.json",
      "  java -jar agent.jar send -s woc.src.json -d woc.dst.json -c config.json",
      "  java -jar agent.jar status -c config.json",
      "",
      SyncMate.EXIT_CODES
    })
final class SyncMate implements Runnable {
  static final String EXIT_CODES =
      "Exit codes: 0 done, 1 some files failed (or an internal error), 2 usage or configuration (refused%n"
          + "credentials too), 3 can't reach the coordinator or R2, 4 local I/O, 130 interrupted.";

  @Spec @Nullable CommandSpec spec;

  @Option(
      names = "-v",
      scope = ScopeType.INHERIT,
      description = "Log what starts and ends (-v) or each task (-vv, with stack traces).")
  boolean[] verbose = {};

  @Option(
      names = "--verbose",
      arity = "0..1",
      fallbackValue = "1",
      paramLabel = "N",
      scope = ScopeType.INHERIT,
      description = "The same as N times -v.")
  int verboseLevel;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show version, commit and build time and exit.")
  boolean version;

  /** The terminal of the command that is so specified. */
  static Console console(@Nullable CommandSpec command) {
    if (command == null || !(command.root().userObject() instanceof SyncMate root)) {
      throw new IllegalStateException("not a command of this program");
    }
    CommandLine line = command.commandLine();
    return new Console(line.getOut(), line.getErr(), root.verbosity() > 0);
  }

  int verbosity() {
    return Math.max(verbose.length, verboseLevel);
  }

  @Override
  public void run() {
    CommandSpec root = spec;
    if (root != null) {
      throw new ParameterException(root.commandLine(), "a command is missing");
    }
  }
}
