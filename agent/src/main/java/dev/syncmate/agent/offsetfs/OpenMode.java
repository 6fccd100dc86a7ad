// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

/** What a file is opened for. With {@code append} each write goes to the end as it is then. */
public record OpenMode(boolean read, boolean write, boolean append) {
  public static final OpenMode READ = new OpenMode(true, false, false);
  public static final OpenMode WRITE = new OpenMode(false, true, false);
  public static final OpenMode READ_WRITE = new OpenMode(true, true, false);
}
