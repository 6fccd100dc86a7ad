// SPDX-License-Identifier: Apache-2.0
/**
 * The contract between agents and coordinator as records: one a message, named as its JSON Schema
 * in shared-schema/schemas. Records carry shape only; the schemas carry the limits. A test holds
 * the two together.
 */
@NullMarked
package dev.syncmate.schema;

import org.jspecify.annotations.NullMarked;
