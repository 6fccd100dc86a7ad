// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.SourcesHere;
import dev.syncmate.agent.plan.figures.PlanSummary;
import java.util.List;

/** A plan, what was asked for it, and what was found. */
record PlanReport(
    PlanFlags flags,
    PlanReportFlags measure,
    Plan plan,
    SourcesHere sources,
    PlanSummary summary,
    List<String> errors) {}
