// The process that chDB runs in: it reads one request a line from standard input and answers each with one line. It is a
// process of its own because chDB keeps the one it is in from ending, and because a query cannot be stopped.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { clickhouseSettings } from '../../src/kql/emit/clickhouse/dialect.ts';
import { line } from './clickhouse-lines.ts';

export interface ChildRequest {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ChildAnswer {
  readonly error?: string;
  readonly types?: readonly string[];
  readonly rows?: unknown[][];
}

/** What is used of the package, which is not among those of the program and has no types here. */
interface Chdb {
  readonly Session: new () => {
    query(sql: string): string;
    queryBind(sql: string, parameters: Readonly<Record<string, string>>, format: string): string;
  };
}

// The package is installed beside its own package.json: `require` knows nothing of its types.
const { Session } = createRequire(new URL('../clickhouse/package.json', import.meta.url))('chdb') as Chdb;
const session = new Session();
const settings = {
  ...clickhouseSettings,
  // Whole numbers of 64 bits and decimals as text, so that none loses digits; real numbers that JSON has not as text.
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_quote_denormals: 1,
};
for (const [name, value] of Object.entries(settings)) session.query(`SET ${name} = ${value}`);

createInterface({ input: process.stdin })
  .on('line', (text) => {
    // The other side is our own (clickhouse.ts), which writes nothing else.
    const request = JSON.parse(text) as ChildRequest;
    process.stdout.write(line(answer(request)));
  })
  .on('close', () => process.exit(0));

function answer({ sql, parameters }: ChildRequest): ChildAnswer {
  try {
    const text = session.queryBind(sql, parameters, 'JSONCompact');
    if (text === '') return { types: [], rows: [] };
    // The engine's own format: https://clickhouse.com/docs/interfaces/formats/JSONCompact
    const { meta, data } = JSON.parse(text) as { meta: { type: string }[]; data: unknown[][] };
    return { types: meta.map(({ type }) => type), rows: data };
  } catch (error) {
    // The engine gives what a failed query had begun to write before the answer of the next one.
    session.query('SELECT 1');
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
