// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.syncmate.agent.plan.JobId;
import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.SourcesHere;
import dev.syncmate.agent.plan.figures.PlanSummary;
import dev.syncmate.agent.plan.figures.PlanSummary.Part;
import dev.syncmate.agent.plan.figures.R2Cost;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** A plan as one JSON object, documented in docs/planning.md. */
record PlanJson(
    PlanFlags flags,
    PlanReportFlags report,
    Plan plan,
    SourcesHere sources,
    PlanSummary summary,
    List<String> errors) {
  // ASCII alone survives any locale of a terminal or a pipe.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  static JsonGenerator generator(Writer out) throws IOException {
    JsonGenerator json = JSON.createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    return json;
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("job_id", JobId.of(flags.source, flags.destination));
    json.writeNumberField("unchanged_files", plan.unchangedFiles());
    json.writeFieldName("total");
    write(json, summary.total());
    json.writeArrayFieldStart("parts");
    for (Part part : summary.parts()) {
      write(json, part);
    }
    json.writeEndArray();
    figures(json);
    lines(json, "warnings", plan.warnings());
    lines(json, "clashes", plan.clashes());
    lines(json, "unreadable", sources.problems());
    lines(json, "errors", errors);
    json.writeArrayFieldStart("files");
    for (int i = 0; i < plan.moves().size(); i++) {
      file(json, plan.moves().get(i), sources.mode(i), sources.isHere(i));
    }
    json.writeEndArray();
    json.writeEndObject();
    json.writeRaw('\n');
  }

  private void figures(JsonGenerator json) throws IOException {
    json.writeNumberField("slice_size_bytes", flags.sliceSizeBytes);
    json.writeNumberField("slices_min", (long) summary.slices().min());
    json.writeNumberField("slices_max", (long) summary.slices().max());
    json.writeNumberField("window_bytes", flags.windowBytes);
    json.writeNumberField("rate_bytes_per_second", report.rateBytes);
    json.writeNumberField("hours_min", summary.hours().min());
    json.writeNumberField("hours_max", summary.hours().max());
    json.writeObjectFieldStart("r2_cost_max_usd");
    json.writeNumberField("total", summary.costMax().total());
    json.writeNumberField("storage", summary.costMax().storage());
    json.writeNumberField("writes", summary.costMax().writes());
    json.writeNumberField("reads", summary.costMax().reads());
    json.writeStringField("prices_of", R2Cost.pricesAsOf());
    json.writeEndObject();
    json.writeObjectFieldStart("destination_space_bytes");
    json.writeNumberField("growth", summary.space().growthBytes());
    json.writeNumberField("needed_least", summary.space().leastBytes());
    json.writeNumberField("needed_most", summary.space().mostBytes());
    json.writeNumberField("staged_together", summary.space().togetherBytes());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Part part) throws IOException {
    json.writeStartObject();
    if (!part.kind().isEmpty()) {
      json.writeStringField("kind", part.kind());
      json.writeStringField("zone", part.zone());
    }
    json.writeNumberField("files", part.files());
    json.writeNumberField("files_here", part.here());
    json.writeNumberField("full", part.full());
    json.writeNumberField("append", part.append());
    json.writeNumberField("unresolved", part.unresolved());
    json.writeNumberField("bytes_min", part.bytesMin());
    json.writeNumberField("bytes_max", part.bytesMax());
    json.writeEndObject();
  }

  private static void file(JsonGenerator json, Plan.Move move, PlanMode mode, boolean here)
      throws IOException {
    PlannedFile file = move.file();
    json.writeStartObject();
    json.writeStringField("virtual_path", file.virtualPath());
    json.writeStringField("source_path", file.sourcePath());
    json.writeStringField("target_path", file.targetPath());
    json.writeStringField("mode", mode.name().toLowerCase(Locale.ROOT));
    json.writeNumberField(
        "offset_bytes",
        mode == PlanMode.APPEND ? Objects.requireNonNull(file.targetSizeBytes()) : 0L);
    json.writeNumberField("size_bytes", file.sizeBytes());
    json.writeStringField("kind", move.kind());
    json.writeStringField("zone", file.zone());
    json.writeBooleanField("here", here);
    if (file.publishGroup() != null) {
      json.writeStringField("publish_group", file.publishGroup());
      json.writeNumberField("publish_order", Objects.requireNonNull(file.publishOrder()));
    }
    json.writeEndObject();
  }

  private static void lines(JsonGenerator json, String name, List<String> lines)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String line : lines) {
      json.writeString(line);
    }
    json.writeEndArray();
  }
}
