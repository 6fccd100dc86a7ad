// SPDX-License-Identifier: Apache-2.0
/**
 * Files being received: sparse, with journals of verified slices beside them.
 *
 * <p>Layout of a staging folder, {@code <cache dir or the target's folder>/.syncmate-staging/},
 * where {@code id} is the first 16 characters of the job id, a dash and the file id: {@code
 * id.part} holds the bytes, {@code id.<writer>.journal} says what that agent wrote and verified,
 * {@code id.lock} is held shared by every pass over a slice and exclusively while placing, {@code
 * id.placing} says how far placing got, {@code id.copy} is a copy on the target's file system.
 */
@NullMarked
package dev.syncmate.agent.staging;

import org.jspecify.annotations.NullMarked;
