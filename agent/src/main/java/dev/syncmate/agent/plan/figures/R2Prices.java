// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.figures;

/**
 * What R2 charges, in US dollars, as published in November 2026 (standard storage). The free
 * allowances of an account are not subtracted.
 */
final class R2Prices {
  /** When these were looked up. */
  static final String AS_OF = "November 2026";

  /** On the average of the daily peaks; a gigabyte is 10^9 bytes. */
  static final double STORAGE_GB_MONTH = 0.015;

  /** PUT and list. */
  static final double CLASS_A_MILLION = 4.50;

  /** GET and HEAD. Deleting and egress are free. */
  static final double CLASS_B_MILLION = 0.36;

  static final int DAYS_A_MONTH = 30;

  private R2Prices() {}
}
