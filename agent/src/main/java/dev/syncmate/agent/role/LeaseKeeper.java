// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.LeaseLostException;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.AgentRegistration;
import dev.syncmate.schema.AgentSession;
import dev.syncmate.schema.Directive;
import dev.syncmate.schema.Heartbeat;
import dev.syncmate.schema.HeartbeatReply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one agent's session, and with it its leases, alive until each is given back, lost, or the
 * agent ends.
 *
 * <p><b>Threads.</b> Confined to the Vert.x context of the agent.
 *
 * <p><b>Errors.</b> A session that the coordinator does not know any more, or that could not be
 * renewed in time, ends all its leases with {@link LeaseLostException}; a new session with a new id
 * is opened, so that nothing of the old one can be mistaken for ours. A refusal that no repeat can
 * heal (wrong token, contract version) completes {@link #fatal()}.
 */
final class LeaseKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);
  private static final int HELD_PER_HEARTBEAT_MAX = 1000;
  private static final Duration REOPEN_DELAY = Duration.ofSeconds(2);

  private final Coordinator coordinator;
  private final Scheduler scheduler;
  private final Supplier<AgentRegistration> registrations;
  private final LongSupplier transferredBytes;

  private final HeldLeases leases = new HeldLeases();
  private final Promise<TransferException> fatal = Promise.promise();
  private final Promise<Void> drainOrdered = Promise.promise();
  private @Nullable Open session;
  private SessionTerms terms = SessionTerms.UNKNOWN;
  private Directive directive = Directive.WORK;
  private boolean closed;

  /**
   * @param registrations a new one, with a session id of its own, each time
   */
  LeaseKeeper(
      Coordinator coordinator,
      Scheduler scheduler,
      Supplier<AgentRegistration> registrations,
      LongSupplier transferredBytes) {
    this.coordinator = coordinator;
    this.scheduler = scheduler;
    this.registrations = registrations;
    this.transferredBytes = transferredBytes;
  }

  /** Opens the session. */
  Future<Void> open() {
    long sentAt = scheduler.nanoTime();
    AgentRegistration registration = registrations.get();
    return Guarded.call(() -> coordinator.register(registration))
        .compose(
            opened -> {
              LOG.info(
                  "session.opened session={} name={} lease_duration_ms={}",
                  opened.sessionId(),
                  registration.name(),
                  opened.leaseDurationMs());
              return begin(opened, sentAt);
            });
  }

  private Future<Void> begin(AgentSession opened, long sentAtNanos) {
    Open begun = new Open(opened.sessionId(), sentAtNanos);
    if (closed) {
      return end(begun);
    }
    session = begun;
    directive = Directive.WORK;
    terms = SessionTerms.of(opened);
    begun.heartbeats.renewed(terms, sentAtNanos);
    return Future.succeededFuture();
  }

  /** The session's id, or null while there is none. */
  @Nullable String sessionId() {
    return session == null ? null : session.id;
  }

  /** The session's id; throws while there is none. */
  String requireSession() {
    if (session == null) {
      throw new TransferException(Reason.SESSION_MISSING, "no session is open");
    }
    return session.id;
  }

  /** Whether new work may be taken now. */
  boolean mayTake() {
    return session != null && directive == Directive.WORK;
  }

  /** What the coordinator said last. */
  SessionTerms terms() {
    return terms;
  }

  /** The leases held now; all of them end with the session. */
  HeldLeases leases() {
    return leases;
  }

  /** Completes with a failure that concerns the whole agent, if one comes. */
  Future<TransferException> fatal() {
    return fatal.future();
  }

  /** Nothing that this agent does can succeed. */
  void giveUp(TransferException cause) {
    if (fatal.tryComplete(cause)) {
      LOG.error("agent.fatal reason={} cause={}", cause.reason().word(), cause.getMessage());
    }
  }

  /** Completes when the coordinator tells this agent to leave. */
  Future<Void> drainOrdered() {
    return drainOrdered.future();
  }

  /** Sends a heartbeat now, to learn about new zones or directives. */
  void refresh() {
    if (session != null) {
      session.heartbeats.now();
    }
  }

  /** Ends the session; the coordinator gives its leases to others at once. */
  Future<Void> close() {
    closed = true;
    Open ending = session;
    return ending == null ? Future.succeededFuture() : end(ending);
  }

  private Future<Void> end(Open ending) {
    session = null;
    ending.heartbeats.stop();
    return Guarded.call(() -> coordinator.endSession(ending.id))
        .<Void>mapEmpty()
        .recover(
            e -> {
              LOG.warn("session.end_failed session={} cause={}", ending.id, e.getMessage());
              return Future.succeededFuture();
            });
  }

  private void reopen() {
    if (closed) {
      return;
    }
    open()
        .onFailure(
            e -> {
              if (e instanceof TransferException t && t.disposition() == Disposition.STOP_AGENT) {
                giveUp(t);
                return;
              }
              LOG.warn("session.reopen_failed cause={}", e.getMessage());
              scheduler.after(REOPEN_DELAY, this::reopen);
            });
  }

  /** The open session. */
  private final class Open implements Heartbeats.Session {
    final String id;
    final Heartbeats heartbeats = new Heartbeats(scheduler, this);
    private MovedBytes moved;

    Open(String id, long openedAtNanos) {
      this.id = id;
      this.moved = new MovedBytes(transferredBytes.getAsLong(), openedAtNanos);
    }

    @Override
    public Future<HeartbeatReply> beat(long nowNanos) {
      MovedBytes before = moved;
      moved = new MovedBytes(transferredBytes.getAsLong(), nowNanos);
      return coordinator.heartbeat(
          id,
          new Heartbeat(
              moved.bytes(),
              moved.perSecondSince(before),
              leases.tasks(HELD_PER_HEARTBEAT_MAX),
              leases.files(HELD_PER_HEARTBEAT_MAX)));
    }

    @Override
    public void renewed(HeartbeatReply reply) {
      terms = SessionTerms.of(reply);
      reply.lost().forEach(leases::lose);
      reply.lostFiles().forEach(leases::loseFile);
      if (directive != reply.directive()) {
        LOG.info("directive.changed directive={}", reply.directive());
        directive = reply.directive();
        if (directive == Directive.DRAIN) {
          drainOrdered.tryComplete();
        }
      }
    }

    @Override
    public void lost(String why) {
      LOG.warn("session.lost session={} leases={} why={}", id, leases.count(), why);
      // The coordinator may still believe in the old session; ending it frees its work sooner.
      end(this);
      leases.cancelAll(new LeaseLostException("all tasks of session " + id, why));
      reopen();
    }

    @Override
    public void refused(TransferException cause) {
      giveUp(cause);
    }
  }
}
