// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.verify;

import java.nio.file.Path;

/** A file that was placed, and where it lies on this host. */
public record PlacedFile(Manifest manifest, Path path) {}
