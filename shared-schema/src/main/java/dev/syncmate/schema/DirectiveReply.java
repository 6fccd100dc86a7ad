// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** Answer to agent-directive. Wire shape: directive-reply.schema.json. */
public record DirectiveReply(int sessions) {}
