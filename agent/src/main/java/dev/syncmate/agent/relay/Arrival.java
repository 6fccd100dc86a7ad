// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.disk.DurableFiles;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.StoredObject;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of one task from the bucket to its final place. All block. */
final class Arrival {
  private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);

  /** Of nothing: an empty object is not fetched. */
  private static final String SHA256_EMPTY =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private final ObjectStore store;
  private final RelayReceiver.Parts parts;
  private final Cancellation cancellation;

  Arrival(ObjectStore store, RelayReceiver.Parts parts, Cancellation cancellation) {
    this.store = store;
    this.parts = parts;
    this.cancellation = cancellation;
  }

  /** SHA-256 of what an earlier run received whole and did not place, or null. */
  @Nullable String staged(RelayTask task) {
    return parts.staging().slices(task.transfer()).verifiedSha256(task.range());
  }

  /**
   * Whether the file's target is what the plan makes of it: size and sample digest. It is made
   * durable then, for its object may be deleted.
   */
  boolean isAtDestination(RelayTask task) {
    Path target = parts.staging().target(task.transfer());
    try {
      if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
          || Files.size(target) != task.file().sizeBytes()
          || !SampleDigest.ofPrefix(target, task.file().sizeBytes())
              .equals(task.file().sourceDigest())) {
        return false;
      }
      DurableFiles.forceFile(target);
      DurableFiles.forceFolder(Objects.requireNonNull(target.getParent()));
      return true;
    } catch (IOException e) {
      throw DiskErrors.writing("target " + target, e);
    }
  }

  /** Receives the object into staging, durably; answers with its SHA-256. */
  String download(RelayTask task) {
    if (task.lengthBytes() == 0) {
      return SHA256_EMPTY;
    }
    SliceSink sink = parts.staging().sink(task.transfer(), task.range());
    StoredObject received = store.get(task.key(), sink, cancellation).await();
    cancellation.check();
    parts
        .staging()
        .recordVerified(task.transfer(), new DigestedSlice(task.range(), received.sha256()));
    return received.sha256();
  }

  /** Places what is staged; returns when it is durable under its final name. */
  void place(RelayTask task, String sha256) {
    try {
      parts.placer().place(task.received(sha256), cancellation);
    } catch (TransferException e) {
      if (e.reason() == Reason.DIGEST_MISMATCH) {
        // What is staged is not the planned file: the next object must not be taken for it.
        forget(task);
      }
      throw e;
    }
  }

  /** Deletes what is left in staging. */
  void forget(RelayTask task) {
    try {
      parts.placer().forget(task.transfer());
    } catch (TransferException e) {
      LOG.warn("relay.staging_left key={} cause={}", task.key(), e.getMessage());
    }
  }
}
