// SPDX-License-Identifier: Apache-2.0
/** Makes profiles: what a tree of files holds, as python-woc's {@code woc.detect} tells it. */
@NullMarked
package dev.syncmate.agent.profile.detect;

import org.jspecify.annotations.NullMarked;
