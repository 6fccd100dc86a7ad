// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.failure;

/** The lease is not ours any more: what was done under it must not be published. */
public final class LeaseLostException extends TransferException {
  public LeaseLostException(String what, String why) {
    super(
        Reason.LEASE_LOST, "lease on %s lost: %s; partial work is discarded".formatted(what, why));
  }
}
