// The suite: `npm test` runs every test on SQLite, and what can tell the stores apart again on a PostgreSQL that it starts
// itself; `npm run test:browser` runs the browser's tests. The last line is "N passed, N failed" over all stages.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { canInstallPackages, installPackages } from './support/apt.ts';
import { installClickHouse } from './support/clickhouse.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { reaches } from './support/sources.ts';
import { type Counts, describeCounts, runStage } from './support/suite.ts';

const usage = `npm test [-- options] [files]
  --sqlite-only     run on SQLite only
  --postgres-only   run on PostgreSQL only
  --browser         run test/browser only (npm run test:browser)
  files             run these test files instead of all`;

interface Options {
  readonly stores: readonly ('sqlite' | 'postgres')[];
  readonly browser: boolean;
  readonly files: readonly string[];
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    console.log(`\nStopped by ${signal}.`);
    interrupted.abort();
  });
}

const options = readOptions();
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
if (options.browser) await runBrowserTests();
else for (const store of options.stores) await runOn(store);

if (interrupted.signal.aborted) process.exit(130);
console.log(describeCounts(total));
process.exit(total.failed > 0 || total.passed + total.skipped === 0 ? 1 : 0);

function readOptions(): Options {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        'sqlite-only': { type: 'boolean' },
        'postgres-only': { type: 'boolean' },
        browser: { type: 'boolean' },
      },
    });
    if (values['sqlite-only'] && values['postgres-only']) throw new Error('Both --sqlite-only and --postgres-only.');
    const missing = positionals.find((file) => !existsSync(file));
    if (missing) throw new Error(`There is no file ${missing}.`);
    const stores = values['sqlite-only']
      ? (['sqlite'] as const)
      : values['postgres-only']
        ? (['postgres'] as const)
        : (['sqlite', 'postgres'] as const);
    return { stores, browser: values.browser ?? false, files: positionals.map((file) => resolve(file)) };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}

function testFiles(): readonly string[] {
  if (options.files.length > 0) return options.files;
  return globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { exclude: ['test/browser/**'] })
    .sort()
    .map((file) => resolve(file));
}

/** On PostgreSQL, after SQLite: only what reaches a control store through its imports; the rest would be the same once more. */
function filesOn(store: 'sqlite' | 'postgres'): readonly string[] {
  const isSecond = store === 'postgres' && options.stores.length > 1 && options.files.length === 0;
  return isSecond ? testFiles().filter((file) => reaches(file, 'test/support/store.ts')) : testFiles();
}

async function runOn(store: 'sqlite' | 'postgres'): Promise<void> {
  if (interrupted.signal.aborted) return;
  installPythonClient();
  prepareClickHouse();
  if (store === 'sqlite') {
    add(await runStage('SQLite', filesOn(store), { TEST_STORE: 'sqlite' }, interrupted.signal));
    return;
  }
  let server: PostgresServer;
  try {
    server = await startPostgres();
  } catch (error) {
    console.error(`  FAILED PostgreSQL: ${error instanceof Error ? error.message : String(error)}`);
    add({ passed: 0, failed: 1, skipped: 0 });
    return;
  }
  try {
    const environment = { TEST_STORE: 'postgres', TEST_POSTGRES_URL: server.url };
    add(await runStage(server.version, filesOn(store), environment, interrupted.signal));
  } finally {
    await server.stop();
  }
}

/** One of the client libraries is Debian's; without it the tests that use it say so and are skipped. */
function installPythonClient(): void {
  const isThere = existsSync('/usr/lib/python3/dist-packages/msal');
  const isWanted = testFiles().some((file) => file.includes(join('test', 'clients')));
  if (isThere || !isWanted || !canInstallPackages()) return;
  try {
    installPackages(['python3-msal']);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
}

/** The engine of ClickHouse's dialect. Without it the tests that need it fail, each with what is missing. */
function prepareClickHouse(): void {
  if (!testFiles().some((file) => readFileSync(file, 'utf8').includes('ClickHouse'))) return;
  try {
    installClickHouse();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
}

async function runBrowserTests(): Promise<void> {
  const files =
    options.files.length > 0
      ? options.files
      : globSync('test/browser/**/*.test.ts')
          .sort()
          .map((file) => resolve(file));
  if (files.length === 0) {
    console.log('There are no tests in test/browser yet, so no browser is needed.');
    console.log(describeCounts(total));
    process.exit(0);
  }
  if (!findChromium() && canInstallPackages()) installPackages(['chromium']);
  const chromium = findChromium();
  if (!chromium) {
    console.error(
      '  FAILED browser: Chromium was not found on the PATH. Install it (Debian: apt-get install chromium).',
    );
    add({ passed: 0, failed: 1, skipped: 0 });
    return;
  }
  add(await runStage('browser', files, { TEST_STORE: 'sqlite', TEST_CHROMIUM: chromium }, interrupted.signal));
}

function findChromium(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

function add(counts: Counts): void {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
