// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file whose calls move three bytes at most, as a busy system may; then its disk is full. */
final class ShortChannel extends FileChannel {
  private static final int BYTES_MAX = 3;
  private final FileChannel file;
  private long roomBytes;

  ShortChannel(FileChannel file, long roomBytes) {
    this.file = file;
    this.roomBytes = roomBytes;
  }

  private interface Move {
    int of(ByteBuffer part) throws IOException;
  }

  private static int atMost(long bytes, ByteBuffer whole, Move move) throws IOException {
    int limit = whole.limit();
    whole.limit((int) Math.min(limit, whole.position() + bytes));
    try {
      return move.of(whole);
    } finally {
      whole.limit(limit);
    }
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    return atMost(BYTES_MAX, into, part -> file.read(part, position));
  }

  @Override
  public int write(ByteBuffer from, long position) throws IOException {
    return counted(atMost(room(), from, part -> file.write(part, position)));
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return counted(atMost(room(), from, file::write));
  }

  private long room() throws IOException {
    if (roomBytes == 0) {
      throw new IOException("No space left on device");
    }
    return Math.min(BYTES_MAX, roomBytes);
  }

  private int counted(int written) {
    roomBytes -= written;
    return written;
  }

  @Override
  protected void implCloseChannel() throws IOException {
    file.close();
  }

  @Override
  public int read(ByteBuffer into) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long size() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void force(boolean metadata) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
