// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.figures.PlanSummary;
import dev.syncmate.agent.plan.figures.PlanSummary.Part;
import dev.syncmate.agent.plan.figures.R2Cost;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A plan's figures for people. */
record PlanTable(PlanFlags flags, PlanReportFlags report, Plan plan, PlanSummary summary) {
  private static final double SECONDS = 3600;

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (plan.moves().isEmpty()) {
      lines.add(
          "nothing to transfer: %d files are unchanged%s"
              .formatted(
                  plan.unchangedFiles(),
                  plan.errors().isEmpty()
                      ? ""
                      : ", %d can't be planned".formatted(plan.errors().size())));
      return lines;
    }
    lines.add(row("kind", "zone", "files", "full", "append", "unresolved", "bytes"));
    summary.parts().forEach(part -> lines.add(row(part, part.kind(), part.zone())));
    lines.add(row(summary.total(), "all", ""));
    lines.add("");
    lines.add(line("unchanged", "%d files".formatted(plan.unchangedFiles())));
    lines.add(
        line(
            "slices",
            "%s of at most %s"
                .formatted(
                    count(summary.slices().min(), summary.slices().max()),
                    ByteText.size(flags.sliceSizeBytes))));
    lines.add(line("sources here", sourcesHere()));
    lines.add(
        line(
            "time",
            "%s at %s/s"
                .formatted(
                    range(duration(summary.hours().min()), duration(summary.hours().max())),
                    ByteText.size(report.rateBytes))));
    lines.add(line("R2 cost", cost(summary.costMax())));
    lines.add(
        line(
            "destination",
            "%s; free space: %s if placed one by one, %s whatever is staged at once"
                .formatted(
                    growth(summary.space().growthBytes()),
                    ByteText.size(summary.space().leastBytes()),
                    ByteText.size(summary.space().mostBytes()))));
    if (summary.space().togetherBytes() > 0) {
      lines.add(
          line(
              "together",
              "%s of a map version are staged before its first file is placed"
                  .formatted(ByteText.size(summary.space().togetherBytes()))));
    }
    summary
        .largest()
        .forEach(
            move ->
                lines.add(
                    line(
                        "largest",
                        "%s  %s"
                            .formatted(
                                ByteText.size(move.bytes()),
                                ErrorLine.oneLine(move.sourcePath())))));
    return lines;
  }

  private String sourcesHere() {
    Map<String, Long> elsewhere = new TreeMap<>();
    for (Part part : summary.parts()) {
      if (part.files() > part.here()) {
        elsewhere.merge(part.zone(), part.files() - part.here(), Long::sum);
      }
    }
    String here = "%d of %d files".formatted(summary.total().here(), summary.total().files());
    return elsewhere.isEmpty()
        ? here
        : here
            + "; not here: "
            + elsewhere.entrySet().stream()
                .map(zone -> "%d in %s".formatted(zone.getValue(), zone.getKey()))
                .collect(Collectors.joining(", "));
  }

  private String cost(R2Cost cost) {
    return String.format(
        Locale.ROOT,
        "at most $%.2f (storage $%.2f with a window of %s, writes $%.2f, reads $%.2f; prices of %s)",
        cost.total(),
        cost.storage(),
        ByteText.size(flags.windowBytes),
        cost.writes(),
        cost.reads(),
        R2Cost.pricesAsOf());
  }

  private static String growth(long bytes) {
    return bytes < 0 ? "shrinks by " + ByteText.size(-bytes) : "grows by " + ByteText.size(bytes);
  }

  private static String duration(double hours) {
    return ByteText.duration(Math.round(hours * SECONDS));
  }

  private static String row(Part part, String kind, String zone) {
    return row(
        kind,
        zone,
        part.files(),
        part.full(),
        part.append(),
        part.unresolved(),
        range(ByteText.size(part.bytesMin()), ByteText.size(part.bytesMax())));
  }

  private static String row(Object... cells) {
    return ErrorLine.oneLine(String.format(Locale.ROOT, "%-24s %-12s %9s %9s %9s %10s  %s", cells));
  }

  private static String line(String name, String text) {
    return "%-15s %s".formatted(name, text);
  }

  private static String count(double min, double max) {
    return range(Long.toString((long) min), Long.toString((long) max));
  }

  private static String range(String min, String max) {
    return min.equals(max) ? min : min + " to " + max;
  }
}
