// SPDX-License-Identifier: Apache-2.0
/**
 * What people give as files: which sizes and paths are taken from them, and what is said where
 * something else stands in them.
 */
@NullMarked
package dev.syncmate.agent.input;

import org.jspecify.annotations.NullMarked;
