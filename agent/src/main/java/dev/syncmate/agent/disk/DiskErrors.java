// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;

/** Gives disk errors their meaning: what the agent must do about each. */
public final class DiskErrors {
  /** How a path through an open folder begins. */
  private static final String HELD = "/proc/self/fd/[0-9]+/(\\./)?";

  private DiskErrors() {}

  /** Of a source: SOURCE_MISSING, SOURCE_UNREADABLE or READ_FAILED. */
  public static TransferException reading(String name, IOException error) {
    return switch (DiskFault.of(error)) {
      case MISSING ->
          failure(
              Reason.SOURCE_MISSING,
              name
                  + ": no such file on this host; check the path maps, or let a host that has it"
                  + " send",
              error);
      case DENIED ->
          failure(
              Reason.SOURCE_UNREADABLE,
              name + ": permission denied on this host; let the agent's user read it",
              error);
      default ->
          failure(
              Reason.READ_FAILED,
              "%s: can't be read (%s); check the disk or mount"
                  .formatted(name, DiskFault.words(error)),
              error);
    };
  }

  /** Of staging or a target: NO_SPACE, DISK_DENIED or DISK_ERROR. */
  public static TransferException writing(String name, IOException error) {
    return switch (DiskFault.of(error)) {
      case NO_SPACE, QUOTA_EXCEEDED ->
          failure(
              Reason.NO_SPACE,
              "%s: %s; free some space, it is tried again".formatted(name, error.getMessage()),
              error);
      case DENIED, NOT_PERMITTED, READ_ONLY ->
          failure(
              Reason.DISK_DENIED,
              "%s: %s; let the agent's user write there".formatted(name, described(error)),
              error);
      default -> failure(Reason.DISK_ERROR, name + ": " + described(error), error);
    };
  }

  /** With the path that the error names, which may be another file's; of a held one its name. */
  private static String described(IOException error) {
    String said = String.valueOf(error.getMessage()).replaceAll(HELD, "");
    return error.getClass().getSimpleName() + " " + said;
  }

  private static TransferException failure(Reason reason, String message, IOException error) {
    return new TransferException(reason, message, error);
  }
}
