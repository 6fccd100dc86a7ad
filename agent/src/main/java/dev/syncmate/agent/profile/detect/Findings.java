// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile.detect;

import java.util.ArrayList;
import java.util.List;

/**
 * What was odd on the way, one line each: warnings leave the profile right, problems are files or
 * folders that could not be read and are missing in it.
 *
 * <p><b>Threads.</b> Any.
 */
final class Findings {
  private final List<String> warnings = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  synchronized void warn(String line) {
    warnings.add(line);
  }

  synchronized void problem(String line) {
    problems.add(line);
  }

  synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }

  synchronized List<String> problems() {
    return problems.stream().sorted().toList();
  }
}
