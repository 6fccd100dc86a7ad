// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.schema.GarbageDeleted;
import dev.syncmate.schema.GarbageTake;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the objects that the coordinator says nobody needs, and confirms those that are gone. */
final class Garbage implements Step {
  private static final Logger LOG = LoggerFactory.getLogger(Garbage.class);

  private final Coordinator coordinator;
  private final ObjectStore store;

  Garbage(Coordinator coordinator, ObjectStore store) {
    this.coordinator = coordinator;
    this.store = store;
  }

  @Override
  public Future<Boolean> run(String session) {
    return coordinator
        .takeGarbage(new GarbageTake(session, ObjectStore.DELETE_KEYS_MAX))
        .compose(reply -> delete(session, reply.objectKeys()));
  }

  private Future<Boolean> delete(String session, List<String> keys) {
    if (keys.isEmpty()) {
      return Future.succeededFuture(false);
    }
    return store
        .delete(keys)
        .compose(
            gone -> {
              LOG.debug("garbage.deleted objects={} asked={}", gone.size(), keys.size());
              return gone.isEmpty()
                  ? Future.succeededFuture(false)
                  : coordinator
                      .garbageDeleted(new GarbageDeleted(session, gone))
                      .map(keys.size() == ObjectStore.DELETE_KEYS_MAX);
            });
  }
}
