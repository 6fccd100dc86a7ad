// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.verify.Manifest;
import dev.syncmate.schema.ManifestPage;
import dev.syncmate.schema.ManifestPart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Asks the coordinator for what was placed at a destination. */
final class ManifestReader {
  private ManifestReader() {}

  /** The manifests of all its files. Blocks. */
  static List<Manifest> read(Coordinator coordinator, String destination) {
    Map<String, List<ManifestPart>> files = new LinkedHashMap<>();
    String after = null;
    do {
      ManifestPage page = coordinator.manifests(destination, after).await();
      page.parts()
          .forEach(
              part ->
                  files.computeIfAbsent(part.targetPath(), path -> new ArrayList<>()).add(part));
      after = page.next();
    } while (after != null);
    return files.values().stream().map(ManifestReader::manifest).toList();
  }

  private static Manifest manifest(List<ManifestPart> parts) {
    ManifestPart last = parts.get(parts.size() - 1);
    return new Manifest(
        last.targetPath(),
        last.sourcePath(),
        parts.stream().flatMap(part -> slices(part).stream()).toList());
  }

  private static List<DigestedSlice> slices(ManifestPart part) {
    List<DigestedSlice> slices = new ArrayList<>();
    long offset = part.offsetBytes();
    for (String sha256 : part.sha256s()) {
      long length = Math.min(part.sliceSizeBytes(), part.endBytes() - offset);
      slices.add(new DigestedSlice(new SliceRange(offset, length), sha256));
      offset += length;
    }
    return slices;
  }
}
