// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.LeaseLostException;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.AgentRegistration;
import dev.syncmate.schema.AgentSession;
import dev.syncmate.schema.Directive;
import dev.syncmate.schema.Heartbeat;
import dev.syncmate.schema.HeartbeatReply;
import dev.syncmate.schema.Zone;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one agent's session, and with it its leases, alive until each is given back, lost, or the
 * agent ends.
 *
 * <p><b>Units.</b> Deadlines use this host's monotonic clock, counted from before the heartbeat
 * left, and end a tenth of the lease duration early; the coordinator's wall clock is never compared
 * with ours.
 *
 * <p><b>Threads.</b> Confined to the Vert.x context of the agent.
 *
 * <p><b>Errors.</b> A session that the coordinator does not know any more, or that could not be
 * renewed in time, ends all its leases with {@link LeaseLostException}; a new session with a new id
 * is opened, so that nothing of the old one can be mistaken for ours. A refusal that no repeat can
 * heal (wrong token, contract version) goes to the agent's fatal handler.
 *
 * <p><b>Source.</b> Gray and Cheriton, "Leases", SOSP 1989; docs/adr/0003-lease-epoch.md.
 */
final class LeaseKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);
  private static final int HELD_PER_HEARTBEAT_MAX = 1000;
  private static final Duration REOPEN_DELAY = Duration.ofSeconds(2);

  private final Coordinator coordinator;
  private final Scheduler scheduler;
  private final Identity identity;
  private final LongSupplier transferredBytes;
  private final Consumer<TransferException> fatal;

  private final HeldLeases leases = new HeldLeases();
  private @Nullable AgentSession session;
  private Directive directive = Directive.WORK;
  private Runnable drainOrdered = () -> {};
  private List<Zone> zones = List.of();
  private Duration leaseDuration = Duration.ZERO;
  private Duration heartbeatInterval = Duration.ofSeconds(1);
  private Duration pollInterval = Duration.ofSeconds(1);
  private long deadlineNanos;
  private long rateFromNanos;
  private long rateFromBytes;
  private boolean heartbeatInFlight;
  private boolean closed;
  private Scheduler.@Nullable Timer heartbeatTimer;
  private Scheduler.@Nullable Timer deadlineTimer;

  LeaseKeeper(
      Coordinator coordinator,
      Scheduler scheduler,
      Identity identity,
      LongSupplier transferredBytes,
      Consumer<TransferException> fatal) {
    this.coordinator = coordinator;
    this.scheduler = scheduler;
    this.identity = identity;
    this.transferredBytes = transferredBytes;
    this.fatal = fatal;
  }

  /** Opens the session. */
  Future<Void> open() {
    long sentAt = scheduler.nanoTime();
    AgentRegistration registration = identity.newRegistration();
    return coordinator
        .register(registration)
        .map(
            opened -> {
              session = opened;
              directive = Directive.WORK;
              rateFromNanos = sentAt;
              rateFromBytes = transferredBytes.getAsLong();
              adopt(
                  opened.leaseDurationMs(),
                  opened.heartbeatIntervalMs(),
                  opened.pollIntervalMs(),
                  opened.zones());
              renewedAt(sentAt);
              scheduleHeartbeat(heartbeatInterval);
              LOG.info(
                  "session.opened session={} name={} lease_duration_ms={}",
                  opened.sessionId(),
                  registration.name(),
                  opened.leaseDurationMs());
              return null;
            });
  }

  /** The session's id, or null while there is none. */
  @Nullable String sessionId() {
    return session == null ? null : session.sessionId();
  }

  /** Whether new work may be taken now. */
  boolean mayTake() {
    return session != null && !closed && directive == Directive.WORK;
  }

  /** What to do when the coordinator tells this agent to leave. */
  void onDrainOrdered(Runnable action) {
    drainOrdered = action;
  }

  List<Zone> zones() {
    return zones;
  }

  /** How long the coordinator lets a session live without a heartbeat. */
  Duration leaseDuration() {
    return leaseDuration;
  }

  Duration pollInterval() {
    return pollInterval;
  }

  /** The leases held now; all of them end with the session. */
  HeldLeases leases() {
    return leases;
  }

  /** Sends a heartbeat now, to learn about new zones or directives. */
  void refresh() {
    if (!closed && session != null && !heartbeatInFlight) {
      sendHeartbeat();
    }
  }

  /** Ends the session; the coordinator gives its leases to others at once. */
  Future<Void> close() {
    closed = true;
    cancelTimers();
    AgentSession ending = session;
    session = null;
    if (ending == null) {
      return Future.succeededFuture();
    }
    return coordinator
        .endSession(ending.sessionId())
        .<Void>mapEmpty()
        .recover(
            e -> {
              LOG.warn("session.end_failed session={} cause={}", ending.sessionId(), message(e));
              return Future.succeededFuture();
            });
  }

  private void scheduleHeartbeat(Duration interval) {
    if (heartbeatTimer != null) {
      heartbeatTimer.cancel();
    }
    double jitter = 0.9 + 0.2 * scheduler.random();
    heartbeatTimer =
        scheduler.after(
            Duration.ofNanos((long) (interval.toNanos() * jitter)), this::sendHeartbeat);
  }

  private void sendHeartbeat() {
    AgentSession current = session;
    if (closed || current == null || heartbeatInFlight) {
      return;
    }
    heartbeatInFlight = true;
    long sentAt = scheduler.nanoTime();
    coordinator
        .heartbeat(current.sessionId(), beat(sentAt))
        .onComplete(
            answer -> {
              heartbeatInFlight = false;
              if (closed || !current.sessionId().equals(sessionId())) {
                return;
              }
              if (answer.succeeded()) {
                onRenewed(answer.result(), sentAt);
              } else {
                onNotRenewed(answer.cause());
              }
            });
  }

  private Heartbeat beat(long now) {
    long bytes = transferredBytes.getAsLong();
    long elapsed = Math.max(1, now - rateFromNanos);
    long rate = (long) ((bytes - rateFromBytes) * 1e9 / elapsed);
    rateFromNanos = now;
    rateFromBytes = bytes;
    return new Heartbeat(bytes, Math.max(0, rate), leases.tasks(HELD_PER_HEARTBEAT_MAX));
  }

  private void onRenewed(HeartbeatReply reply, long sentAt) {
    adopt(
        reply.leaseDurationMs(),
        reply.heartbeatIntervalMs(),
        reply.pollIntervalMs(),
        reply.zones());
    renewedAt(sentAt);
    if (directive != reply.directive()) {
      LOG.info("directive.changed directive={}", reply.directive());
      directive = reply.directive();
      if (directive == Directive.DRAIN) {
        drainOrdered.run();
      }
    }
    reply.lost().forEach(leases::lose);
    scheduleHeartbeat(heartbeatInterval);
  }

  private void onNotRenewed(Throwable cause) {
    if (cause instanceof TransferException e) {
      if (e.disposition() == Disposition.STOP_AGENT) {
        fatal.accept(e);
        return;
      }
      if (e.disposition() == Disposition.ABANDON_LEASE) {
        loseSession("the coordinator does not know the session any more");
        return;
      }
    }
    LOG.warn("heartbeat.failed cause={}", message(cause));
    // A third of the interval: an outage shorter than the lease must not cost the leases.
    scheduleHeartbeat(heartbeatInterval.dividedBy(3));
  }

  private void adopt(int leaseMs, int heartbeatMs, int pollMs, List<Zone> newZones) {
    leaseDuration = Duration.ofMillis(leaseMs);
    heartbeatInterval = Duration.ofMillis(heartbeatMs);
    pollInterval = Duration.ofMillis(pollMs);
    zones = newZones;
  }

  private void renewedAt(long sentAtNanos) {
    long usable = leaseDuration.toNanos() - leaseDuration.toNanos() / 10;
    deadlineNanos = sentAtNanos + usable;
    if (deadlineTimer != null) {
      deadlineTimer.cancel();
    }
    deadlineTimer =
        scheduler.after(
            Duration.ofNanos(Math.max(0, deadlineNanos - scheduler.nanoTime())), this::onDeadline);
  }

  private void onDeadline() {
    if (!closed && session != null) {
      loseSession("not renewed in time");
    }
  }

  private void loseSession(String why) {
    AgentSession lost = session;
    if (lost == null) {
      return;
    }
    LOG.warn("session.lost session={} leases={} why={}", lost.sessionId(), leases.count(), why);
    session = null;
    cancelTimers();
    leases.cancelAll(new LeaseLostException("all tasks of session " + lost.sessionId(), why));
    // The coordinator may still believe in the old session; ending it frees its work sooner.
    coordinator.endSession(lost.sessionId()).onFailure(e -> LOG.debug("session.end_failed", e));
    reopen();
  }

  private void reopen() {
    if (closed) {
      return;
    }
    open()
        .onFailure(
            e -> {
              if (e instanceof TransferException t && t.disposition() == Disposition.STOP_AGENT) {
                fatal.accept(t);
                return;
              }
              LOG.warn("session.reopen_failed cause={}", message(e));
              scheduler.after(REOPEN_DELAY, this::reopen);
            });
  }

  private void cancelTimers() {
    if (heartbeatTimer != null) {
      heartbeatTimer.cancel();
    }
    if (deadlineTimer != null) {
      deadlineTimer.cancel();
    }
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage());
  }
}
