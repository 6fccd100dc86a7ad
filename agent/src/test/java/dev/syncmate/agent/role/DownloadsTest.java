// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.digest.Sha256;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.agent.staging.TargetConfig;
import dev.syncmate.agent.staging.TargetPaths;
import dev.syncmate.agent.testing.MemoryObjectStore;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import dev.syncmate.schema.TransferMode;
import dev.syncmate.schema.Wait;
import dev.syncmate.schema.WaitReason;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadsTest {
  private static final byte[] CONTENT = "ten bytes.".getBytes(StandardCharsets.UTF_8);
  private static final Lease LEASE = lease(HexFormat.of().formatHex(Sha256.of(CONTENT)));
  private static Vertx vertx;

  @TempDir Path folder;
  private MemoryObjectStore store;
  private Staging staging;
  private Downloads downloads;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
  }

  @BeforeEach
  void makeDownloads() {
    store = new MemoryObjectStore(vertx);
    TargetConfig targets = new TargetConfig(folder, List.of(), Path::of);
    staging = new Staging(new TargetPaths(targets), null, "writer-1");
    downloads = new Downloads(store, staging, new Rig().blocking);
  }

  private static Lease lease(String sha256) {
    return new Lease(
        "1-0",
        "1",
        "0123456789abcdef",
        3,
        "f",
        "/z/f",
        10,
        0,
        10,
        "key",
        sha256,
        TransferMode.FULL,
        0,
        null,
        "gz",
        "f",
        null);
  }

  private boolean isVerified(Lease lease) {
    return staging.isVerified(EngineWords.transfer(lease), EngineWords.sentSlice(lease));
  }

  @Test
  void move_asSent_isVerifiedInStagingAndReported() {
    store.objects().put("key", CONTENT);
    assertThat(downloads.move(LEASE, new Cancellation()).await())
        .isEqualTo(new CompletedTask("1-0", 3, "key", 10, LEASE.sha256(), null, null));
    assertThat(isVerified(LEASE)).isTrue();
  }

  @Test
  void move_verifiedBefore_needsNoObject() {
    store.objects().put("key", CONTENT);
    downloads.move(LEASE, new Cancellation()).await();
    store.objects().clear();
    assertThat(downloads.move(LEASE, new Cancellation()).await().sha256())
        .isEqualTo(LEASE.sha256());
  }

  @Test
  void move_otherShaThanLeased_isRefusedAndNotRecorded() {
    store.objects().put("key", CONTENT);
    Lease other = lease("cd".repeat(32));
    assertThatThrownBy(() -> downloads.move(other, new Cancellation()).await())
        .isInstanceOfSatisfying(
            TransferException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OBJECT_BAD));
    assertThat(isVerified(other)).isFalse();
    assertThat(isVerified(LEASE)).isFalse();
  }

  @Test
  void wanted_namesFreeSpaceAndNoZone() {
    SliceWork.Wanted wanted = downloads.wanted().await();

    assertThat(wanted.freeBytes()).isPositive();
    assertThat(wanted.zones()).isEmpty();
    assertThat(wanted.dearZones()).isNull();
  }

  @Test
  void answered_asksAgainAtOnceOnlyWhereThereWasWork() {
    Wait waiting = new Wait(WaitReason.NOT_REACHABLE, 1000);

    assertThat(downloads.answered(new LeaseReply(List.of(LEASE), null))).isTrue();
    assertThat(downloads.answered(new LeaseReply(List.of(), waiting))).isFalse();
  }
}
