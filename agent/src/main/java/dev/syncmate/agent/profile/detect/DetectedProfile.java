// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile.detect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.syncmate.agent.digest.ParallelReads;
import dev.syncmate.agent.digest.SampleDigest;
import java.io.EOFException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;

/**
 * A profile of what lies in some folders now, ready to be written as JSON.
 *
 * <p>What python-woc's {@code woc.detect} writes for the same folders means the same. Differences:
 * digests of small files are plain too, the order is fixed, and keys about World of Code as such
 * (entities, sites, …) are those of a given preset only.
 *
 * <p><b>Errors.</b> A file or folder that can't be read is a problem, one line each; the others are
 * in the profile.
 */
public final class DetectedProfile {
  private final Findings findings;
  private final List<FoundFile> files;
  private final ProfileJson json;

  private DetectedProfile(Findings findings, List<FoundFile> files, ProfileJson json) {
    this.findings = findings;
    this.files = files;
    this.json = json;
  }

  /** Looks into the folders; blocks while digests are computed. */
  public static DetectedProfile of(ProfileRequest request, ParallelReads.Progress progress)
      throws InterruptedException {
    DetectedProfile profile =
        request.format() == ProfileRequest.Format.WOC ? woc(request) : generic(request);
    if (request.withDigests()) {
      profile.addDigests(progress);
    }
    return profile;
  }

  private static DetectedProfile woc(ProfileRequest request) {
    Findings findings = new Findings();
    WocTree tree = new WocTree(request.onlyVersion(), findings);
    TreeWalk walk = new TreeWalk(request.skippedFolder(), findings, tree);
    request.roots().forEach(walk::walk);
    if (request.skipsIncomplete()) {
      tree.dropIncomplete();
    }
    return new DetectedProfile(findings, tree.files(), ProfileJson.of(tree));
  }

  private static DetectedProfile generic(ProfileRequest request) {
    if (request.roots().size() != 1) {
      throw new IllegalArgumentException(
          "roots: %d (expected: one, that the paths are relative to)"
              .formatted(request.roots().size()));
    }
    Path root = request.roots().get(0);
    Findings findings = new Findings();
    GenericTree tree = new GenericTree(findings);
    new TreeWalk(request.skippedFolder(), findings, tree).walk(root);
    return new DetectedProfile(findings, tree.files(), ProfileJson.of(root, tree));
  }

  /** Files in the profile. */
  public int fileCount() {
    return files.size();
  }

  /** Their bytes. */
  public long bytes() {
    return files.stream().mapToLong(FoundFile::sizeBytes).sum();
  }

  /** One line each; the profile is right all the same. */
  public List<String> warnings() {
    return findings.warnings();
  }

  /** What could not be read, one line each. */
  public List<String> problems() {
    return findings.problems();
  }

  /**
   * Writes it.
   *
   * @param preset an object whose further keys are passed on
   */
  public void write(Writer out, JsonNode preset) throws IOException {
    json.write(out, preset);
  }

  private void addDigests(ParallelReads.Progress progress) throws InterruptedException {
    ParallelReads.run(
        files.size(), ParallelReads.READERS_DEFAULT, i -> addDigest(files.get(i)), progress);
  }

  private void addDigest(FoundFile file) {
    Path path = Path.of(file.path());
    try {
      // Of the bytes that it had when it was found: it may be growing.
      file.digest(SampleDigest.ofPrefix(path, file.sizeBytes()));
    } catch (EOFException e) {
      findings.problem(file.path() + ": shrank while it was read: no digest");
    } catch (IOException e) {
      findings.problem(TreeWalk.problem(path, e) + ": no digest");
    }
  }
}
