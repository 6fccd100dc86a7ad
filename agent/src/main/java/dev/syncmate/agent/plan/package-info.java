// SPDX-License-Identifier: Apache-2.0
/**
 * From two profiles to the files that must move: files are paired, each pair is decided about, and
 * what moves gets its names. What this host can say of a source file is a {@link
 * dev.syncmate.agent.plan.PrefixVerdict}, for the plan, for what is said of it, and for the
 * coordinator that asks. {@code figures} adds a plan up, {@code tasklist} is its form as JSONL.
 */
@NullMarked
package dev.syncmate.agent.plan;

import org.jspecify.annotations.NullMarked;
