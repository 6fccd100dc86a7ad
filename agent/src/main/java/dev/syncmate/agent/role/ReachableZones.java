// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.schema.Zone;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which zones this host reaches, and which of them at a higher cost: local disks are cheap, network
 * file systems are dear, unless the configuration says otherwise.
 *
 * <p><b>Threads.</b> Confined to the agent's context; the file system is asked elsewhere, since a
 * dead network mount may hang. Answers are kept a minute.
 */
final class ReachableZones {
  private static final Logger LOG = LoggerFactory.getLogger(ReachableZones.class);
  private static final Duration KEPT = Duration.ofMinutes(1);

  private final Loops loops;
  private final Function<String, Path> paths;
  private final Map<String, Reach> given;
  private final Map<String, Answer> known = new HashMap<>();

  /**
   * @param paths source path, as planned, to the path on this host
   * @param given costs that replace what the file system's type says, by zone
   */
  ReachableZones(Loops loops, Function<String, Path> paths, Map<String, Reach> given) {
    this.loops = loops;
    this.paths = paths;
    this.given = Map.copyOf(given);
  }

  /**
   * Zones that this host reaches.
   *
   * @param cheap on local disks
   * @param dear over a network
   */
  record Reached(List<String> cheap, List<String> dear) {
    List<String> all() {
      return Stream.concat(cheap.stream(), dear.stream()).toList();
    }
  }

  private record Answer(Reach reach, long atNanos) {}

  /** Those of the zones that the coordinator named last. */
  Future<Reached> reachable() {
    List<Zone> zones = loops.keeper().terms().zones();
    List<Zone> toAsk = zones.stream().filter(zone -> stale(zone.zone())).toList();
    if (toAsk.isEmpty()) {
      return Future.succeededFuture(sorted(zones));
    }
    return loops
        .blocking()
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
              return sorted(zones);
            });
  }

  private void remember(String zone, Reach reach) {
    Answer before = known.put(zone, new Answer(reach, loops.scheduler().nanoTime()));
    if (before != null && before.reach() == reach) {
      return;
    }
    if (reach == Reach.NONE) {
      LOG.warn(
          "zone.unreachable zone={}: its files are left to other hosts; if this one should"
              + " read them, correct paths in its configuration",
          zone);
    } else {
      LOG.info("zone.reach zone={} reach={}", zone, reach.name().toLowerCase(Locale.ROOT));
    }
  }

  private boolean stale(String zone) {
    Answer answer = known.get(zone);
    return answer == null || loops.scheduler().nanoTime() - answer.atNanos() > KEPT.toNanos();
  }

  private Reached sorted(List<Zone> zones) {
    return new Reached(reachedBy(zones, Reach.LOCAL), reachedBy(zones, Reach.NETWORK));
  }

  private List<String> reachedBy(List<Zone> zones, Reach wanted) {
    return zones.stream()
        .map(Zone::zone)
        .distinct()
        .filter(
            zone -> {
              Answer answer = known.get(zone);
              return answer != null && answer.reach() == wanted;
            })
        .toList();
  }

  private Reach reach(Zone zone) {
    Reach found = found(zone);
    Reach said = given.get(zone.zone());
    // What the configuration says is the cost of what is there; it brings nothing here.
    return said == null || found == Reach.NONE ? found : said;
  }

  private Reach found(Zone zone) {
    Path sample = paths.apply(zone.samplePath());
    // A sample that is gone says nothing about its neighbours: the folder does.
    Path asked = Files.isReadable(sample) ? sample : sample.getParent();
    if (asked == null || !Files.isReadable(asked)) {
      return Reach.NONE;
    }
    return FileSystems.isNetwork(asked) ? Reach.NETWORK : Reach.LOCAL;
  }
}
