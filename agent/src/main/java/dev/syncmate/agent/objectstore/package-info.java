// SPDX-License-Identifier: Apache-2.0
/** The port to the object store, and decorators of it. */
@NullMarked
package dev.syncmate.agent.objectstore;

import org.jspecify.annotations.NullMarked;
