// SPDX-License-Identifier: Apache-2.0
import type { D1Migration } from 'cloudflare:test';

/** What `env` holds in tests: the bindings of wrangler.toml, the secret, the migrations. */
declare global {
  namespace Cloudflare {
    interface Env {
      DB: D1Database;
      CALLS_LIMIT: RateLimit;
      REFUSALS_LIMIT: RateLimit;
      SYNCMATE_TOKENS: string;
      LEASE_DURATION_MS: string;
      POLL_INTERVAL_MS: string;
      ATTEMPTS_MAX: string;
      FAILED_HOSTS_MAX: string;
      FAIL_BACKOFF_MS: string;
      DOMAIN_TIMEOUT_MS: string;
      STEAL_FACTOR: string;
      STEAL_MIN_MS: string;
      /** Of the property test: steps in all; the first seed, or ''. */
      SYNCMATE_STEPS: string;
      SYNCMATE_SEED: string;
      /** Of the test of scale. */
      SYNCMATE_TASKS: string;
      TEST_MIGRATIONS: D1Migration[];
    }
  }
}
