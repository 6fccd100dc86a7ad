// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.cli.terminal.CountProgress;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.profile.detect.DetectedProfile;
import dev.syncmate.agent.profile.detect.ProfileRequest;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes the profile of what lies in some folders. */
public final class ProfileRun {
  private final ProfileRequest request;
  private final Console console;

  /** Looks for what is asked for. */
  public ProfileRun(ProfileRequest request, Console console) {
    this.request = request;
    this.console = console;
  }

  /**
   * Writes the profile to the named file, or to {@link Console#STDOUT}.
   *
   * @param preset a profile whose further keys are passed on, null for none
   */
  public ExitCode run(@Nullable Path preset, String output)
      throws IOException, InterruptedException {
    JsonNode passedOn = preset == null ? JsonNodeFactory.instance.objectNode() : profileIn(preset);
    DetectedProfile profile;
    try (CountProgress progress = new CountProgress("digests", console)) {
      profile = DetectedProfile.of(request, progress);
    }
    console.write(output, out -> profile.write(out, passedOn));
    console.notes("warning", profile.warnings());
    console.notes("error", profile.problems());
    console.say(
        "%s: %d files, %d bytes%s"
            .formatted(
                Console.PROGRAM,
                profile.fileCount(),
                profile.bytes(),
                profile.problems().isEmpty()
                    ? ""
                    : "; %d could not be read".formatted(profile.problems().size())));
    return profile.problems().isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
  }

  private static JsonNode profileIn(Path file) throws IOException {
    try {
      JsonNode read = JsonMapper.builder().build().readTree(file.toFile());
      if (!read.isObject()) {
        throw new CommandException(
            ExitCode.USAGE, "%s: not a JSON object (expected: a profile)".formatted(file));
      }
      return read;
    } catch (JsonProcessingException e) {
      throw new CommandException(
          ExitCode.USAGE,
          "%s: not JSON: %s (expected: a profile)".formatted(file, e.getOriginalMessage()),
          e);
    }
  }
}
