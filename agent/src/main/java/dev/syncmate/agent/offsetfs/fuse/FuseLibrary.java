// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.Access;
import dev.syncmate.agent.offsetfs.FuseVersion;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.types.size_t;
import org.jspecify.annotations.Nullable;

/** A libfuse of this host, and how it wants things. */
final class FuseLibrary {
  private static final Map<FuseVersion, FuseLibrary> LOADED = new EnumMap<>(FuseVersion.class);

  private static final int LIMITS_THREADS = 312;
  private static final int THREADS = 16;

  private final Kind kind;
  private final Loop loop;
  private final List<String> threadOptions;

  private FuseLibrary(Kind kind, Loop loop, List<String> threadOptions) {
    this.kind = kind;
    this.loop = loop;
    this.threadOptions = threadOptions;
  }

  /** Mounts, and serves until unmounted. */
  @FunctionalInterface
  interface Loop {
    int serve(List<String> arguments, OperationTable table);
  }

  /** The entries that every release of libfuse 3 has, under the same version of the symbol. */
  public interface Main3 {
    int fuse_main_real(
        int argc, String[] argv, Pointer operations, @size_t long size, @Nullable Pointer data);

    int fuse_version();
  }

  /** What is known of the libraries before one is loaded. */
  enum Kind {
    LIBFUSE_3(FuseVersion.LIBFUSE_3, FileInfo.LIBFUSE_3, "fusermount3"),
    LIBFUSE_2(FuseVersion.LIBFUSE_2, FileInfo.LIBFUSE_2, "fusermount");

    private final FuseVersion version;
    private final FileInfo fileInfo;
    private final String helper;

    Kind(FuseVersion version, FileInfo fileInfo, String helper) {
      this.version = version;
      this.fileInfo = fileInfo;
      this.helper = helper;
    }

    /** Names that the library has had, the newest first. */
    List<String> files() {
      return this == LIBFUSE_3
          ? List.of("libfuse3.so.4", "libfuse3.so.3")
          : List.of("libfuse.so.2");
    }

    /** The program with which a user mounts. */
    String helper() {
      return helper;
    }

    /** Those that the wish allows, the better one first. */
    static List<Kind> allowed(FuseVersion wish) {
      return List.of(values()).stream()
          .filter(kind -> wish == FuseVersion.AUTO || wish == kind.version)
          .toList();
    }
  }

  /** The library, where it is installed. */
  static synchronized Optional<FuseLibrary> load(Kind kind) {
    FuseLibrary loaded = LOADED.get(kind.version);
    for (String file : kind.files()) {
      if (loaded == null) {
        loaded = tryLoad(kind, file);
      }
    }
    if (loaded != null) {
      LOADED.put(kind.version, loaded);
    }
    return Optional.ofNullable(loaded);
  }

  FileInfo fileInfo() {
    return kind.fileInfo;
  }

  Kind kind() {
    return kind;
  }

  OperationTable operations(FuseOps ops, Runnable onReady) {
    return kind == Kind.LIBFUSE_2
        ? new OperationTable2(ops, onReady)
        : new OperationTable3(ops, onReady);
  }

  /** Mounts, and serves until unmounted. */
  int serve(List<String> arguments, OperationTable table) {
    return loop.serve(arguments, table);
  }

  /** Mount options of this library for files of that access. */
  List<String> options(Access access) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "fsname=offsetfs",
                "subtype=offsetfs",
                // Slices come and go and sources grow: the kernel asks each time.
                "attr_timeout=0",
                "entry_timeout=0"));
    if (access == Access.READ_ONLY) {
      // Cached pages outlive the open while size and mtime stay.
      options.addAll(List.of("ro", "auto_cache"));
    } else if (kind == Kind.LIBFUSE_2) {
      // Else libfuse 2 writes in pieces of 4 KiB.
      options.add("big_writes");
    }
    options.addAll(threadOptions);
    return options;
  }

  private static @Nullable FuseLibrary tryLoad(Kind kind, String file) {
    try {
      return kind == Kind.LIBFUSE_2
          ? new FuseLibrary(kind, FuseLoop2.load(file, THREADS)::serve, List.of())
          : libfuse3(file);
    } catch (UnsatisfiedLinkError absent) {
      return null;
    }
  }

  private static FuseLibrary libfuse3(String file) {
    Main3 main = LibraryLoader.create(Main3.class).failImmediately().load(file);
    Loop loop =
        (arguments, table) ->
            main.fuse_main_real(
                arguments.size(),
                arguments.toArray(String[]::new),
                table.memory(),
                table.sizeBytes(),
                null);
    // A thread that ends is dear, see FuseLoop2. Since 3.12 the default is a number that the
    // library then complains about.
    List<String> idle = List.of("max_idle_threads=" + THREADS);
    List<String> both = List.of("max_idle_threads=" + THREADS, "max_threads=" + THREADS);
    return new FuseLibrary(
        Kind.LIBFUSE_3, loop, main.fuse_version() >= LIMITS_THREADS ? both : idle);
  }
}
