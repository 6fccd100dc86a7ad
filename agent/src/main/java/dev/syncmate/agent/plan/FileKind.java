// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.profile.ProfileFile;
import org.jspecify.annotations.Nullable;

/** What the files of one entry of a profile have in common. */
sealed interface FileKind {
  /** For people. */
  String label();

  /** Whether its files grow at their ends only. */
  boolean isAppendable();

  /** Whether a source file that is smaller than the destination's is taken for a damaged one. */
  boolean neverShrinks();

  /** What is published together with the file; null: it is published alone. */
  @Nullable PublishGroup group(ProfileFile source);

  /** Where a file goes that the destination has not; null: below the destination folder. */
  default @Nullable String newTarget(ProfileFile source) {
    return null;
  }

  /** One version of a map: replaced as a whole, one version's files belong together. */
  record MapKind(String name, String version) implements FileKind {
    @Override
    public String label() {
      return "map " + name + " " + version;
    }

    @Override
    public boolean isAppendable() {
      return false;
    }

    @Override
    public boolean neverShrinks() {
      return false;
    }

    @Override
    public PublishGroup group(ProfileFile source) {
      return new PublishGroup("map/" + name + "/" + version, 0);
    }
  }

  /** Objects of one name and extension. */
  record ObjectKind(String name) implements FileKind {
    private static final String DATA = ".bin";
    private static final String INDEX = ".idx";

    @Override
    public String label() {
      return "objects " + name;
    }

    @Override
    public boolean isAppendable() {
      return true;
    }

    @Override
    public boolean neverShrinks() {
      return true;
    }

    /** An index must not point behind the end of its data. */
    @Override
    public @Nullable PublishGroup group(ProfileFile source) {
      boolean data = source.name().endsWith(DATA);
      if (!data && !source.name().endsWith(INDEX)) {
        return null;
      }
      String shard = source.name().substring(0, source.name().length() - DATA.length());
      return new PublishGroup("objects/" + shard, data ? 0 : 1);
    }
  }

  /** Any files below a root, which go to the same place below the destination's root. */
  record GenericKind(String sourceRoot, String destinationRoot) implements FileKind {
    @Override
    public String label() {
      return "files";
    }

    @Override
    public boolean isAppendable() {
      return true;
    }

    /** They may be of any kind, and what is no log may be rewritten. */
    @Override
    public boolean neverShrinks() {
      return false;
    }

    @Override
    public @Nullable PublishGroup group(ProfileFile source) {
      return null;
    }

    @Override
    public String newTarget(ProfileFile source) {
      return destinationRoot + source.path().substring(sourceRoot.length());
    }
  }
}
