// A real PostgreSQL server of the suite's own: fresh data folder, free port on loopback, run as its own user, gone when
// the run ends, however it ends. No cluster that exists on the machine is touched.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { canInstallPackages, installPackages } from './apt.ts';

const wantedMajor = 15;
const readySecondsMax = 60;

export interface PostgresServer {
  /** URL of a superuser on the database `postgres`, for TEST_POSTGRES_URL. */
  readonly url: string;
  /** What `postgres --version` says. */
  readonly version: string;
  stop(): Promise<void>;
}

/** Finds or installs PostgreSQL and starts a server. Throws a sentence that says what to install when there is none. */
export async function startPostgres(): Promise<PostgresServer> {
  let binaries = findBinaries();
  if (!binaries && canInstallPackages()) {
    installPostgres();
    binaries = findBinaries();
  }
  if (!binaries) {
    throw new Error(
      `PostgreSQL ${wantedMajor} was not found in /usr/lib/postgresql or on the PATH, and this process may not install it. ` +
        `Install it (Debian and Ubuntu: apt-get install postgresql-${wantedMajor}) and run "npm test" again, ` +
        'or run only the SQLite half with "npm test -- --sqlite-only".',
    );
  }
  return await start(binaries);
}

/** The folder with initdb and postgres: Debian's for the wanted version, else the newest there, else the PATH's. */
function findBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    join(root, String(wantedMajor), 'bin'),
    ...versions.filter((version) => Number(version) > wantedMajor).map((version) => join(root, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/**
 * Debian's package makes and starts a cluster of its own unless createcluster.conf says otherwise (maintscripts of
 * postgresql-common). The suite wants the programs only, so it says so for the time of the installation.
 */
function installPostgres(): void {
  const file = '/etc/postgresql-common/createcluster.conf';
  installPackages(['postgresql-common']);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const isDecided = before === undefined || /^\s*create_main_cluster\s*=/m.test(before);
  if (!isDecided) writeFileSync(file, `${before}\ncreate_main_cluster = false\n`);
  try {
    installPackages([`postgresql-${wantedMajor}`]);
  } finally {
    if (!isDecided && before !== undefined) writeFileSync(file, before);
  }
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so root runs it as Debian's user for it; everybody else as oneself. */
function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const number = (flag: string) =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: number('-u'), gid: number('-g') };
    } catch {
      // That user does not exist here; the next one may.
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and neither the user postgres nor nobody exists. Make one of them.',
  );
}

/** Stops the server and removes its folder as soon as standard input ends, that is, when the suite's process is gone. */
const guardScript = `
cd / && "$1/postgres" -D "$2/data" -c listen_addresses=127.0.0.1 -c port="$3" -c unix_socket_directories= \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB \
  -c logging_collector=off >"$2/log" 2>&1 &
server=$!
while read -r _; do :; done
kill -INT "$server" 2>/dev/null
wait "$server"
rm -rf "$2"
`;

async function start(binaries: string): Promise<PostgresServer> {
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-postgres-'));
  if (account) chownSync(folder, account.uid, account.gid);
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  execFileSync(
    join(binaries, 'initdb'),
    ['-D', join(folder, 'data'), '-U', 'suite', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-sync'].concat(
      ['--encoding=UTF8', '--locale=C'],
    ),
    { ...account, cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const port = await freePort();
  // Its own session: Ctrl-C reaches the suite only, which then closes this pipe; a killed suite closes it too.
  const guard = spawn('/bin/sh', ['-c', guardScript, 'postgres-guard', binaries, folder, String(port)], {
    ...account,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => guard.once('exit', () => resolve()));
  const stop = async () => {
    guard.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `postgres://suite:${password}@127.0.0.1:${port}/postgres`;
  try {
    await untilReady(url, join(folder, 'log'));
  } catch (error) {
    await stop();
    throw error;
  }
  const version = execFileSync(join(binaries, 'postgres'), ['--version'], { encoding: 'utf8' }).trim();
  return { url, version, stop };
}

async function untilReady(url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + readySecondsMax * 1000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        const log = existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-2000) : '(no log)';
        throw new Error(`PostgreSQL did not answer within ${readySecondsMax} s. It said:\n${log}`, { cause: error });
      }
    }
    await sleep(50);
  }
}

/** A port of 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('No port was given.');
  return address.port;
}
