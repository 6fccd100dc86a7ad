// SPDX-License-Identifier: Apache-2.0
/**
 * Files being received: where they lie (sparse, with journals of verified slices beside them), and
 * where they will go, inside the roots that the operator allows.
 *
 * <p>Layout of a staging folder, {@code <cache dir or the target's folder>/.syncmate-staging/},
 * where {@code id} is the first 16 characters of the job id, a dash and the transfer's number:
 * {@code id.part} holds the bytes, {@code id.<writer>.journal} says what that agent wrote and
 * verified, {@code id.lock} is held shared by every pass over a slice and exclusively while
 * placing, {@code id.placing} says how far placing got, {@code id.copy} is a copy on the target's
 * file system. {@code domain} is the folder's id ({@link dev.syncmate.agent.staging.FolderMark})
 * and stays.
 */
@NullMarked
package dev.syncmate.agent.staging;

import org.jspecify.annotations.NullMarked;
