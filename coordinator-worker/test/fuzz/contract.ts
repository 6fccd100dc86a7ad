// SPDX-License-Identifier: Apache-2.0
import { parse } from 'yaml';
import openapiText from '../../../shared-schema/openapi.yaml?raw';
import { SCHEMAS } from '../../src/generated/schemas';

/** The calls of openapi.yaml and the schemas of what they take, with references followed. */

export interface Schema {
  readonly type: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  /** The statuses that the contract lists for this call. */
  readonly statuses: ReadonlySet<number>;
}

interface Item {
  readonly parameters?: readonly unknown[];
  readonly requestBody?: { content: Record<string, { schema: unknown }> };
  readonly responses?: Record<string, unknown>;
}

const openapi = parse(openapiText) as {
  paths: Record<string, Record<string, Item>>;
  components: { parameters: Record<string, Omit<Parameter, 'required'> & { required?: boolean }> };
};
const byId = new Map(
  Object.values(SCHEMAS).map((schema) => [(schema as { $id: string }).$id, schema]),
);

/** The schema that is meant, wherever it stands. */
function followed(schema: unknown): Schema {
  const ref = (schema as { $ref?: string }).$ref;
  if (ref === undefined) return schema as Schema;
  const found = byId.get(ref.split('/').at(-1) ?? '');
  if (found === undefined) throw new Error(`openapi.yaml: ${ref} is not a schema of the contract`);
  return found as Schema;
}

export const itemsOf = (schema: Schema): Schema => followed(schema.items ?? { type: 'string' });
export const propertyOf = (schema: Schema, key: string): Schema =>
  followed(schema.properties?.[key] ?? { type: 'string' });

function parameter(reference: unknown): Parameter {
  const ref = (reference as { $ref?: string }).$ref;
  const found =
    ref === undefined ? reference : openapi.components.parameters[ref.split('/').at(-1) ?? ''];
  const known = found as Omit<Parameter, 'required'> & { required?: boolean };
  return { ...known, required: known.required ?? false };
}

function operation(
  path: string,
  method: string,
  item: Item,
  shared: readonly unknown[],
): Operation {
  const content = item.requestBody?.content['application/json'];
  return {
    method: method.toUpperCase(),
    path,
    parameters: [...shared, ...(item.parameters ?? [])].map(parameter),
    body: content === undefined ? null : followed(content.schema),
    statuses: new Set(Object.keys(item.responses ?? {}).map(Number)),
  };
}

/** Every call that takes anything which can be malformed. */
export const OPERATIONS: readonly Operation[] = Object.entries(openapi.paths)
  .flatMap(([path, { parameters, ...methods }]) =>
    Object.entries(methods).map(([method, item]) =>
      operation(path, method, item, (parameters as readonly unknown[] | undefined) ?? []),
    ),
  )
  .filter(({ body, parameters }) => body !== null || parameters.length > 0);
