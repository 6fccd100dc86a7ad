// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** One call of an operator that changes something. Wire shape: audit-entry.schema.json. */
public record AuditEntry(
    String auditId,
    long atMs,
    String tokenName,
    TokenRole tokenRole,
    String call,
    String subject,
    int status,
    String requestId) {}
