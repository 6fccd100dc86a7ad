// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice;

import org.jspecify.annotations.Nullable;

/** A source that knows what its file was when it was read. */
public interface StampedSource extends SliceSource {
  /** What the file was in the last pass that ended well; null before there was one. */
  @Nullable SourceStamp stamp();
}
