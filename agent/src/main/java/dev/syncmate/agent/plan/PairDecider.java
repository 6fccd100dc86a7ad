// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.plan.Decision.Move;
import dev.syncmate.agent.plan.Decision.Refused;
import dev.syncmate.agent.plan.Decision.Unchanged;
import dev.syncmate.schema.PlanMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides about one pair of files, reading a little of the source where that is needed.
 *
 * <p>A source file counts as readable here only if it is what the profile says: the same path may
 * name another file on this host. It may have grown since.
 *
 * <p><b>Threads.</b> One pair, one thread. It blocks on the disk.
 */
final class PairDecider {
  private static final String WITH_DIGEST = "run woc.detect --with-digest at the %s";

  private final SourceLocator sources;
  private final FilePair pair;
  private final boolean comparesPrefixes;
  private final Set<String> warnings = new LinkedHashSet<>();

  PairDecider(SourceLocator sources, FilePair pair, boolean comparesPrefixes) {
    this.sources = sources;
    this.pair = pair;
    this.comparesPrefixes = comparesPrefixes;
  }

  Decision decide() {
    ProfileFile source = pair.source();
    Long size = source.sizeBytes() == null ? sizeHere() : source.sizeBytes();
    if (size == null) {
      return refused(
          "no size in the source profile, and no such file here (expected: a profile of schema 2;"
              + " run woc.detect again)");
    }
    ProfileFile target = pair.target();
    return target == null ? move(PlanMode.FULL, size) : against(target, size);
  }

  private Decision against(ProfileFile target, long size) {
    Long targetSize = target.sizeBytes();
    if (targetSize == null) {
      return refused(
          "no size in the destination profile (expected: a profile of schema 2; run woc.detect"
              + " again there)");
    }
    if (size == targetSize) {
      return sameSize(target, size);
    }
    if (!pair.appendable() || targetSize == 0) {
      return move(PlanMode.FULL, size);
    }
    if (size < targetSize) {
      warnings.add(
          "%s: source has %d bytes, the destination %d: it will be replaced"
              .formatted(Shown.text(pair.source().path()), size, targetSize));
      return move(PlanMode.FULL, size);
    }
    return grown(target, size, targetSize);
  }

  private Decision sameSize(ProfileFile target, long size) {
    if (size == 0) {
      return new Unchanged(List.copyOf(warnings));
    }
    String targetDigest = target.digest();
    if (targetDigest == null) {
      return refused(
          "same size, and no digest in the destination profile (expected: one; "
              + WITH_DIGEST.formatted("destination)"));
    }
    String digest = digest(size);
    if (digest == null) {
      return refused(noSourceDigest());
    }
    return digest.equals(targetDigest)
        ? new Unchanged(List.copyOf(warnings))
        : move(PlanMode.FULL, size);
  }

  private Decision grown(ProfileFile target, long size, long targetSize) {
    String targetDigest = target.digest();
    if (targetDigest == null) {
      return refused(
          "grown from %d to %d bytes, and no digest in the destination profile (expected: one; %s)"
              .formatted(targetSize, size, WITH_DIGEST.formatted("destination")));
    }
    Path here = comparesPrefixes ? readable(size) : null;
    if (here == null) {
      return move(PlanMode.UNRESOLVED, size);
    }
    String prefix = digestHere(here, targetSize);
    if (prefix == null) {
      return move(PlanMode.UNRESOLVED, size);
    }
    return move(prefix.equals(targetDigest) ? PlanMode.APPEND : PlanMode.FULL, size);
  }

  /**
   * The receiver checks the digest of the whole file before it publishes it, so there must be one.
   */
  private Decision move(PlanMode mode, long size) {
    String digest = digest(size);
    return digest == null
        ? refused(noSourceDigest())
        : new Move(mode, size, digest, List.copyOf(warnings));
  }

  private @Nullable String digest(long size) {
    String known = pair.source().digest();
    if (known != null) {
      return known;
    }
    Path here = readable(size);
    return here == null ? null : digestHere(here, size);
  }

  private @Nullable Long sizeHere() {
    Path here = located();
    BasicFileAttributes found = here == null ? null : regularFile(here);
    return found == null ? null : found.size();
  }

  /** The source on this host, or null. */
  private @Nullable Path readable(long size) {
    Path here = located();
    BasicFileAttributes found = here == null ? null : regularFile(here);
    if (here == null || found == null) {
      return null;
    }
    if (found.size() < size) {
      warnings.add(
          "%s: has %d bytes here, %d in the source profile: not read"
              .formatted(Shown.text(here.toString()), found.size(), size));
      return null;
    }
    String known = pair.source().digest();
    if (known == null) {
      return here;
    }
    String digest = digestHere(here, size);
    if (digest != null && !digest.equals(known)) {
      warnings.add(
          "%s: is not the file that the source profile describes: not read"
              .formatted(Shown.text(here.toString())));
    }
    return known.equals(digest) ? here : null;
  }

  private @Nullable String digestHere(Path here, long lengthBytes) {
    try {
      return SampleDigest.ofPrefix(here, lengthBytes);
    } catch (IOException e) {
      warnings.add("not read: " + Shown.problem(here, e));
      return null;
    }
  }

  private @Nullable Path located() {
    try {
      return sources.locate(pair.source().path());
    } catch (TransferException e) {
      // A name that this host's locale can't express, for example.
      warnings.add("not read: " + e.getMessage());
      return null;
    }
  }

  private static @Nullable BasicFileAttributes regularFile(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.isRegularFile() ? found : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static String noSourceDigest() {
    return "no digest in the source profile, and it can't be read here (expected: one; "
        + WITH_DIGEST.formatted("source)");
  }

  private Refused refused(String message) {
    return new Refused(message, List.copyOf(warnings));
  }
}
