// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import type { Lease, PlacingFile, PlannedFile } from '../../src/generated/messages';
import type { World } from './world';
import { planned, type Agent } from './world';

/** Files of publish groups, and two agents that move as much of them as a test wants. */

export const data = (name: string, options: Partial<PlannedFile> = {}) =>
  planned(`${name}.bin`, { publish_group: `objects/${name}`, publish_order: 0, ...options });
export const index = (name: string, options: Partial<PlannedFile> = {}) =>
  planned(`${name}.idx`, { publish_group: `objects/${name}`, publish_order: 1, ...options });
export const shard = (no: number, options: Partial<PlannedFile> = {}) =>
  planned(`c2pFullV.${no}.tch`, { publish_group: 'map/c2p/V', publish_order: 0, ...options });

export const names = (files: readonly PlacingFile[]) =>
  files.map((file) => file.virtual_path).sort();

/** A sender, a receiver, and what of their work isn't done yet. */
export class Pair {
  private uploaded: Lease[] = [];

  private constructor(
    readonly world: World,
    readonly sender: Agent,
    readonly receiver: Agent,
  ) {}

  static async of(world: World): Promise<Pair> {
    return new Pair(world, await world.agent('send'), await world.agent('recv', { domain: 'd' }));
  }

  /** Everything that may be sent lies in the bucket and is leased to the receiver. */
  async upload(): Promise<void> {
    for (let sent = 1; sent > 0;) {
      const leases = await this.sender.send({ max_tasks: 100 });
      sent = leases.length;
      if (sent > 0) await this.sender.complete(leases);
      this.uploaded.push(...(await this.receiver.recv({ max_tasks: 100 })));
    }
  }

  private take(name: string): Lease[] {
    const of = this.uploaded.filter((lease) => lease.virtual_path.startsWith(name));
    if (of.length === 0) throw new Error(`nothing of ${name} is uploaded`);
    this.uploaded = this.uploaded.filter((lease) => !of.includes(lease));
    return of;
  }

  async stage(...files: string[]): Promise<void> {
    for (const name of files) await this.receiver.complete(this.take(name));
  }

  async fail(name: string): Promise<void> {
    await this.receiver.fail(this.take(name).slice(0, 1), 'permanent');
  }

  placeable(): Promise<PlacingFile[]> {
    return this.receiver.takePlacing();
  }

  /** Takes what there is to place, and gives it back. */
  async look(): Promise<string[]> {
    const files = await this.placeable();
    if (files.length > 0) await this.receiver.placed(files, 'release');
    return names(files);
  }

  async place(): Promise<string[]> {
    const files = await this.placeable();
    if (files.length > 0) await this.receiver.placed(files);
    return names(files);
  }
}

export async function submitted(world: World, files: readonly PlannedFile[], seal = true) {
  const job = await world.submit({}, files, seal);
  const pair = await Pair.of(world);
  await pair.upload();
  return { job: job.job_id, pair };
}

export async function taskOf(path: string): Promise<string> {
  const found = await env.DB.prepare('SELECT file_id FROM files WHERE planned_path = ?1')
    .bind(path)
    .first<{ file_id: number }>();
  return `${found?.file_id}-0`;
}

export const errorsOf = async (world: World, job: string) => {
  const { files } = await world.call('FilePage', 'GET', `/v1/files?job_id=${job}&state=failed`);
  return Object.fromEntries(files.map((file) => [file.virtual_path, file.last_error]));
};
