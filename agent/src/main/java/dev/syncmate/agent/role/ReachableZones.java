// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.slice.FileSystems;
import dev.syncmate.schema.Zone;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which zones this host reaches, the cheap ones first: local disks, then network file systems.
 *
 * <p><b>Threads.</b> Confined to the agent's context; the file system is asked elsewhere, since a
 * dead network mount may hang. Answers are kept a minute.
 */
final class ReachableZones {
  private static final Logger LOG = LoggerFactory.getLogger(ReachableZones.class);
  private static final Duration KEPT = Duration.ofMinutes(1);

  private final Function<String, Path> paths;
  private final Blocking blocking;
  private final Scheduler scheduler;
  private final Map<String, Answer> known = new HashMap<>();

  ReachableZones(Function<String, Path> paths, Blocking blocking, Scheduler scheduler) {
    this.paths = paths;
    this.blocking = blocking;
    this.scheduler = scheduler;
  }

  enum Reach {
    LOCAL,
    NETWORK,
    NONE
  }

  private record Answer(Reach reach, long atNanos) {}

  /** Names of the zones that this host reaches, cheapest first. */
  Future<List<String>> reachable(List<Zone> zones) {
    List<Zone> toAsk = zones.stream().filter(zone -> stale(zone.zone())).toList();
    if (toAsk.isEmpty()) {
      return Future.succeededFuture(ordered(zones));
    }
    return blocking
        .run(
            () -> {
              Map<String, Reach> found = new HashMap<>();
              for (Zone zone : toAsk) {
                found.merge(zone.zone(), reach(zone), (a, b) -> a.compareTo(b) <= 0 ? a : b);
              }
              return found;
            })
        .map(
            found -> {
              found.forEach(this::remember);
              return ordered(zones);
            });
  }

  private void remember(String zone, Reach reach) {
    Answer before = known.put(zone, new Answer(reach, scheduler.nanoTime()));
    if (before == null || before.reach() != reach) {
      LOG.info("zone.reach zone={} reach={}", zone, reach.name().toLowerCase(Locale.ROOT));
    }
  }

  private boolean stale(String zone) {
    Answer answer = known.get(zone);
    return answer == null || scheduler.nanoTime() - answer.atNanos() > KEPT.toNanos();
  }

  private List<String> ordered(List<Zone> zones) {
    Set<String> seen = new HashSet<>();
    List<String> result = new ArrayList<>();
    for (Reach wanted : List.of(Reach.LOCAL, Reach.NETWORK)) {
      for (Zone zone : zones) {
        Answer answer = known.get(zone.zone());
        if (answer != null && answer.reach() == wanted && seen.add(zone.zone())) {
          result.add(zone.zone());
        }
      }
    }
    return result;
  }

  private Reach reach(Zone zone) {
    Path sample = paths.apply(zone.samplePath());
    // A sample that is gone says nothing about its neighbours: the folder does.
    Path asked = Files.isReadable(sample) ? sample : sample.getParent();
    if (asked == null || !Files.isReadable(asked)) {
      return Reach.NONE;
    }
    return FileSystems.isNetwork(asked) ? Reach.NETWORK : Reach.LOCAL;
  }
}
