// SPDX-License-Identifier: Apache-2.0
import { recountDue } from './domain/recount';
import { readEnvironment, type Bindings } from './env';
import { d1Ports } from './sql/ports';

/** What the Worker does by itself, some minutes apart: wrangler.toml says when. */
export async function onSchedule(bindings: Bindings, now: number): Promise<void> {
  const { settings } = readEnvironment(bindings);
  const report = await recountDue(d1Ports(bindings.DB), { settings, now });
  if (report === null) return;
  const { jobId, repaired, problems } = report;
  const line = `recount.finished job=${jobId} repaired=${repaired.length} problems=${problems.length}`;
  if (repaired.length + problems.length === 0) console.info(line);
  else console.warn(`${line} ${JSON.stringify({ repaired, problems })}`);
}
