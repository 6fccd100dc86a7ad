// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** A bearer token to add; only its SHA-256 travels. Wire shape: token-submission.schema.json. */
public record TokenSubmission(String sha256, String name, TokenRole role) {}
