// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile.detect;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Every regular file below one folder; links are left out and said.
 *
 * <p><b>Threads.</b> One.
 */
final class GenericTree implements TreeWalk.Visitor {
  private final Findings findings;
  private final List<FoundFile> files = new ArrayList<>();

  GenericTree(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean wants(String name) {
    return true;
  }

  @Override
  public void file(Path file, BasicFileAttributes attributes) {
    if (attributes.isRegularFile()) {
      files.add(new FoundFile(file.toString(), attributes.size()));
    } else {
      findings.warn(
          "%s: %s: left out"
              .formatted(file, attributes.isSymbolicLink() ? "a link" : "not a regular file"));
    }
  }

  List<FoundFile> files() {
    return files;
  }
}
