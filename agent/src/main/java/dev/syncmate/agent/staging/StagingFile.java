// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import java.nio.file.Path;

/** The paths of one transfer's files in a staging folder. */
public record StagingFile(Path folder, String id) {
  /** Name of a staging folder. */
  public static final String FOLDER_NAME = ".syncmate-staging";

  /** Those of the transfer in a folder's staging folder. */
  public static StagingFile in(Path folder, StagingId id) {
    return new StagingFile(folder.resolve(FOLDER_NAME), id.fileName());
  }

  /** The bytes. */
  public Path part() {
    return folder.resolve(id + ".part");
  }

  /** Held shared by passes, exclusively by placing. */
  public Path lock() {
    return folder.resolve(id + ".lock");
  }

  /** How far placing got. */
  public Path placing() {
    return folder.resolve(id + ".placing");
  }

  /** A copy on the target's file system, to be renamed. */
  public Path copy() {
    return folder.resolve(id + ".copy");
  }

  Path journal(String writerId) {
    return folder.resolve(id + "." + writerId + ".journal");
  }
}
