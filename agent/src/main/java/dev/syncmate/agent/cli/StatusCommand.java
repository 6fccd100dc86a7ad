// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.run.StatusRun;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.cli.terminal.StatusReport;
import dev.syncmate.agent.cli.terminal.StatusTable;
import dev.syncmate.agent.config.AgentConfig;
import dev.syncmate.agent.config.StoreConfig;
import dev.syncmate.agent.failure.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints how far everything is, and what lies in the bucket. */
@Command(
    name = "status",
    description = {
      "Print how far everything is, as the coordinator knows it, and what lies in the bucket.",
      ""
    },
    footerHeading = "%n",
    footer = {
      "--json prints one object on one line:",
      "  {\"coordinator\": GET /status of the coordinator, or null with --skip-db,",
      "   \"bucket\": {\"name\": TEXT, \"objects\": N, \"bytes\": N}}",
      "",
      "Examples:",
      "  java -jar agent.jar status -c config.json",
      "  java -jar agent.jar status --skip-db --json | jq .bucket.bytes",
      "",
      SyncMate.EXIT_CODES
    })
final class StatusCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;

  @Mixin ConfigOption config = new ConfigOption();

  @Option(
      names = "--skip-db",
      description = "Don't ask the coordinator; only what lies in the bucket.")
  boolean skipDb;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() {
    AgentConfig loaded = config.load();
    // Both are checked before either is asked.
    StoreConfig store = loaded.store();
    print(StatusRun.run(store, skipDb ? null : loaded.coordinator()));
    return ExitCode.DONE.code();
  }

  private void print(StatusReport report) {
    Console console = SyncMate.console(spec);
    if (json) {
      console.json(report);
    } else {
      new StatusTable(console.out()).print(report);
    }
  }
}
