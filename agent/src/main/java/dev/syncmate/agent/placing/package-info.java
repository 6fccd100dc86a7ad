// SPDX-License-Identifier: Apache-2.0
/** Giving a verified file its final name, or an existing file its tail. */
@NullMarked
package dev.syncmate.agent.placing;

import org.jspecify.annotations.NullMarked;
