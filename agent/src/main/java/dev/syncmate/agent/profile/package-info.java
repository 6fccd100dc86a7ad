// SPDX-License-Identifier: Apache-2.0
/**
 * What a copy holds, as its profile says: one of World of Code, as python-woc's {@code woc.detect}
 * writes it, or a generic one of any files below a root. Profiles are read here, in one pass and in
 * bounded memory; {@code detect} makes them.
 */
@NullMarked
package dev.syncmate.agent.profile;

import org.jspecify.annotations.NullMarked;
