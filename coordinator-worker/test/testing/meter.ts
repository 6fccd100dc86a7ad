// SPDX-License-Identifier: Apache-2.0
/** Counts the rows that D1 reads and writes. */
export class Meter {
  rowsRead = 0;
  rowsWritten = 0;
  readonly database: D1Database;
  private readonly inner = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

  constructor(db: D1Database) {
    this.database = {
      prepare: (sql: string) => this.wrap(db.prepare(sql)),
      batch: async (statements: D1PreparedStatement[]) => {
        const results = await db.batch(statements.map((each) => this.inner.get(each) ?? each));
        for (const { meta } of results) this.add(meta);
        return results;
      },
    } as unknown as D1Database;
  }

  reset(): void {
    this.rowsRead = 0;
    this.rowsWritten = 0;
  }

  private add(meta: D1Meta): void {
    this.rowsRead += meta.rows_read;
    this.rowsWritten += meta.rows_written;
  }

  private wrap(statement: D1PreparedStatement): D1PreparedStatement {
    const counted = async (call: () => Promise<D1Result>) => {
      const result = await call();
      this.add(result.meta);
      return result;
    };
    const wrapped = {
      bind: (...values: unknown[]) => this.wrap(statement.bind(...values)),
      all: () => counted(() => statement.all()),
      run: () => counted(() => statement.run()),
    } as unknown as D1PreparedStatement;
    this.inner.set(wrapped, statement);
    return wrapped;
  }
}
