// SPDX-License-Identifier: Apache-2.0
/**
 * Writes src/generated/ from shared-schema/schemas/*.schema.json: messages.ts with one interface a
 * message, schemas.ts with the schemas by message name for the validator.
 *
 * `--check` writes nothing and exits 1 when a generated file isn't what the schemas say.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';

const SCHEMAS = new URL('../../shared-schema/schemas/', import.meta.url);
const GENERATED = new URL('../src/generated/', import.meta.url);
const SUFFIX = '.schema.json';
const BANNER = `// SPDX-License-Identifier: Apache-2.0
// Generated from shared-schema/schemas by \`npm run generate\`. Change the schemas, not this file.
`;

/** @typedef {{ file: string, name: string, schema: Record<string, unknown> }} Message */

/** @returns {Promise<Message[]>} */
async function readMessages() {
  const files = (await readdir(SCHEMAS)).filter((file) => file.endsWith(SUFFIX)).sort();
  return Promise.all(
    files.map(async (file) => {
      const schema = JSON.parse(await readFile(new URL(file, SCHEMAS), 'utf8'));
      return { file, name: schema.title, schema };
    }),
  );
}

/**
 * The same schema with references into one document, so that each message is generated once.
 *
 * @param {unknown} node
 * @param {Map<string, string>} nameByFile
 * @returns {unknown}
 */
function withLocalReferences(node, nameByFile) {
  if (Array.isArray(node)) return node.map((item) => withLocalReferences(item, nameByFile));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) =>
      key === '$ref'
        ? [key, `#/definitions/${nameByFile.get(value)}`]
        : [key, withLocalReferences(value, nameByFile)],
    ),
  );
}

/** @param {Message[]} messages */
async function messagesModule(messages) {
  const nameByFile = new Map(messages.map(({ file, name }) => [file, name]));
  const definitions = Object.fromEntries(
    messages.map(({ name, schema }) => {
      const inner = { ...schema };
      delete inner.$schema;
      delete inner.$id;
      return [name, withLocalReferences(inner, nameByFile)];
    }),
  );
  const root = {
    title: 'Messages',
    description: 'Every message by its name.',
    type: 'object',
    additionalProperties: false,
    required: messages.map(({ name }) => name),
    properties: Object.fromEntries(
      messages.map(({ name }) => [name, { $ref: `#/definitions/${name}` }]),
    ),
    definitions,
  };
  return compile(/** @type {any} */ (root), 'Messages', {
    bannerComment: BANNER,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 100 },
  });
}

/** @param {Message[]} messages */
function schemasModule(messages) {
  const imports = messages.map(
    ({ file, name }) => `import ${variable(name)} from '../../../shared-schema/schemas/${file}';`,
  );
  const entries = messages.map(({ name }) => `  ${name}: ${variable(name)},`);
  return `${BANNER}
import type { Messages } from './messages';
${imports.join('\n')}

/** Name of a message: the title of its schema. */
export type MessageName = keyof Messages;

/** Schemas by message name; they refer to each other by \`$id\`. */
export const SCHEMAS: Readonly<Record<MessageName, object>> = {
${entries.join('\n')}
};
`;
}

/** @param {string} name */
const variable = (name) => name.charAt(0).toLowerCase() + name.slice(1);

/**
 * @param {string} file
 * @param {string} content
 */
async function isCurrent(file, content) {
  const found = await readFile(new URL(file, GENERATED), 'utf8').catch(() => null);
  return found === content;
}

const messages = await readMessages();
const outputs = {
  'messages.ts': await messagesModule(messages),
  'schemas.ts': schemasModule(messages),
};
if (process.argv.includes('--check')) {
  for (const [file, content] of Object.entries(outputs)) {
    if (!(await isCurrent(file, content))) {
      console.error(
        `src/generated/${file}: not what shared-schema/schemas says; run \`npm run generate\` and commit it`,
      );
      process.exitCode = 1;
    }
  }
} else {
  await mkdir(GENERATED, { recursive: true });
  for (const [file, content] of Object.entries(outputs)) {
    await writeFile(new URL(file, GENERATED), content);
  }
  console.log(`src/generated: ${messages.length} messages`);
}
