import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ConfigProblem } from '../config.ts';
import { dayMs } from '../lib/clock.ts';
import { type CertificateAndKey, makeAuthority, makeServerCertificate } from './authority.ts';
import { type PreparedTls, prepareTls } from './certificates.ts';
import { buildNames, type Names, namesToCertify } from './names.ts';

const settings = { publicUrl: null, port: 8443, hostAliases: [], isDemo: true, vendorHosts: false };
const local = buildNames(settings);
const real = buildNames({ ...settings, isDemo: false, publicUrl: 'https://sally.example.com' });

/** The machine's own time: the clients in these tests cannot be given another. */
const now = Date.now();
const root = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
after(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const newFolder = () => join(root, String(++folders));
const localCa = (dataFolder: string) =>
  ({ tls: 'local-ca', tlsCertificateFile: null, tlsKeyFile: null, dataFolder }) as const;

async function prepare(dataFolder: string, names: Names, slugs: readonly string[], at = now): Promise<PreparedTls> {
  const prepared = await prepareTls(localCa(dataFolder), names, slugs, () => at);
  assert.ok(prepared);
  return prepared;
}

const leafOf = (pair: CertificateAndKey) => new X509Certificate(pair.cert);

describe('a certificate of the local authority', () => {
  let prepared: PreparedTls;
  let server: Server;
  let port: number;
  before(async () => {
    prepared = await prepare(newFolder(), local, ['contoso', 'fabrikam']);
    server = createServer({ cert: prepared.cert, key: prepared.key }, (_, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port; // A TCP server's address is of this kind.
  });
  after(() => server.close());

  /** What a client with the authority in its trust store gets under that name: the body, or why it gave up. */
  const ask = (servername: string, ca = readFileSync(prepared.caFile ?? '', 'utf8'), at = port) =>
    new Promise<string>((resolve) => {
      const host = /^\d/.test(servername) ? servername : '127.0.0.1';
      const options = {
        host,
        port: at,
        ca,
        ...(host === servername ? {} : { servername }),
        headers: { host: servername },
      };
      request(options, (response) => response.on('data', (data) => resolve(String(data))))
        .on('error', (error: NodeJS.ErrnoException) =>
          resolve(error.code === 'UNSPECIFIED' ? error.message : (error.code ?? '')),
        )
        .end();
    });

  test('is accepted by Node for every name and address, and for no other', async () => {
    for (const name of ['localhost', 'contoso.localhost', 'fabrikam.localhost', '127.0.0.1']) {
      assert.equal(await ask(name), 'hello', name);
    }
    for (const name of ['other.localhost', 'evil.example'])
      assert.equal(await ask(name), 'ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('is accepted by curl for every name', async () => {
    for (const name of ['localhost', 'contoso.localhost', '127.0.0.1']) {
      const resolve = ['--resolve', `${name}:${port}:127.0.0.1`];
      const words = ['-sS', '--cacert', prepared.caFile ?? '', ...resolve, `https://${name}:${port}/`];
      assert.equal(await output('curl', words), 'hello');
    }
  });

  test('passes the strict checks of OpenSSL', () => {
    const file = join(root, 'leaf.pem');
    writeFileSync(file, prepared.cert);
    const verify = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', prepared.caFile ?? '', file];
    assert.match(execFileSync('openssl', verify, { encoding: 'utf8' }), /: OK/);
    const shown = execFileSync('openssl', ['x509', '-noout', '-text', '-in', prepared.caFile ?? ''], {
      encoding: 'utf8',
    });
    assert.match(
      shown,
      /Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127\.0\.0\.1\/255\.255\.255\.255/,
    );
  });

  test('the authority cannot speak for anybody else: a certificate of its key for another name is refused', async () => {
    const authority = {
      cert: readFileSync(prepared.caFile ?? '', 'utf8'),
      key: readFileSync(join(prepared.caFile ?? '', '..', 'ca-key.pem'), 'utf8'),
    };
    for (const names of [
      { dns: ['bank.example'], addresses: [] },
      { dns: ['localhost'], addresses: ['192.0.2.1'] },
      { dns: ['login.microsoftonline.com', 'localhost'], addresses: [] },
    ]) {
      const forged = await makeServerCertificate(authority, names, now);
      const other = createServer(forged, (_, response) => response.end('forged'));
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const at = (other.address() as AddressInfo).port; // A TCP server's address is of this kind.
      const answer = await ask(names.dns[0] ?? '', authority.cert, at);
      other.close();
      assert.equal(answer, 'permitted subtree violation');
    }
  });

  test('a tenant that is made later gets into the certificate while the server runs', async () => {
    assert.equal(await prepared.refresh(['contoso', 'fabrikam']), null);
    const [first, second] = await Promise.all([
      prepared.refresh(['contoso', 'fabrikam', 'later']),
      prepared.refresh(['contoso', 'fabrikam', 'later', 'last']),
    ]);
    assert.ok(first && second);
    server.setSecureContext(second);
    assert.equal(await ask('last.localhost'), 'hello');
    assert.equal(await ask('later.localhost'), 'hello');
  });
});

test('keys are readable by their owner only, and are put right when they are not', async () => {
  const folder = newFolder();
  await prepare(folder, local, []);
  for (const file of ['ca-key.pem', 'server-key.pem'])
    assert.equal(statSync(join(folder, 'tls', file)).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, 'tls')).mode & 0o777, 0o700);
  execFileSync('chmod', ['644', join(folder, 'tls', 'ca-key.pem')]);
  await prepare(folder, local, []);
  assert.equal(statSync(join(folder, 'tls', 'ca-key.pem')).mode & 0o777, 0o600);
});

test('a second start changes nothing, and does not load the certificate library', async () => {
  const folder = newFolder();
  const first = await prepare(folder, local, ['contoso']);
  const second = await prepare(folder, local, ['contoso']);
  assert.deepEqual([second.cert, second.key, second.notices], [first.cert, first.key, []]);
  const script = `
    const { prepareTls } = await import(${JSON.stringify(import.meta.resolve('./certificates.ts'))});
    await prepareTls(${JSON.stringify(localCa(folder))}, ${asSource(local)}, ['contoso'], () => ${now});
    console.log(typeof Reflect.getMetadata);`;
  const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(loaded.trim(), 'undefined');
});

test('the certificate lasts 397 days at most, is made anew 30 days before its end, and the authority stays', async () => {
  const folder = newFolder();
  const first = await prepare(folder, local, []);
  const leaf = leafOf(first);
  assert.ok(leaf.validToDate.getTime() - leaf.validFromDate.getTime() <= 397 * dayMs);
  const authority = readFileSync(first.caFile ?? '', 'utf8');
  const ends = leaf.validToDate.getTime();
  assert.equal((await prepare(folder, local, [], ends - 31 * dayMs)).cert, first.cert);
  const later = await prepare(folder, local, [], ends - 29 * dayMs);
  assert.notEqual(later.cert, first.cert);
  assert.equal(readFileSync(first.caFile ?? '', 'utf8'), authority);
  assert.deepEqual(later.notices, []);
});

test('an authority near its end, or whose names no longer suffice, is made anew and the operator is told', async () => {
  const folder = newFolder();
  const first = await prepare(folder, local, []);
  const authority = () => readFileSync(first.caFile ?? '', 'utf8');
  const before = authority();
  const vendor = await prepare(folder, buildNames({ ...settings, vendorHosts: true }), ['contoso']);
  assert.notEqual(authority(), before);
  assert.match(vendor.notices.join(), /may not certify all the host names.*Trust .*ca\.pem again/);
  const wider = authority();
  assert.deepEqual((await prepare(folder, local, ['contoso'])).notices, []);
  assert.equal(authority(), wider, 'an authority that may more than is needed is kept');
  const old = await prepare(folder, local, [], now + (3650 - 20) * dayMs);
  assert.match(old.notices.join(), /about to end/);
});

test('files that were cut off or mixed up are made anew; a clock before the authority stops the start', async () => {
  const folder = newFolder();
  await prepare(folder, local, []);
  writeFileSync(join(folder, 'tls', 'server.pem'), '-----BEGIN CERTIFICATE-----\nMIIB');
  assert.ok(leafOf(await prepare(folder, local, [])).checkHost('localhost'));
  const other = newFolder();
  await prepare(other, local, []);
  writeFileSync(join(folder, 'tls', 'ca-key.pem'), readFileSync(join(other, 'tls', 'ca-key.pem')));
  assert.match((await prepare(folder, local, [])).notices.join(), /did not belong together/);
  await assert.rejects(prepare(folder, local, [], now - 400 * dayMs), /Set the clock right/);
});

describe('with the certificate of the operator', () => {
  const folder = newFolder();
  let authority: CertificateAndKey;
  let good: CertificateAndKey;
  before(async () => {
    execFileSync('mkdir', [folder]);
    const names = namesToCertify(real, []);
    authority = await makeAuthority(names, now);
    good = await makeServerCertificate(authority, names, now);
  });

  const load = async (cert: string, key: string, at = now, slugs: readonly string[] = ['contoso'], names = real) => {
    const files = { tlsCertificateFile: join(folder, 'cert.pem'), tlsKeyFile: join(folder, 'key.pem') };
    writeFileSync(files.tlsCertificateFile, cert);
    writeFileSync(files.tlsKeyFile, key);
    const prepared = await prepareTls({ tls: 'files', ...files, dataFolder: folder }, names, slugs, () => at);
    assert.ok(prepared);
    return prepared;
  };
  const refused = (work: Promise<unknown>, message: RegExp) =>
    assert.rejects(work, (error) => error instanceof ConfigProblem && message.test(error.message));

  test('a chain that covers host and tenants is taken as it is', async () => {
    const chain = good.cert + authority.cert;
    const loaded = await load(chain, good.key);
    assert.deepEqual([loaded.cert, loaded.key, loaded.caFile, loaded.notices], [chain, good.key, null, []]);
    assert.equal(await loaded.refresh(['another']), null);
  });

  test('every fault is a sentence that says what to change', async () => {
    await refused(load(good.cert, authority.key), /does not belong to the first certificate/);
    await refused(load(authority.cert + good.cert, good.key), /Put the server's own certificate first/);
    await refused(load('', good.key), /holds no PEM certificate/);
    await refused(load('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', good.key), /cannot be read/);
    await refused(load(good.cert, 'nonsense'), /holds no PEM private key/);
    const encrypted = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----';
    await refused(load(good.cert, encrypted), /encrypted.*openssl pkey/);
    await refused(load(good.cert, good.key, now + 400 * dayMs), /ended at .*Renew it/);
    await refused(load(good.cert, good.key, now - 3 * dayMs), /valid from .* only/);
    const narrow = await makeServerCertificate(
      authority,
      { dns: ['sally.example.com', 'contoso.sally.example.com'], addresses: [] },
      now,
    );
    await refused(
      load(narrow.cert, narrow.key, now, ['contoso', 'fabrikam']),
      /does not name fabrikam\.sally\.example\.com/,
    );
    await refused(load(narrow.cert, narrow.key, now, [], local), /does not name localhost/);
    const missing = { tlsCertificateFile: join(folder, 'none.pem'), tlsKeyFile: join(folder, 'key.pem') };
    await refused(
      prepareTls({ tls: 'files', ...missing, dataFolder: folder }, real, [], () => now),
      /which does not exist/,
    );
  });

  test('what works but will not for long is told', async () => {
    assert.match((await load(good.cert, good.key, now + 380 * dayMs)).notices.join(), /ends in 15 days/);
    const narrow = await makeServerCertificate(
      authority,
      { dns: ['sally.example.com', 'contoso.sally.example.com'], addresses: [] },
      now,
    );
    assert.match((await load(narrow.cert, narrow.key)).notices.join(), /every new tenant needs a new one/);
    const stranger = await makeAuthority(namesToCertify(real, []), now);
    assert.match(
      (await load(good.cert + stranger.cert, good.key)).notices.join(),
      /certificate 2 did not issue certificate 1/,
    );
    const aliased = buildNames({
      ...settings,
      isDemo: false,
      publicUrl: 'https://sally.example.com',
      hostAliases: ['b.example'],
    });
    assert.match((await load(good.cert, good.key, now, [], aliased)).notices.join(), /does not name b\.example/);
  });
});

test('behind a proxy there is no certificate', async () => {
  const proxy = { ...localCa(newFolder()), tls: 'proxy' as const };
  assert.equal(await prepareTls(proxy, local, [], () => now), null);
});

function asSource(names: Names): string {
  return `{ ...${JSON.stringify(names)}, aliases: new Set(${JSON.stringify([...names.aliases])}) }`;
}

async function output(command: string, words: readonly string[]): Promise<string> {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  child.stderr.on('data', (data) => {
    text += data;
  });
  await new Promise((resolve) => child.once('close', resolve));
  return text;
}
