// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** Answer to the end of a session. Wire shape: session-end.schema.json. */
public record SessionEnd(int released) {}
