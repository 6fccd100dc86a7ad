// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** An object as a listing shows it. Wire shape: listed-object.schema.json. */
public record ListedObject(String objectKey, long lastModifiedMs) {}
