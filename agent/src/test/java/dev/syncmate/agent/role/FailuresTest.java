// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.FailedTask;
import dev.syncmate.schema.FailureKind;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.TransferMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {
  private static final Lease LEASE =
      new Lease(
          "7-3",
          "7",
          "job",
          5,
          "f",
          "/da1_data/f",
          10,
          0,
          10,
          "k",
          null,
          TransferMode.FULL,
          0,
          null,
          "gz",
          "f",
          null);

  @ParameterizedTest
  @CsvSource({
    "STORE_UNAVAILABLE, RETRY",
    "SOURCE_MISSING, UNREACHABLE",
    "TARGET_UNAVAILABLE, UNREACHABLE",
    "DISK_DENIED, RETRY",
    "OBJECT_MISSING, OBJECT_BAD",
    "SOURCE_CHANGED, SOURCE_OTHER",
    "BAD_PATH, PERMANENT",
    "ACCESS_DENIED, UNREACHABLE"
  })
  void report_eachDisposition_hasItsKind(Reason reason, FailureKind kind) {
    TransferException cause = new TransferException(reason, "what happened");
    assertThat(Failures.toFailedTask(LEASE, cause))
        .contains(new FailedTask("7-3", 5, kind, reason.word(), "what happened"));
  }

  @Test
  void report_leaseNotOurs_isNone() {
    TransferException lost = new TransferException(Reason.LEASE_LOST, "x");
    assertThat(Failures.toFailedTask(LEASE, lost)).isEmpty();
  }

  @Test
  void report_bug_isRetried() {
    FailedTask report =
        Failures.toFailedTask(LEASE, new IllegalStateException("oops")).orElseThrow();
    assertThat(report.kind()).isEqualTo(FailureKind.RETRY);
    assertThat(report.reason()).isEqualTo("internal_error");
    assertThat(report.detail()).contains("oops");
  }

  @Test
  void report_longText_fitsTheContract() {
    TransferException cause = new TransferException(Reason.DISK_ERROR, "y".repeat(5000));
    FailedTask report = Failures.toFailedTask(LEASE, cause).orElseThrow();
    assertThat(report.reason()).isEqualTo("disk_error");
    assertThat(report.detail()).hasSize(1000);
  }
}
