// SPDX-License-Identifier: Apache-2.0
/** World of Code sample digests, SHA-256, and what reads and writes small files safely. */
@NullMarked
package dev.syncmate.agent.digest;

import org.jspecify.annotations.NullMarked;
