// ClickHouse for tests: chDB, the engine as a library, in a child process. It comes from a package of its own
// (test/clickhouse), which the suite installs; without it the tests that need it fail with what is missing.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compile } from '../../src/kql/compile.ts';
import type { Catalogue, Compiled, ParameterName } from '../../src/kql/ir.ts';
import type { ChildAnswer, ChildRequest } from './clickhouse-child.ts';
import { line } from './clickhouse-lines.ts';

const packageFolder = fileURLToPath(new URL('../clickhouse/', import.meta.url));
const child = fileURLToPath(new URL('./clickhouse-child.ts', import.meta.url));

export interface ClickHouseRows {
  /** As ClickHouse names them. */
  readonly types: readonly string[];
  /** Whole numbers of 64 bits, decimals, and real numbers that JSON has not, are texts. */
  readonly rows: unknown[][];
}

export interface ClickHouse {
  /** `parameters`: by their names in the SQL, p1, p2, …. */
  query(sql: string, parameters?: Readonly<Record<string, string>>): Promise<ClickHouseRows>;
  rows(sql: string, parameters?: Readonly<Record<string, string>>): Promise<unknown[][]>;
  /** Runs what the compiler has made, with values of its parameters by their names. */
  run(
    compiled: Pick<Compiled, 'sql' | 'parameters'>,
    values?: Readonly<Partial<Record<ParameterName, string | bigint>>>,
  ): Promise<ClickHouseRows>;
  close(): Promise<void>;
}

/** Installs the package when it is missing. Throws a sentence that says what is missing when it cannot. */
export function installClickHouse(): void {
  if (existsSync(`${packageFolder}node_modules/chdb`)) return;
  try {
    // Not `npm ci`: chdb names libraries of other platforms as well, which not every registry has.
    execFileSync('npm', ['install', '--no-save', '--prefix', packageFolder], { stdio: 'pipe' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      'The tests of ClickHouse need the packages of test/clickhouse/package.json (chdb and its library, about 550 MB), ' +
        `which could not be installed. Run "npm install --no-save --prefix test/clickhouse" where npm may reach its registry. ${reason}`,
    );
  }
}

export async function startClickHouse(): Promise<ClickHouse> {
  installClickHouse();
  const running = spawn(process.execPath, [child], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exchange = exchangeOf(running);
  const query: ClickHouse['query'] = async (sql, parameters = {}) => {
    const { error, types = [], rows = [] } = await exchange({ sql, parameters });
    if (error !== undefined) throw new Error(error);
    return { types, rows };
  };
  return {
    query,
    rows: async (sql, parameters) => (await query(sql, parameters)).rows,
    run: ({ sql, parameters }, values = {}) => {
      const bound = parameters.map(
        (name, index) => [`p${index + 1}`, String(values[name] ?? defaultOf(name))] as const,
      );
      return query(sql, Object.fromEntries(bound));
    },
    close: async () => {
      if (running.exitCode !== null || running.signalCode !== null) return;
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGKILL');
      await ended;
    },
  };
}

const defaultOf = (name: ParameterName): string =>
  name === 'tenant' ? '00000000-0000-0000-0000-000000000001' : name === 'to' ? '9223372036854775807' : '0';

/** One line out, one line back, in order. When the process ends, whoever waits is told so. */
function exchangeOf(running: ChildProcess): (request: ChildRequest) => Promise<ChildAnswer> {
  const waiting: { resolve(answer: ChildAnswer): void; reject(error: Error): void }[] = [];
  let gone: Error | undefined;
  const { stdin, stdout } = running;
  assert.ok(stdin && stdout);
  // What the engine itself writes there is no answer.
  createInterface({ input: stdout }).on('line', (text) => {
    // The other side is our own (clickhouse-child.ts).
    if (text.startsWith('{')) waiting.shift()?.resolve(JSON.parse(text) as ChildAnswer);
  });
  const end = (reason: string): void => {
    gone ??= new Error(`The process of ClickHouse ended: ${reason}`);
    for (const each of waiting.splice(0)) each.reject(gone);
  };
  running.on('exit', (code, signal) => end(String(signal ?? code)));
  running.on('error', (error) => end(error.message));
  stdin.on('error', (error) => end(error.message));
  return (request) =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone);
      waiting.push({ resolve, reject });
      stdin.write(line(request));
    });
}

/** Compiles for ClickHouse; a refusal fails the test with its message. */
export function compileForClickHouse(query: string, catalogue: Catalogue = { tables: [] }): Compiled {
  const result = compile(query, catalogue, { dialect: 'clickhouse' });
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.diagnostics));
  return result.compiled;
}
