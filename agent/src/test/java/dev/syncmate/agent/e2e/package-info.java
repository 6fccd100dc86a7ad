// SPDX-License-Identifier: Apache-2.0
/** The main job with real processes: Worker, D1 and R2 of the local stack, and agents. */
package dev.syncmate.agent.e2e;
