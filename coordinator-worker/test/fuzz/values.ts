// SPDX-License-Identifier: Apache-2.0
import fc, { type GeneratorValue } from 'fast-check';
import { itemsOf, propertyOf, type Schema } from './contract';

/** Values that fit a schema, and values that surely don't: made from the schema, not from the validator. */

const ITEMS_MAX = 3;
const TYPES = ['null', 'boolean', 'integer', 'string', 'array', 'object'] as const;
/** What has broken servers before. */
const NASTY = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '../../etc/passwd',
  "' OR 1=1 --",
  '%00',
  '{"a":1}',
  'ü'.repeat(40),
  '\u202e',
  '1e309',
  '-0',
  '__proto__',
];

/** One of them, of which there must be some. */
export function pick<T>(g: GeneratorValue, from: readonly T[]): T {
  const one = from[g(fc.integer, { min: 0, max: from.length - 1 })];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}

const typesOf = ({ type }: Schema): readonly string[] => (typeof type === 'string' ? [type] : type);

export function fitting(g: GeneratorValue, schema: Schema): unknown {
  if (schema.enum !== undefined) return pick(g, schema.enum);
  const type = pick(g, typesOf(schema));
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return g(fc.boolean);
    case 'integer':
      return g(fc.integer, { min: schema.minimum ?? 0, max: schema.maximum ?? 1000 });
    case 'string':
      return text(g, schema);
    case 'array':
      return Array.from(
        { length: g(fc.integer, { min: schema.minItems ?? 0, max: ITEMS_MAX }) },
        () => fitting(g, itemsOf(schema)),
      );
    case 'object':
      return Object.fromEntries(
        Object.keys(schema.properties ?? {})
          .filter((key) => schema.required?.includes(key) === true || g(fc.boolean))
          .map((key) => [key, fitting(g, propertyOf(schema, key))]),
      );
    default:
      throw new Error(`type ${type}: not known to the fuzzer`);
  }
}

function text(g: GeneratorValue, schema: Schema): string {
  const { minLength = 0, maxLength = 100, pattern } = schema;
  if (pattern === undefined)
    return g(fc.string, { minLength, maxLength: Math.min(maxLength, 100) });
  return g(matching, pattern, maxLength);
}

const matching = (pattern: string, maxLength: number) =>
  fc.stringMatching(new RegExp(pattern, 'u')).filter((value) => value.length <= maxLength);

/** Where a value stands, so that another can be put in its place. */
interface Spot {
  readonly schema: Schema;
  readonly value: unknown;
  readonly put: (value: unknown) => void;
}

function spotsOf(schema: Schema, value: unknown, put: (value: unknown) => void): Spot[] {
  const here = { schema, value, put };
  if (Array.isArray(value)) {
    const array = value as unknown[];
    const inner = array.flatMap((item, i) =>
      spotsOf(itemsOf(schema), item, (other) => {
        array[i] = other;
      }),
    );
    return [here, ...inner];
  }
  if (typeof value !== 'object' || value === null) return [here];
  const object = value as Record<string, unknown>;
  const inner = Object.keys(object).flatMap((key) =>
    spotsOf(propertyOf(schema, key), object[key], (other) => {
      object[key] = other;
    }),
  );
  return [here, ...inner];
}

/** A value that fits but for one place. */
export function broken(g: GeneratorValue, schema: Schema): unknown {
  const root = { value: fitting(g, schema) };
  const spots = spotsOf(schema, root.value, (other) => {
    root.value = other;
  });
  const spot = pick(g, spots);
  spot.put(pick(g, unfit(g, spot)));
  return root.value;
}

/** Replacements of which none fits the place. */
function unfit(g: GeneratorValue, { schema, value }: Spot): unknown[] {
  const types = typesOf(schema);
  const wrongTypes = TYPES.filter((type) => !types.includes(type)).map((type) => sample(type));
  const wrong: unknown[] = [...wrongTypes];
  if (types.includes('integer') && schema.enum === undefined) wrong.push(...wrongNumbers(schema));
  if (types.includes('string')) wrong.push(...wrongStrings(schema));
  if (Array.isArray(value)) wrong.push(...wrongArrays(g, schema, value as unknown[]));
  else if (typeof value === 'object' && value !== null) {
    wrong.push(...wrongObjects(schema, value as Record<string, unknown>));
  }
  return wrong;
}

function sample(type: (typeof TYPES)[number]): unknown {
  return { null: null, boolean: true, integer: 7, string: 'x', array: [], object: {} }[type];
}

function wrongNumbers({ minimum, maximum }: Schema): number[] {
  return [
    1.5,
    ...(minimum === undefined ? [] : [minimum - 1, -1e300]),
    ...(maximum === undefined ? [] : [maximum + 1, 1e300]),
  ];
}

function wrongStrings(schema: Schema): string[] {
  if (schema.enum !== undefined) return ['', 'none of these', 'SEND'];
  const pattern = schema.pattern === undefined ? null : new RegExp(schema.pattern, 'u');
  return [
    ...(pattern === null ? [] : NASTY.filter((value) => !pattern.test(value))),
    ...(schema.maxLength === undefined ? [] : ['/'.repeat(schema.maxLength + 1)]),
    ...((schema.minLength ?? 0) > 0 ? [''] : []),
  ];
}

function wrongArrays(g: GeneratorValue, schema: Schema, value: unknown[]): unknown[] {
  if (schema.maxItems === undefined) return [];
  const item = value[0] ?? fitting(g, itemsOf(schema));
  return [Array.from({ length: schema.maxItems + 1 }, () => item)];
}

function wrongObjects(schema: Schema, value: Record<string, unknown>): unknown[] {
  const without = (schema.required ?? []).map((key) =>
    Object.fromEntries(Object.entries(value).filter(([each]) => each !== key)),
  );
  const surprises = ['surprise', 'Session_id', 'constructor', 'toString', ''];
  return [...without, ...surprises.map((key) => ({ ...value, [key]: 1 }))];
}
