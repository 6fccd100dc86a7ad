// SPDX-License-Identifier: Apache-2.0

/** A statement as D1 takes it: its values by number, and the names that these stand for. */
export interface Positional {
  readonly text: string;
  /** Of ?1, ?2, ..., each once. */
  readonly names: readonly string[];
}

/** Names, and what looks like one and is none: in texts, quoted identifiers, comments and `::`. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--.*|\/\*[\s\S]*?\*\/|::|\?\d*|:([A-Za-z_]\w*)/g;

/** Statements name their values (`:session`, `:now`), so that a fragment may stand in any of them; D1 binds by number only. */
export function positional(sql: string): Positional {
  const names: string[] = [];
  const text = sql.replace(TOKENS, (token, name?: string) => {
    if (token.startsWith('?')) throw new Error(`${token}: a value without a name, in ${sql}`);
    if (name === undefined) return token;
    if (!names.includes(name)) names.push(name);
    return `?${names.indexOf(name) + 1}`;
  });
  return { text, names };
}
