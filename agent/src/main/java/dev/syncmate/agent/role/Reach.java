// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

/** What it costs a host to read a zone. */
public enum Reach {
  LOCAL,
  NETWORK,
  NONE
}
