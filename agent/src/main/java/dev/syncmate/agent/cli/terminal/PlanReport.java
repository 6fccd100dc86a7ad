// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.SourcesHere;
import dev.syncmate.agent.plan.figures.PlanSummary;
import dev.syncmate.agent.plan.figures.PlanSummary.Measure;
import java.util.List;

/** A plan, what it was measured with, and what was found. */
public record PlanReport(
    Measure measure, Plan plan, SourcesHere sources, PlanSummary summary, List<String> errors) {}
