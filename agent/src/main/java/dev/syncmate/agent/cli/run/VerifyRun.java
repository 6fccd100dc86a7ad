// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.cli.terminal.CountProgress;
import dev.syncmate.agent.config.CoordinatorConfig;
import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.verify.Verification;
import dev.syncmate.agent.verify.Verification.Found;
import io.vertx.core.Vertx;
import java.util.function.Function;

/** Reads placed files against their manifests, and has bad slices sent again. */
public final class VerifyRun {
  private final VerifyRequest request;
  private final CoordinatorConfig config;
  private final Console console;

  /** Reads what is asked for. */
  public VerifyRun(VerifyRequest request, CoordinatorConfig config, Console console) {
    this.request = request;
    this.config = config;
    this.console = console;
  }

  /** Answers with the exit code: not 0 if anything is bad, or was asked for and is not known. */
  public ExitCode run() throws Exception {
    ChosenFiles chosen =
        ChosenFiles.of(
            ask(coordinator -> ManifestReader.read(coordinator, request.destination())), request);
    Found found = read(chosen);
    AgentRequest repairing = request.repair();
    VerifyReport report =
        repairing == null || !found.hasBadSlices()
            ? VerifyReport.of(request.destination(), chosen, found, found)
            : repaired(repairing, chosen, found);
    report.print(request.json(), console);
    return report.exitCode();
  }

  private VerifyReport repaired(AgentRequest repairing, ChosenFiles chosen, Found found)
      throws Exception {
    JobPlan plan =
        ask(coordinator -> RepairPlan.of(coordinator, request.destination(), found.bad()));
    ExitCode ending = AgentRun.repair(repairing, plan, config, console.forPeople());
    if (ending != ExitCode.DONE && ending != ExitCode.SOME_FAILED) {
      console.warn("the repair was cut off; verify --repair, run again, goes on with it");
    }
    Found after;
    try (CountProgress progress = new CountProgress("slices verified again", console)) {
      after = Verification.again(found.bad(), request.readers(), progress);
    }
    return VerifyReport.of(request.destination(), chosen, found, after);
  }

  private Found read(ChosenFiles chosen) throws InterruptedException {
    try (CountProgress progress = new CountProgress("slices verified", console)) {
      return Verification.of(chosen.files(), request.sample(), request.readers(), progress);
    }
  }

  private <T> T ask(Function<Coordinator, T> question) {
    Vertx vertx = Wiring.vertx();
    try (Coordinator coordinator = Wiring.briefCoordinator(vertx, config)) {
      return question.apply(coordinator);
    } finally {
      vertx.close().await();
    }
  }
}
