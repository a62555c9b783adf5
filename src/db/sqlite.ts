import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Dialect, SqliteDialect } from 'kysely';

function toSqlite(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === undefined) return null;
  return value as SQLInputValue; // Columns hold text, numbers and null only (tables.ts).
}

type Row = Record<string, unknown>;

/** node:sqlite reads every integer as bigint here; those that a number holds exactly become numbers, in place. */
function withNumbers(row: Row): Row {
  for (const column in row) {
    const value = row[column];
    if (typeof value === 'bigint' && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) {
      row[column] = Number(value);
    }
  }
  return row;
}

interface Prepared {
  readonly statement: StatementSync;
  /** True when it gives rows. */
  readonly reader: boolean;
}

const statementsKept = 300;

const nothingToRun = {
  reader: false,
  all: (): Row[] => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  *iterate(): IterableIterator<Row> {},
};

/** The few methods of better-sqlite3 that Kysely calls, over node:sqlite, with prepared statements kept for reuse. */
function asKyselyDatabase(raw: DatabaseSync) {
  const statements = new Map<string, Prepared>();
  const prepare = (text: string): Prepared => {
    const kept = statements.get(text);
    if (kept) return kept;
    const statement = raw.prepare(text);
    statement.setReadBigInts(true);
    const prepared = { statement, reader: statement.columns().length > 0 };
    if (statements.size >= statementsKept) statements.delete(statements.keys().next().value ?? '');
    statements.set(text, prepared);
    return prepared;
  };
  return {
    close: () => raw.close(),
    prepare(text: string) {
      // A full disk ends the transaction by itself; rolling back what is not there would hide the reason.
      if (text === 'rollback' && !raw.isTransaction) return nothingToRun;
      const { statement, reader } = prepare(text);
      return {
        reader,
        all: (parameters: readonly unknown[]) => statement.all(...parameters.map(toSqlite)).map(withNumbers),
        run: (parameters: readonly unknown[]) => statement.run(...parameters.map(toSqlite)),
        *iterate(parameters: readonly unknown[]) {
          for (const row of statement.iterate(...parameters.map(toSqlite))) yield withNumbers(row);
        },
      };
    },
  };
}

/**
 * SQLite in WAL mode with synchronous=FULL: a transaction that was acknowledged survives a power cut. `file` may be
 * ":memory:" in tests of pure queries.
 */
export function sqliteDialect(file: string): { dialect: Dialect; raw: DatabaseSync } {
  const raw = new DatabaseSync(file, { timeout: 5000, enableForeignKeyConstraints: true });
  // SQLite's own lower() knows ASCII only.
  raw.function('lower', { deterministic: true }, (text) => (typeof text === 'string' ? text.toLowerCase() : text));
  raw.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=2000;');
  return { dialect: new SqliteDialect({ database: asKyselyDatabase(raw) }), raw };
}
