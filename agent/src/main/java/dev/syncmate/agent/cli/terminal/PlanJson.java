// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.SourcesHere;
import dev.syncmate.agent.plan.figures.PlanSummary;
import dev.syncmate.agent.plan.figures.R2Cost;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.io.IOException;
import java.io.Writer;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A plan as one JSON object, documented in docs/planning.md.
 *
 * @param files each made when it is written: there may be a million
 */
public record PlanJson(
    String jobId,
    long unchangedFiles,
    Part total,
    List<Part> parts,
    long sliceSizeBytes,
    long slicesMin,
    long slicesMax,
    long windowBytes,
    long rateBytesPerSecond,
    double hoursMin,
    double hoursMax,
    Cost r2CostMaxUsd,
    Space destinationSpaceBytes,
    List<String> warnings,
    List<String> clashes,
    List<String> unreadable,
    List<String> errors,
    List<Move> files) {
  // ASCII alone survives any locale of a terminal or a pipe.
  private static final ObjectWriter WRITER =
      Contract.mapper()
          .writerFor(PlanJson.class)
          .with(JsonWriteFeature.ESCAPE_NON_ASCII)
          .without(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  /** Files of one kind in one zone; the total has neither. */
  record Part(
      @JsonInclude(Include.NON_EMPTY) String kind,
      @JsonInclude(Include.NON_EMPTY) String zone,
      long files,
      long filesHere,
      long full,
      long append,
      long unresolved,
      long bytesMin,
      long bytesMax) {
    static Part of(PlanSummary.Part part) {
      return new Part(
          part.kind(),
          part.zone(),
          part.files(),
          part.here(),
          part.full(),
          part.append(),
          part.unresolved(),
          part.bytesMin(),
          part.bytesMax());
    }
  }

  /** US dollars. */
  record Cost(double total, double storage, double writes, double reads, String pricesOf) {
    static Cost of(R2Cost cost) {
      return new Cost(
          cost.total(), cost.storage(), cost.writes(), cost.reads(), R2Cost.pricesAsOf());
    }
  }

  /** Bytes at the destination. */
  record Space(long growth, long neededLeast, long neededMost, long stagedTogether) {
    static Space of(PlanSummary.Space space) {
      return new Space(
          space.growthBytes(), space.leastBytes(), space.mostBytes(), space.togetherBytes());
    }
  }

  /** A file that must move. */
  record Move(
      String virtualPath,
      String sourcePath,
      @Nullable String targetPath,
      PlanMode mode,
      long offsetBytes,
      long sizeBytes,
      String kind,
      String zone,
      boolean here,
      @JsonInclude(Include.NON_NULL) @Nullable String publishGroup,
      @JsonInclude(Include.NON_NULL) @Nullable Integer publishOrder) {
    static Move of(Plan.Move move, PlanMode mode, boolean here) {
      PlannedFile file = move.file();
      return new Move(
          file.virtualPath(),
          file.sourcePath(),
          file.targetPath(),
          mode,
          mode == PlanMode.APPEND ? Objects.requireNonNull(file.targetSizeBytes()) : 0,
          file.sizeBytes(),
          move.kind(),
          file.zone(),
          here,
          file.publishGroup(),
          file.publishOrder());
    }
  }

  private static final class Files extends AbstractList<Move> implements RandomAccess {
    private final List<Plan.Move> moves;
    private final SourcesHere sources;

    Files(List<Plan.Move> moves, SourcesHere sources) {
      this.moves = moves;
      this.sources = sources;
    }

    @Override
    public Move get(int index) {
      return Move.of(moves.get(index), sources.mode(index), sources.isHere(index));
    }

    @Override
    public int size() {
      return moves.size();
    }
  }

  /** The object of that job's plan. */
  public static PlanJson of(String jobId, PlanReport report) {
    Plan plan = report.plan();
    PlanSummary summary = report.summary();
    return new PlanJson(
        jobId,
        plan.unchangedFiles(),
        Part.of(summary.total()),
        summary.parts().stream().map(Part::of).toList(),
        report.measure().sliceSizeBytes(),
        (long) summary.slices().min(),
        (long) summary.slices().max(),
        report.measure().windowBytes(),
        report.measure().rateBytes(),
        summary.hours().min(),
        summary.hours().max(),
        Cost.of(summary.costMax()),
        Space.of(summary.space()),
        plan.warnings(),
        plan.clashes(),
        report.sources().problems(),
        report.errors(),
        new Files(plan.moves(), report.sources()));
  }

  /** Writes the object and the end of its line. */
  public void write(Writer out) throws IOException {
    WRITER.writeValue(out, this);
    out.write('\n');
  }
}
