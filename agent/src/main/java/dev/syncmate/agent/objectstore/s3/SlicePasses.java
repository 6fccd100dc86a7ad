// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The passes over one slice's file that one call makes: one for each attempt of the SDK. */
interface SlicePasses {
  /** Ends the pass and any that the SDK still begins. */
  void abort();

  /** Completes, never with a failure, once the last pass has closed its file. */
  CompletableFuture<Void> closed();

  /** Why the last pass failed, or null. */
  @Nullable Throwable failure();
}
