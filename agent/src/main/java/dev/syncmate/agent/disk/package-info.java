// SPDX-License-Identifier: Apache-2.0
/** The local disk: what its errors mean. */
@NullMarked
package dev.syncmate.agent.disk;

import org.jspecify.annotations.NullMarked;
