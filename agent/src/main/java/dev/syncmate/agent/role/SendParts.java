// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.schema.ResolvedItem;
import dev.syncmate.schema.ResolvingFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * What a sending agent needs besides the store.
 *
 * @param paths source path, as planned, to the path on this host
 * @param zones costs of zones that the configuration gives
 * @param check compares a source's prefix with the destination's digest; blocking
 * @param proof reads a file that was sent once more; blocking
 */
public record SendParts(
    Function<String, Path> paths,
    Map<String, Reach> zones,
    LeasedSlices slices,
    Function<ResolvingFile, ResolvedItem> check,
    SourceProof proof) {}
