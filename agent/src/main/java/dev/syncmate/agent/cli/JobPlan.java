// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

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
 * The plan of a pair of profiles, ready to submit. It follows from the two profiles alone, so that
 * it is the same whichever host submits it; what needs a look at a source is left unresolved.
 *
 * @param errors files that could not be planned
 * @param destinationRoot folder that a generic destination profile is of, else null
 */
record JobPlan(
    JobSubmission submission, List<PlannedFile> files, int errors, @Nullable Path destinationRoot) {
  private static final long SLICE_BYTES_MIN = 1L << 20;
  private static final long SLICE_BYTES_MAX = 5_368_709_120L - 5_242_880L;

  /** The plan of every host alike. */
  static JobPlan make(PlanFlags flags, Console console) throws InterruptedException {
    return make(flags, forJob(), console);
  }

  static JobPlan make(PlanFlags flags, Planner planner, Console console)
      throws InterruptedException {
    checkCut(flags);
    Profiles profiles = Profiles.read(flags.source, flags.destination);
    Plan plan = planner.plan(profiles);
    plan.warnings().forEach(console::warn);
    plan.clashes().forEach(console::warn);
    plan.errors().forEach(error -> console.say("not planned: " + error.line()));
    JobSubmission submission =
        new JobSubmission(
            JobId.of(flags.source, flags.destination), flags.sliceSizeBytes, flags.windowBytes);
    return new JobPlan(
        submission,
        plan.files(),
        plan.errors().size(),
        profiles.destination().root().map(Path::of).orElse(null));
  }

  /** Says why there is nothing to do; answers with the exit code for that. */
  ExitCode sayEmpty(Console console) {
    console.result(
        errors == 0
            ? "nothing to transfer: the destination has all that the source has"
            : "nothing to transfer: none of %d files could be planned".formatted(errors));
    return errors == 0 ? ExitCode.DONE : ExitCode.SOME_FAILED;
  }

  /** The plan alone, after a check of how it would be cut. */
  static Plan plan(PlanFlags flags) throws InterruptedException {
    checkCut(flags);
    return forJob().plan(Profiles.read(flags.source, flags.destination));
  }

  private static Planner forJob() {
    return Planner.forJob(SourceLocator.NONE);
  }

  private static void checkCut(PlanFlags flags) {
    if (flags.sliceSizeBytes < SLICE_BYTES_MIN || flags.sliceSizeBytes > SLICE_BYTES_MAX) {
      throw new CommandException(
          ExitCode.USAGE,
          "--slice-size: %s (expected: 1MiB to 5115MiB, which one PUT can carry)"
              .formatted(ByteText.size(flags.sliceSizeBytes)));
    }
    if (flags.windowBytes < flags.sliceSizeBytes) {
      throw new CommandException(
          ExitCode.USAGE,
          "--window: %s (expected: at least one slice, %s)"
              .formatted(ByteText.size(flags.windowBytes), ByteText.size(flags.sliceSizeBytes)));
    }
  }
}
