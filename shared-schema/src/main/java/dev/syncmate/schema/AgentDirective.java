// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** Tells the agents of a name what to do. Wire shape: agent-directive.schema.json. */
public record AgentDirective(String name, Directive directive) {}
