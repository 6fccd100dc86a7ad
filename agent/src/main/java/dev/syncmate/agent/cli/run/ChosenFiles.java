// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.staging.StagingFile;
import dev.syncmate.agent.verify.Manifest;
import dev.syncmate.agent.verify.PlacedFile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The placed files that are to be read, and what lies among them and has no manifest.
 *
 * @param withoutManifest files below the folders that were asked for
 * @param unproved what was asked for by name, and has no manifest
 */
record ChosenFiles(List<PlacedFile> files, List<Path> withoutManifest, List<Path> unproved) {
  static ChosenFiles of(List<Manifest> manifests, VerifyRequest request) throws IOException {
    List<PlacedFile> all =
        manifests.stream()
            .map(manifest -> new PlacedFile(manifest, request.paths().map(manifest.targetPath())))
            .toList();
    if (request.only().isEmpty()) {
      return new ChosenFiles(all, List.of(), List.of());
    }
    Set<Path> placed = all.stream().map(file -> real(file.path())).collect(Collectors.toSet());
    Set<Path> without = new TreeSet<>();
    List<Path> unproved = new ArrayList<>();
    for (Path path : request.only()) {
      if (Files.isDirectory(path)) {
        walk(path, placed, without);
      } else if (placed.stream().noneMatch(real -> real.startsWith(real(path)))) {
        unproved.add(path);
      }
    }
    return new ChosenFiles(
        all.stream().filter(file -> isBelow(file.path(), request.only())).toList(),
        List.copyOf(without),
        unproved);
  }

  private static boolean isBelow(Path file, List<Path> asked) {
    return asked.stream().anyMatch(path -> real(file).startsWith(real(path)));
  }

  /** With symlinks of its folders resolved, as far as they exist. */
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException missing) {
      Path parent = path.getParent();
      Path name = path.getFileName();
      return parent == null || name == null ? path : real(parent).resolve(name);
    }
  }

  private static void walk(Path folder, Set<Path> placed, Set<Path> without) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return dir.endsWith(StagingFile.FOLDER_NAME)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !placed.contains(real(file))) {
              without.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
