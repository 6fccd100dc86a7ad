// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.disk.AtomicFile;
import dev.syncmate.agent.disk.DurableFiles;
import dev.syncmate.agent.disk.OpenFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The id that lies in a folder, {@code .syncmate-staging/domain}: hosts that read the same one
 * there share the folder's file system. Made by whoever comes first, and left there.
 *
 * <p><b>Threads.</b> Any, of any host. Calls block.
 */
public final class FolderMark {
  private static final Logger LOG = LoggerFactory.getLogger(FolderMark.class);
  private static final String NAME = "domain";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final int ID_LENGTH = 32;

  /** An agent that clears its staging removes the empty folder under our hands. */
  private static final int TRIES_MAX = 5;

  private FolderMark() {}

  /** The folder's id; null where there is none and none can be made, which is logged. */
  public static @Nullable String idOf(Path folder) {
    Path staging = folder.toAbsolutePath().normalize().resolve(StagingFile.FOLDER_NAME);
    try {
      return idIn(staging, TRIES_MAX);
    } catch (IOException e) {
      LOG.warn("folder.unmarked mark={} cause={}", staging.resolve(NAME), e.getMessage());
      return null;
    }
  }

  private static String idIn(Path staging, int tries) throws IOException {
    Path mark = staging.resolve(NAME);
    try {
      if (!Files.exists(mark, LinkOption.NOFOLLOW_LINKS)) {
        makeIn(staging);
      }
      return read(mark);
    } catch (NoSuchFileException e) {
      if (tries == 1) {
        throw e;
      }
      return idIn(staging, tries - 1);
    }
  }

  /** Whole and durable before it has its name: nobody ever reads half an id, nor two of them. */
  private static void makeIn(Path staging) throws IOException {
    Path folder = Objects.requireNonNull(staging.getParent());
    DurableFiles.createFolders(folder);
    try (OpenFolder open =
        OpenFolder.create(folder.toRealPath().resolve(StagingFile.FOLDER_NAME))) {
      make(open.path());
    }
  }

  private static void make(Path held) throws IOException {
    String id = UUID.randomUUID().toString().replace("-", "");
    Path mark = held.resolve(NAME);
    Path draft = held.resolve(NAME + "." + id);
    Files.writeString(
        draft,
        id,
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.WRITE,
        StandardOpenOption.SYNC);
    try {
      AtomicFile.moveToNew(draft, mark);
    } catch (FileAlreadyExistsException anotherWasFirst) {
      LOG.debug("folder.marked_before mark={}", mark);
    } finally {
      Files.deleteIfExists(draft);
    }
    DurableFiles.forceFolder(held);
  }

  private static String read(Path mark) throws IOException {
    try (InputStream in = Files.newInputStream(mark, LinkOption.NOFOLLOW_LINKS)) {
      String id = new String(in.readNBytes(ID_LENGTH + 1), StandardCharsets.US_ASCII);
      if (!ID.matcher(id).matches()) {
        throw new IOException("not an id (expected: 32 hex digits); remove it");
      }
      return id;
    }
  }
}
