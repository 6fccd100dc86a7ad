// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.figures;

/** What moving some bytes through R2 costs, in US dollars, retries not counted. */
public record R2Cost(double storage, double writes, double reads) {
  private static final double GB = 1e9;
  private static final double MILLION = 1e6;
  private static final double DAY_HOURS = 24;

  /** A slice is written, looked at, and read once. */
  private static final int CLASS_B_PER_SLICE = 2;

  /** The window is as good as full every day; a part of a day has a peak too. */
  static R2Cost of(long bytes, long slices, long windowBytes, double hours) {
    double days = bytes == 0 ? 0 : Math.max(1, Math.ceil(hours / DAY_HOURS));
    double peakGb = Math.min(bytes, windowBytes) / GB;
    return new R2Cost(
        peakGb * R2Prices.STORAGE_GB_MONTH * days / R2Prices.DAYS_A_MONTH,
        slices / MILLION * R2Prices.CLASS_A_MILLION,
        CLASS_B_PER_SLICE * slices / MILLION * R2Prices.CLASS_B_MILLION);
  }

  public double total() {
    return storage + writes + reads;
  }

  /** When the prices were looked up. */
  public static String pricesAsOf() {
    return R2Prices.AS_OF;
  }
}
