// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.OpenFile;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Open files by the number that the kernel knows them by. Numbers are not used again. */
final class Handles {
  private static final Logger LOG = LoggerFactory.getLogger(Handles.class);

  private final ConcurrentHashMap<Long, OpenFile> open = new ConcurrentHashMap<>();
  private final AtomicLong next = new AtomicLong(1);

  long add(OpenFile file) {
    long handle = next.getAndIncrement();
    open.put(handle, file);
    return handle;
  }

  @Nullable OpenFile get(long handle) {
    return open.get(handle);
  }

  void release(long handle) throws IOException {
    OpenFile file = open.remove(handle);
    if (file != null) {
      file.close();
    }
  }

  /** After the mount has ended the kernel releases nothing any more. */
  void releaseAll() {
    for (Long handle : open.keySet()) {
      try {
        release(handle);
      } catch (IOException e) {
        LOG.debug("offsetfs.handle.close_failed cause=\"{}\"", e.getMessage());
      }
    }
  }
}
