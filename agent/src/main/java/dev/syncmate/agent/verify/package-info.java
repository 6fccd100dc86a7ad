// SPDX-License-Identifier: Apache-2.0
/** Placed files, read against their manifests: the SHA-256 of every slice that was sent of them. */
@NullMarked
package dev.syncmate.agent.verify;

import org.jspecify.annotations.NullMarked;
