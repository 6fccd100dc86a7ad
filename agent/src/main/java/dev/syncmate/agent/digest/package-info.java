// SPDX-License-Identifier: Apache-2.0
/** World of Code sample digests and SHA-256. */
@NullMarked
package dev.syncmate.agent.digest;

import org.jspecify.annotations.NullMarked;
