// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.plan.JobId;
import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.Planner;
import dev.syncmate.agent.plan.SourceLocator;
import dev.syncmate.agent.profile.Profiles;
import dev.syncmate.schema.JobSubmission;
import dev.syncmate.schema.PlannedFile;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a pair of profiles, ready to submit.
 *
 * @param errors files that could not be planned
 * @param destinationRoot folder that a generic destination profile is of, else null
 */
record JobPlan(
    JobSubmission submission, List<PlannedFile> files, int errors, @Nullable Path destinationRoot) {
  /**
   * Plans from the two profiles alone, so that the plan is the same whichever host submits it; what
   * needs a look at a source is left unresolved.
   */
  static Planner ofEveryHost() {
    return Planner.forJob(SourceLocator.NONE);
  }

  static JobPlan make(JobRequest job, Planner planner, Console console)
      throws InterruptedException {
    Profiles profiles = Profiles.read(job.source(), job.destination());
    Plan plan = planner.allowingShrink(job.allowsShrink()).plan(profiles);
    plan.warnings().forEach(console::warn);
    plan.clashes().forEach(console::warn);
    plan.errors().forEach(error -> console.say("not planned: " + error.line()));
    JobSubmission submission =
        new JobSubmission(id(job, plan), job.sliceSizeBytes(), job.windowBytes(), null);
    return new JobPlan(
        submission,
        plan.files(),
        plan.errors().size(),
        profiles.destination().root().map(Path::of).orElse(null));
  }

  /** A pair that was submitted without its shrunken files is another job with them. */
  static String id(JobRequest job, Plan plan) {
    boolean shrinks = job.allowsShrink() && plan.files().stream().anyMatch(JobPlan::isShrunken);
    return shrinks
        ? JobId.ofShrinking(job.source(), job.destination())
        : JobId.of(job.source(), job.destination());
  }

  private static boolean isShrunken(PlannedFile file) {
    Long before = file.targetSizeBytes();
    return before != null && before > file.sizeBytes();
  }

  /** Says why there is nothing to do; answers with the exit code for that. */
  ExitCode sayEmpty(Console console) {
    console.result(
        errors == 0
            ? "nothing to transfer: the destination has all that the source has"
            : "nothing to transfer: none of %d files could be planned".formatted(errors));
    return errors == 0 ? ExitCode.DONE : ExitCode.SOME_FAILED;
  }
}
