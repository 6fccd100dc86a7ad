// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Files of a World of Code source and of a destination that is behind, with their profiles: those
 * that are made here, and, where they lie beside the repository, the real ones. Names, sizes and
 * which files are the same are alike, and so is what a right plan holds.
 *
 * @param folder {@code src}, {@code dst} and the profiles {@code woc.src.json}, {@code
 *     woc.dst.json}, whose roots are /woc/src and /woc/dst
 */
public record SharedData(String name, Path folder) {
  private static final String PLACE = "shared/data";

  /** Path, whose content it has, or the beginning of it, bytes. */
  private static final List<Made> FILES =
      List.of(
          new Made("src/All.blobs/blob_0.bin", "blob_0", 867),
          new Made("src/All.blobs/blob_1.bin", "blob_1", 8529),
          new Made("src/All.sha1c/commit_0.tch", "commit_0", 530096),
          new Made("src/All.sha1c/commit_1.tch", "commit_1", 529936),
          new Made("src/All.sha1c/tree_0.tch", "tree_0", 529552),
          new Made("src/All.sha1c/tree_1.tch", "tree_1", 529616),
          new Made("src/All.sha1o/tag_0.tch", "tag_0", 529104),
          new Made("src/basemaps/a2cFullR.0.tch", "a2c", 600896),
          new Made("src/basemaps/a2cFullR.1.tch", "a2c", 600896),
          new Made("src/basemaps/b2cFullR.0.tch", "b2c.0", 528752),
          new Made("src/basemaps/b2cFullR.1.tch", "b2c.1", 528768),
          new Made(
              "src/basemaps/b2cFullR.1.tch.large.3f2eca18f1bc0f3117748e2cea9251e5182db2f7",
              "b2c.large",
              180),
          new Made("src/basemaps/c2bFullR.0.tch", "c2b", 528768),
          new Made("src/basemaps/c2datFullU.0.tch", "c2dat", 528880),
          new Made("src/basemaps/c2pFullU.0.tch", "c2p", 528896),
          new Made("src/basemaps/c2rFullR.0.tch", "c2r", 528768),
          new Made("src/basemaps/c2taFullR.0.tch", "c2ta", 528784),
          new Made("dst/All.blobs/blob_0.bin", "blob_0", 500),
          new Made("dst/All.blobs/blob_1.bin", "blob_1", 6000),
          new Made("dst/All.sha1c/commit_0.tch", "commit_0", 530096),
          new Made("dst/All.sha1c/commit_1.tch", "tree_0", 529552),
          new Made("dst/All.sha1c/tree_0.tch", "tree_0", 300000),
          new Made("dst/All.sha1c/tree_1.tch", "tree_1", 529616),
          new Made("dst/basemaps/c2bFullAA.0.tch", "c2b", 528768),
          new Made("dst/basemaps/c2datFullU.0.tch", "c2dat", 528880),
          new Made("dst/basemaps/c2pFullT.0.tch", "c2p", 528896));

  private record Made(String path, String content, int size) {
    /** Random bytes, the same for the same content. */
    byte[] bytes() {
      byte[] bytes = new byte[size];
      new Random(content.hashCode()).nextBytes(bytes);
      return bytes;
    }
  }

  /** Made once a JVM, gone with it. */
  private static final class Ours {
    static final SharedData INSTANCE = new SharedData("made", make());
  }

  /** What a parameterized test runs on. */
  public static Stream<SharedData> all() {
    return Stream.concat(Stream.of(Ours.INSTANCE), real().stream());
  }

  private static Optional<SharedData> real() {
    Path start = Path.of(System.getProperty("syncmate.root", "")).toAbsolutePath().normalize();
    return Stream.iterate(start, parent -> parent != null, Path::getParent)
        .map(parent -> parent.resolve(PLACE))
        .filter(candidate -> Files.isRegularFile(candidate.resolve("woc.src.json")))
        .findFirst()
        .map(folder -> new SharedData("real", folder));
  }

  public Path source() {
    return folder.resolve("src");
  }

  public Path profile(String side) {
    return folder.resolve("woc." + side + ".json");
  }

  /** Where the paths in the profiles' source root lie here. */
  public SourceLocator locator() {
    return path -> path.startsWith("/woc/src/") ? source().resolve(path.substring(9)) : null;
  }

  @Override
  public String toString() {
    return name;
  }

  private static Path make() {
    try {
      Path folder = Files.createTempDirectory("syncmate-woc-");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      for (String side : List.of("src", "dst")) {
        String profile = "woc." + side + ".json";
        try (InputStream in = SharedData.class.getResourceAsStream("/woc/" + profile)) {
          Files.copy(in, folder.resolve(profile));
        }
      }
      for (Made made : FILES) {
        Path file = folder.resolve(made.path());
        Files.createDirectories(file.getParent());
        Files.write(file, made.bytes());
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
