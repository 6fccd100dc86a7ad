// SPDX-License-Identifier: Apache-2.0
/** Moving one slice: upload, download, and what a failure means. */
@NullMarked
package dev.syncmate.agent.transfer;

import org.jspecify.annotations.NullMarked;
