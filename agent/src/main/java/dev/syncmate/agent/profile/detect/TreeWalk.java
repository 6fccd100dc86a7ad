// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile.detect;

import dev.syncmate.agent.disk.DiskFault;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/**
 * Visits every file below a folder, folder by folder, names in order. Links to folders are not
 * followed; folders of one name are left out.
 *
 * <p><b>Errors.</b> What can't be read is a problem of the findings; the rest is visited all the
 * same.
 */
final class TreeWalk {
  private final String skippedFolder;
  private final Findings findings;
  private final Visitor visitor;

  TreeWalk(String skippedFolder, Findings findings, Visitor visitor) {
    this.skippedFolder = skippedFolder;
    this.findings = findings;
    this.visitor = visitor;
  }

  /** Takes the files. */
  interface Visitor {
    /** Whether files of this name count; the others are not looked at. */
    boolean wants(String name);

    /**
     * A file, or a link.
     *
     * @param attributes those of the entry itself
     */
    void file(Path file, BasicFileAttributes attributes) throws IOException;
  }

  /** Visits the folder, which may be a link. */
  void walk(Path root) {
    Deque<Path> folders = new ArrayDeque<>();
    folders.push(root);
    while (!folders.isEmpty()) {
      List<Path> below = folder(folders.pop());
      Collections.reverse(below);
      below.forEach(folders::push);
    }
  }

  /** Visits the files right in it; answers with its folders, in order. */
  private List<Path> folder(Path folder) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(entries::add);
    } catch (DirectoryIteratorException e) {
      findings.problem(problem(folder, Objects.requireNonNull(e.getCause())));
    } catch (IOException e) {
      findings.problem(problem(folder, e));
    }
    Collections.sort(entries);
    List<Path> folders = new ArrayList<>();
    for (Path entry : entries) {
      entry(entry, folders);
    }
    return folders;
  }

  private void entry(Path entry, List<Path> folders) {
    Path last = entry.getFileName();
    String name = last == null ? "" : last.toString();
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isDirectory()) {
        if (!name.equals(skippedFolder)) {
          folders.add(entry);
        }
      } else if (visitor.wants(name)) {
        visitor.file(entry, attributes);
      }
    } catch (IOException e) {
      findings.problem(problem(entry, e));
    }
  }

  /** Why the file could not be read, on one line. */
  static String problem(Path file, IOException e) {
    // Missing is also what a name looks like that the locale can't express.
    String why =
        DiskFault.of(e) == DiskFault.MISSING
            ? "no such file (a dangling link, gone since, or its name needs a UTF-8 locale)"
            : DiskFault.words(e);
    return (file + ": " + why).replaceAll("\\p{Cntrl}", "?");
  }
}
