// SPDX-License-Identifier: Apache-2.0

/**
 * What a source was when a slice of it was read: `size:mtime:ctime:inode`, with a leading `~` where it may have
 * changed unseen meanwhile (docs/adr/0017). Made and compared by agents; here it only decides what is sent again.
 */

/** Whether the two can't be one file that at most grew. */
export function isOtherSource(one: string, other: string): boolean {
  const [size, mtime, , inode] = parts(one);
  const [otherSize, otherMtime, , otherInode] = parts(other);
  return inode !== otherInode || (size === otherSize && mtime !== otherMtime);
}

const parts = (stamp: string): string[] => stamp.replace('~', '').split(':');
