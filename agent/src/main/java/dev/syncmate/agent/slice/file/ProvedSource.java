// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import dev.syncmate.agent.digest.Sha256;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceSource;
import dev.syncmate.agent.slice.SourceStamp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A slice that proves itself: where its file may have changed unseen during a pass, all of it is
 * read again before the pass ends. For objects that nobody looks at again before they are placed.
 *
 * <p><b>Errors.</b> As {@link FileSliceSource}; source_changed too when the second reading differs.
 */
public final class ProvedSource implements SliceSource {
  private final FileSliceSource source;

  /** The slice, proved. */
  public ProvedSource(FileSliceSource source) {
    this.source = source;
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public long lengthBytes() {
    return source.lengthBytes();
  }

  @Override
  public Reader open() {
    return new ProvedReader(source.open());
  }

  private final class ProvedReader implements Reader {
    private final Reader reader;
    private final MessageDigest digest = Sha256.start();

    ProvedReader(Reader reader) {
      this.reader = reader;
    }

    @Override
    public int read(ByteBuffer buffer) throws IOException {
      int start = buffer.position();
      int count = reader.read(buffer);
      if (count > 0) {
        digest.update(buffer.duplicate().flip().position(start));
      }
      return count;
    }

    @Override
    public void finish() throws IOException {
      reader.finish();
      SourceStamp stamp = source.stamp();
      if (stamp != null && stamp.settled()) {
        return;
      }
      String first = HexFormat.of().formatHex(digest.digest());
      if (!SliceDigest.of(source, () -> {}).equals(first)) {
        throw new TransferException(
            Reason.SOURCE_CHANGED,
            "%s: changed while it was read; plan again with a new profile".formatted(name()));
      }
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
