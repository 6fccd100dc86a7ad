// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SentFile;
import dev.syncmate.agent.slice.SourceStamp;
import dev.syncmate.schema.BatchReply;
import dev.syncmate.schema.ProvedBatch;
import dev.syncmate.schema.ProvedItem;
import dev.syncmate.schema.ProvedOutcome;
import dev.syncmate.schema.ProvingFile;
import dev.syncmate.schema.ProvingReply;
import dev.syncmate.schema.ReadSlice;
import dev.syncmate.schema.Role;
import dev.syncmate.schema.SlicePage;
import dev.syncmate.schema.SlicesRequest;
import dev.syncmate.schema.TakeResolving;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProvingTest {
  private final Rig rig = new Rig();
  private final Played coordinator = new Played();
  private final List<SentFile> read = new ArrayList<>();
  private SourceProof proof = (file, cancellation) -> null;

  private static final class Played extends Rig.Played {
    final List<ProvedItem> items = new ArrayList<>();
    final List<Integer> pages = new ArrayList<>();
    List<ProvingFile> files = List.of(new ProvingFile("1", "j", 4, "f", "/z/f", "10:1:2:3"));

    @Override
    public Future<ProvingReply> takeProving(TakeResolving request) {
      return Future.succeededFuture(new ProvingReply(files));
    }

    @Override
    public Future<SlicePage> slicesToProve(SlicesRequest request) {
      pages.add(request.after());
      boolean first = request.after() == null;
      ReadSlice slice = new ReadSlice(first ? 0 : 5, 5, "0".repeat(64), first ? "~10:1:2:3" : null);
      return Future.succeededFuture(new SlicePage(List.of(slice), first ? 0 : null));
    }

    @Override
    public Future<BatchReply> proved(ProvedBatch batch) {
      items.addAll(batch.items());
      return Future.succeededFuture(
          Rig.ok(batch.items().stream().map(ProvedItem::fileId).toList()));
    }
  }

  private boolean step() {
    Loops loops = rig.loops(coordinator, Role.SEND);
    Proving proving =
        new Proving(
            loops,
            new ReachableZones(loops, Path::of, Map.of()),
            (file, cancellation) -> {
              read.add(file);
              return proof.differs(file, cancellation);
            });
    return proving.run(Rig.SESSION).result();
  }

  @Test
  void step_allSlicesAsSent_areReadPageByPageAndReported() {
    assertThat(step()).isTrue();
    assertThat(coordinator.pages).containsExactly(null, 0);
    assertThat(coordinator.items)
        .containsExactly(new ProvedItem("1", 4, ProvedOutcome.PROVED, null));
    assertThat(read.get(0).first()).isEqualTo(SourceStamp.of("10:1:2:3"));
    assertThat(read.get(0).slices()).hasSize(2);
    assertThat(read.get(0).slices().get(1).stamp()).isNull();
  }

  @Test
  void step_sliceDiffers_reportsThatTheSourceChanged() {
    proof = (file, cancellation) -> "/z/f[0+5]: sha256 is x";
    step();
    assertThat(coordinator.items)
        .containsExactly(
            new ProvedItem(
                "1", 4, ProvedOutcome.CHANGED, "source_changed: /z/f[0+5]: sha256 is x"));
  }

  @ParameterizedTest
  @CsvSource({
    "SOURCE_CHANGED, OTHER, true",
    "SOURCE_MISSING, UNREACHABLE, true",
    "READ_FAILED, RELEASE, false"
  })
  void step_cannotBeReadHere_isLeftToOthers(Reason reason, ProvedOutcome outcome, boolean more) {
    proof =
        (file, cancellation) -> {
          throw new TransferException(reason, "why");
        };
    assertThat(step()).isEqualTo(more);
    assertThat(coordinator.items).extracting(ProvedItem::outcome).containsExactly(outcome);
  }

  @Test
  void step_nothingToProve_findsNoWork() {
    coordinator.files = List.of();
    assertThat(step()).isFalse();
    assertThat(coordinator.items).isEmpty();
  }
}
