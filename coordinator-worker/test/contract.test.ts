// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { SCHEMAS, type MessageName } from '../src/generated/schemas';
import { check } from '../src/http/validate';
import { Problem } from '../src/http/problem';

const examples = import.meta.glob<unknown>('../../shared-schema/examples/*/*/*.json', {
  eager: true,
  import: 'default',
});

/** Examples of a message, each with the name of its file. */
function examplesOf(name: MessageName, kind: 'valid' | 'invalid'): [string, unknown][] {
  const folder = name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  return Object.entries(examples).flatMap(([path, message]): [string, unknown][] => {
    const [, file] = path.split(`/examples/${folder}/${kind}/`);
    return file === undefined ? [] : [[file, message]];
  });
}

function refusalOf(name: MessageName, message: unknown) {
  try {
    check(name, message);
    return 'accepted';
  } catch (error) {
    return error instanceof Problem ? error.refusal.reason : error;
  }
}

describe.each(Object.keys(SCHEMAS) as MessageName[])('the validator, for %s,', (name) => {
  it('has valid and invalid examples', () => {
    expect(examplesOf(name, 'valid')).not.toHaveLength(0);
    expect(examplesOf(name, 'invalid')).not.toHaveLength(0);
  });

  it.each(examplesOf(name, 'valid'))('accepts %s', (_file, message) => {
    expect(check(name, message)).toBe(message);
  });

  it.each(examplesOf(name, 'invalid'))('refuses %s', (_file, message) => {
    expect(refusalOf(name, message)).toBe('invalid_request');
  });
});
