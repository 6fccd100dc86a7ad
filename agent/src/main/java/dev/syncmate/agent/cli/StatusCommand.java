// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.syncmate.agent.config.AgentConfig;
import dev.syncmate.agent.config.CoordinatorConfig;
import dev.syncmate.agent.config.StoreConfig;
import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.Status;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.Objects;
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
  private static final int LISTINGS_AT_ONCE = 1;

  @Spec @Nullable CommandSpec spec;

  @Mixin ConfigOption config = new ConfigOption();

  @Option(
      names = "--skip-db",
      description = "Don't ask the coordinator; only what lies in the bucket.")
  boolean skipDb;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    AgentConfig loaded = config.load();
    // Both are checked before either is asked.
    StoreConfig store = loaded.store();
    @Nullable CoordinatorConfig coordinator = skipDb ? null : loaded.coordinator();
    Vertx vertx = Wiring.vertx();
    try {
      @Nullable Status status = coordinator == null ? null : ask(vertx, coordinator);
      report(new StatusReport(status, usage(vertx, store)));
    } finally {
      vertx.close().await();
    }
    return ExitCode.DONE.code();
  }

  private static Status ask(Vertx vertx, CoordinatorConfig config) {
    try (Coordinator coordinator = Wiring.briefCoordinator(vertx, config)) {
      return coordinator.status().await();
    }
  }

  private static BucketUsage usage(Vertx vertx, StoreConfig config) {
    try (ObjectStore store = Wiring.store(vertx, config, LISTINGS_AT_ONCE)) {
      return BucketUsage.of(config.bucket(), store);
    }
  }

  private void report(StatusReport report) throws JsonProcessingException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (json) {
      out.println(Contract.mapper().writeValueAsString(report));
    } else {
      StatusTable table = new StatusTable(out);
      if (report.coordinator() != null) {
        table.print(report.coordinator());
      }
      table.print(report.bucket());
    }
    out.flush();
  }
}
