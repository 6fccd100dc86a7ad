// SPDX-License-Identifier: Apache-2.0

/** Where the next page goes on: after the last row of a full one. A page that isn't full is the last. */
export function nextAfter<Row>(
  page: readonly Row[],
  limit: number,
  idOf: (row: Row) => string,
): string | null {
  const last = page.at(-1);
  return page.length < limit || last === undefined ? null : idOf(last);
}
