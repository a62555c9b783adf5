// The commands that run on the server's own machine, each in a process of its own, as an operator starts them. They own
// embedded stores, so they run on those whatever database the rest of the suite is about.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { builtInRoles } from '../src/directory/role-table.ts';
import { runCommand, type Started, startCommand } from './support/command.ts';
import { freePort } from './support/postgres-server.ts';

interface DemoFile {
  readonly url: string;
  readonly caFile: string;
  readonly tenants: Record<
    string,
    { id: string; domain: string; url: string; users: Record<string, { userName: string; password: string }> }
  >;
  readonly apiToken: string;
}

function folderFor(name: string): string {
  return mkdtempSync(join(tmpdir(), `sallyport-${name}-`));
}

function readDemo(folder: string): DemoFile {
  return JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8')) as DemoFile; // Its shape is what the tests check.
}

interface Asked {
  readonly status: number;
  readonly text: string;
}

/** One call over real TLS, trusting the given authority, under the given host name. */
function ask(port: number, caFile: string, host: string, path: string, token?: string): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const headers = { host, ...(token ? { authorization: `Token ${token}` } : {}) };
    const servername = host.split(':')[0];
    const call = request(
      { host: '127.0.0.1', port, path, headers, servername, ca: readFileSync(caFile) },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += String(chunk);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    call.on('error', reject);
    call.end();
  });
}

describe('the demo', () => {
  const folder = folderFor('demo');
  let environment: Record<string, string>;
  let port: number;
  let server: Started;

  before(async () => {
    port = await freePort();
    environment = { SALLYPORT_DATA: folder, SALLYPORT_PORT: String(port), XDG_CONFIG_HOME: join(folder, 'config') };
    server = startCommand(['demo'], environment);
    await server.until(/Stop with Ctrl-C/);
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('writes demo.json for its owner alone, with a person for every built-in role of both tenants', () => {
    assert.equal(statSync(join(folder, 'demo.json')).mode & 0o777, 0o600);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    const demo = readDemo(folder);
    assert.equal(demo.url, `https://localhost:${port}`);
    assert.deepEqual(Object.keys(demo.tenants), ['contoso', 'fabrikam']);
    for (const [slug, tenant] of Object.entries(demo.tenants)) {
      assert.equal(tenant.url, `https://${slug}.localhost:${port}`);
      assert.deepEqual(
        Object.keys(tenant.users),
        builtInRoles.map((role) => role.key),
      );
    }
    assert.ok(server.output().includes(demo.caFile), 'the CA file is printed');
    assert.ok(
      server.output().includes(demo.tenants.contoso?.users['security-reader']?.password ?? '?'),
      'accounts are printed',
    );
  });

  test('serves records to its token on the generic and the tenant host, and nobody under another name', async () => {
    const { caFile, apiToken } = readDemo(folder);
    for (const host of [`localhost:${port}`, `contoso.localhost:${port}`]) {
      const answer = await ask(port, caFile, host, '/api/v1/activities/?limit=3', apiToken);
      assert.equal(answer.status, 200, answer.text);
      const body = JSON.parse(answer.text) as { data: unknown[]; total: number };
      assert.equal(body.data.length, 3);
      assert.ok(body.total > 2000, `${body.total} records`);
    }
    assert.equal((await ask(port, caFile, `fabrikam.localhost:${port}`, '/api/v1/activities/', apiToken)).status, 401);
  });

  test('keeps a second process out of its folder, and is not taken for a real deployment', async () => {
    const second = await runCommand(['demo'], { ...environment, SALLYPORT_PORT: String(await freePort()) });
    assert.notEqual(second.code, 0);
    assert.match(second.stderr, /another process|in use|locked|already/i);
  });

  test('break-glass makes an administrator who must choose a password, and both audits say so', async () => {
    const outcome = await runCommand(
      ['break-glass', 'fabrikam', 'rescue@fabrikam.example', '--reason', 'nobody can sign in'],
      environment,
    );
    assert.equal(outcome.code, 0, outcome.stderr);
    const password = outcome.stdout.trim();
    const login = [
      'login',
      '--user',
      'rescue@fabrikam.example',
      '--password-stdin',
      '--ca-file',
      readDemo(folder).caFile,
      readDemo(folder).url,
    ];
    const refused = await runCommand([...login], environment, password);
    assert.notEqual(refused.code, 0, 'a one-time password alone signs nobody in');
    const admin = await runCommand(['login', '--demo', 'fabrikam'], environment);
    assert.equal(admin.code, 0, admin.stderr);
    const audit = await runCommand(['audit', 'list', '--json', '--action', 'access.break-glass'], environment);
    assert.equal(audit.code, 0, audit.stderr);
    assert.match(audit.stdout, /nobody can sign in/);
    assert.ok(!audit.stdout.includes(password));
  });

  test('ends with 0 on SIGTERM, and starts again with the same accounts, token and records', async () => {
    const before = readDemo(folder);
    assert.equal((await server.stop()).code, 0);
    server = startCommand(['demo'], environment);
    await server.until(/Stop with Ctrl-C/);
    assert.deepEqual(readDemo(folder), before);
    assert.equal(
      (await ask(port, before.caFile, `localhost:${port}`, '/api/v1/activities/?limit=1', before.apiToken)).status,
      200,
    );
  });

  test('is refused by serve, which says what to change', async () => {
    await server.stop();
    const outcome = await runCommand(['serve'], environment);
    assert.notEqual(outcome.code, 0);
    assert.match(outcome.stderr, /holds a demo/);
    assert.match(outcome.stderr, /SALLYPORT_DATA/);
    server = startCommand(['demo'], environment);
    await server.until(/Stop with Ctrl-C/);
  });

  test('whose first start was killed begins again', async () => {
    const unfinished = folderFor('unfinished');
    const own = { SALLYPORT_DATA: unfinished, SALLYPORT_PORT: String(await freePort()) };
    const first = startCommand(['demo'], own);
    await first.until(/making activity records/);
    first.child.kill('SIGTERM');
    await first.ended;
    assert.ok(!existsSync(join(unfinished, 'demo.json')));
    const next = startCommand(['demo'], own);
    await next.until(/Stop with Ctrl-C/);
    assert.equal(Object.keys(readDemo(unfinished).tenants).length, 2);
    await next.stop();
    rmSync(unfinished, { recursive: true, force: true });
  });
});

describe('serve', () => {
  test('prints a one-time set-up link on an empty store, refuses another master key, and answers vendor hosts on request', async () => {
    const folder = folderFor('serve');
    const port = await freePort();
    const environment = { SALLYPORT_DATA: folder, SALLYPORT_PORT: String(port), SALLYPORT_LOG_LEVEL: 'warn' };
    const server = startCommand(['serve', '--vendor-hosts'], environment);
    await server.until(new RegExp(`https://localhost:${port}/setup#[0-9A-Za-z]{32}`));
    assert.match(server.output(), /127\.0\.0\.1\s+.*login\.microsoftonline\.com/);
    const caFile = join(folder, 'tls', 'ca.pem');
    for (const host of ['login.microsoftonline.com', 'api.security.microsoft.com', 'graph.microsoft.com']) {
      assert.equal((await ask(port, caFile, host, '/management/v1/about')).status, 401, `${host} is answered`);
    }
    assert.equal((await server.stop()).code, 0);
    writeFileSync(join(folder, 'master.key'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
    const refused = await runCommand(['serve'], environment);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /master key is not the one/);
    rmSync(folder, { recursive: true, force: true });
  });

  test('does not start on settings that contradict each other or do not exist', async () => {
    const folder = folderFor('settings');
    const base = { SALLYPORT_DATA: folder };
    for (const [variables, said] of [
      [{ SALLYPORT_TLS: 'files' }, /tlsCertificateFile/],
      [{ SALLYPORT_TLS: 'proxy' }, /publicUrl/],
      [{ SALLYPORT_PUBLIC_URL: 'https://example.com/path' }, /publicUrl/],
      [{ SALLYPORT_PAGE_ROWS_MAX: '0' }, /SALLYPORT_PAGE_ROWS_MAX must be a whole number/],
      [{ SALLYPORT_PAGEROWS: '5' }, /SALLYPORT_PAGEROWS is not a setting/],
    ] as const) {
      const outcome = await runCommand(['serve'], { ...base, ...variables });
      assert.notEqual(outcome.code, 0);
      assert.match(outcome.stderr, said);
    }
    rmSync(folder, { recursive: true, force: true });
  });
});

test('config shows every setting with its source and masks secrets', async () => {
  const folder = folderFor('config');
  const file = join(folder, 'sallyport.json');
  writeFileSync(file, JSON.stringify({ pageRowsMax: 50 }));
  const secret = 'postgres://sallyport:hunter2@127.0.0.1/sallyport';
  const environment = { SALLYPORT_CONFIG: file, SALLYPORT_DATABASE_URL: secret, SALLYPORT_PORT: '9000' };
  const table = await runCommand(['config'], environment);
  assert.equal(table.code, 0, table.stderr);
  assert.match(table.stdout, /pageRowsMax\s+50\s+file/);
  assert.match(table.stdout, /port\s+9000\s+environment/);
  assert.match(table.stdout, /databaseUrl\s+\*{8}\s+environment/);
  const json = await runCommand(['config', '--json'], environment);
  assert.ok(!`${table.stdout}${json.stdout}`.includes('hunter2'));
  rmSync(folder, { recursive: true, force: true });
});

test('on an older Node the launcher runs the Node that npm installed', (context) => {
  const older = findOlderNode();
  if (!older) return context.skip('no older Node is installed here');
  const outcome = spawnSync(older, [join(import.meta.dirname, '../bin/sallyport.cjs'), 'version'], {
    encoding: 'utf8',
  });
  assert.equal(outcome.stderr, '');
  assert.match(outcome.stdout, /^sallyport \d/);
  assert.equal(outcome.status, 0);
});

test('on an older Node without the platform package the launcher says what is missing', (context) => {
  const older = findOlderNode();
  if (!older) return context.skip('no older Node is installed here');
  const folder = folderFor('launcher');
  cpSync(join(import.meta.dirname, '../bin'), join(folder, 'bin'), { recursive: true });
  const outcome = spawnSync(older, [join(folder, 'bin', 'sallyport.cjs'), 'version'], { encoding: 'utf8' });
  assert.equal(outcome.status, 1);
  assert.match(outcome.stderr, /needs Node 24/);
  rmSync(folder, { recursive: true, force: true });
});

function findOlderNode(): string | undefined {
  return ['/usr/local/bin/node', '/usr/bin/node'].find((path) => {
    if (!existsSync(path)) return false;
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout;
    return Number(version.slice(1).split('.')[0]) < 24;
  });
}
