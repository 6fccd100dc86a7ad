// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.HeartbeatReply;
import io.vertx.core.Future;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heartbeats of one session, until it is lost or ended.
 *
 * <p><b>Threads.</b> Confined to the agent's context.
 *
 * <p><b>Errors.</b> One that fails is repeated soon; its session counts as lost when the {@link
 * LeaseDeadline} comes first.
 */
final class Heartbeats {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

  private final Scheduler scheduler;
  private final Session session;
  private final Alarm next;
  private final Alarm deadline;
  private Duration interval = Duration.ZERO;
  private boolean underWay;

  /** The session that they renew. */
  interface Session {
    /** Sends one. */
    Future<HeartbeatReply> beat(long nowNanos);

    void renewed(HeartbeatReply reply);

    /** It can't be renewed any more; the coordinator may still hold it. */
    void lost(String why);

    /** No repeat can help. */
    void refused(TransferException cause);
  }

  Heartbeats(Scheduler scheduler, Session session) {
    this.scheduler = scheduler;
    this.session = session;
    this.next = new Alarm(scheduler, this::now);
    this.deadline = new Alarm(scheduler, () -> session.lost("not renewed in time"));
  }

  /** The session was opened, or renewed, by a call that left then. */
  void renewed(SessionTerms terms, long sentAtNanos) {
    interval = terms.heartbeat();
    deadline.set(LeaseDeadline.renewed(sentAtNanos, terms.lease()).left(scheduler.nanoTime()));
    after(interval);
  }

  /** Sends one now, unless one is under way. */
  void now() {
    if (underWay || next.stopped()) {
      return;
    }
    underWay = true;
    long sentAt = scheduler.nanoTime();
    Guarded.call(() -> session.beat(sentAt))
        .onComplete(
            answer -> {
              underWay = false;
              if (next.stopped()) {
                return;
              }
              if (answer.succeeded()) {
                renewed(SessionTerms.of(answer.result()), sentAt);
                session.renewed(answer.result());
              } else {
                onFailed(answer.cause());
              }
            });
  }

  void stop() {
    next.stop();
    deadline.stop();
  }

  private void onFailed(Throwable cause) {
    if (cause instanceof TransferException e) {
      switch (e.disposition()) {
        case STOP_AGENT -> {
          session.refused(e);
          return;
        }
        case ABANDON_LEASE -> {
          session.lost("the coordinator does not know the session any more");
          return;
        }
        default -> {}
      }
    }
    LOG.warn("heartbeat.failed cause={}", cause.getMessage());
    // A third of the interval: an outage shorter than the lease must not cost the leases.
    after(interval.dividedBy(3));
  }

  private void after(Duration delay) {
    double jitter = 0.9 + 0.2 * scheduler.random();
    next.set(Duration.ofNanos((long) (delay.toNanos() * jitter)));
  }
}
