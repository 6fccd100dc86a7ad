// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.figures.PlanSummary;
import dev.syncmate.agent.plan.figures.PlanSummary.Measure;
import dev.syncmate.agent.plan.figures.PlanSummary.Part;
import dev.syncmate.agent.plan.figures.R2Cost;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A plan's figures for people. */
public final class PlanTable {
  private static final Columns MOVES = new Columns("%-24s %-12s %9s %9s %9s %10s  %s");
  private static final Columns FIGURES = new Columns("%-15s %s");
  private static final double SECONDS = 3600;

  private final Plan plan;
  private final PlanSummary summary;
  private final Measure measure;

  /** Shows that plan. */
  public PlanTable(PlanReport report) {
    plan = report.plan();
    summary = report.summary();
    measure = report.measure();
  }

  /** The table, line by line. */
  public Stream<String> lines() {
    return plan.moves().isEmpty()
        ? Stream.of(nothing())
        : Stream.of(moves(), Stream.of(""), figures(), largest()).flatMap(Function.identity());
  }

  private String nothing() {
    int errors = plan.errors().size();
    return "nothing to transfer: %d files are unchanged%s"
        .formatted(
            plan.unchangedFiles(), errors == 0 ? "" : ", %d can't be planned".formatted(errors));
  }

  private Stream<String> moves() {
    return Stream.concat(
        Stream.of(row("kind", "zone", "files", "full", "append", "unresolved", "bytes")),
        Stream.concat(
            summary.parts().stream().map(part -> row(part, part.kind(), part.zone())),
            Stream.of(row(summary.total(), "all", ""))));
  }

  private Stream<String> figures() {
    long together = summary.space().togetherBytes();
    Stream<String> always =
        Stream.of(
            FIGURES.row("unchanged", plan.unchangedFiles() + " files"),
            FIGURES.row("slices", slices()),
            FIGURES.row("sources here", sourcesHere()),
            FIGURES.row("time", time()),
            FIGURES.row("R2 cost", cost(summary.costMax())),
            FIGURES.row("destination", destination()));
    return together == 0
        ? always
        : Stream.concat(
            always,
            Stream.of(
                FIGURES.row(
                    "together",
                    "%s of a map version are staged before its first file is placed"
                        .formatted(ByteText.size(together)))));
  }

  private Stream<String> largest() {
    return summary.largest().stream()
        .map(
            move ->
                FIGURES.row(
                    "largest",
                    ByteText.size(move.bytes()) + "  " + Console.oneLine(move.sourcePath())));
  }

  private String slices() {
    return "%s of at most %s"
        .formatted(
            count(summary.slices().min(), summary.slices().max()),
            ByteText.size(measure.sliceSizeBytes()));
  }

  private String time() {
    return "%s at %s/s"
        .formatted(
            range(duration(summary.hours().min()), duration(summary.hours().max())),
            ByteText.size(measure.rateBytes()));
  }

  private String destination() {
    return "%s; free space: %s if placed one by one, %s whatever is staged at once"
        .formatted(
            growth(summary.space().growthBytes()),
            ByteText.size(summary.space().leastBytes()),
            ByteText.size(summary.space().mostBytes()));
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
        ByteText.size(measure.windowBytes()),
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
    return Console.oneLine(MOVES.row(cells));
  }

  private static String count(double min, double max) {
    return range(Long.toString((long) min), Long.toString((long) max));
  }

  private static String range(String min, String max) {
    return min.equals(max) ? min : min + " to " + max;
  }
}
