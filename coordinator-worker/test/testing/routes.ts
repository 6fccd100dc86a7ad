// SPDX-License-Identifier: Apache-2.0
import { OPERATIONS } from '../fuzz/contract';
import { createApp } from '../../src/index';

/** Ids of the right form, by what stands before them. */
const IDS: Readonly<Record<string, string>> = {
  jobs: '0123456789abcdef',
  agents: 's-0123456789',
  tasks: '1-0',
  tokens: '1',
};

const examples = import.meta.glob<unknown>('../../../shared-schema/examples/*/valid/*.json', {
  eager: true,
  import: 'default',
});

function exampleFor(method: string, path: string): string | null {
  const operation = OPERATIONS.find(
    (each) => each.method === method && each.path.replace(/\{\w+\}/, ':id') === path,
  );
  if (operation?.body == null) return null;
  const folder = (operation.body as { $id?: string }).$id?.replace('.schema.json', '') ?? '';
  const [file] = Object.keys(examples).filter((each) => each.includes(`/${folder}/valid/`));
  return file === undefined ? null : JSON.stringify(examples[file]);
}

export interface Route {
  readonly method: string;
  /** As it is routed. */
  readonly template: string;
  /** With ids of the right form. */
  readonly path: string;
  /** One that fits; null: the call takes none. */
  readonly body: string | null;
}

/** Every call that the Worker routes. */
export const ROUTES: readonly Route[] = [
  ...new Set(
    createApp(() => 0)
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`),
  ),
].map((line) => {
  const [method = '', path = ''] = line.split(' ');
  return {
    method,
    template: path,
    path: path.replace(/(\w+)\/:\w+/, (_, kind: string) => `${kind}/${IDS[kind]}`),
    body: exampleFor(method, path.replace(/:\w+/, ':id')),
  };
});
