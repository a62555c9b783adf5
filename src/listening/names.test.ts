import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostHeaderOf, parseHostHeader } from './host-header.ts';
import {
  buildNames,
  genericUrl,
  hostsFileLines,
  type NameSettings,
  namesToCertify,
  resolveHost,
  tenantUrl,
} from './names.ts';
import { vendorHosts, vendorTenantParents } from './vendor-hosts.ts';

const defaults: NameSettings = { publicUrl: null, port: 8443, hostAliases: [], isDemo: false, vendorHosts: false };
const local = buildNames(defaults);
const real = buildNames({
  ...defaults,
  publicUrl: 'https://Sally.Example.com',
  hostAliases: ['Old-Name.example.com', '192.0.2.7'],
});
const vendor = buildNames({ ...defaults, vendorHosts: true });

test('the default names are localhost, the loopback addresses and <slug>.localhost', () => {
  assert.equal(genericUrl(local), 'https://localhost:8443');
  assert.equal(tenantUrl(local, 'contoso'), 'https://contoso.localhost:8443');
  for (const header of [
    'localhost',
    'LOCALHOST:8443',
    'localhost.',
    'localhost:1',
    '127.0.0.1:8443',
    '[::1]:8443',
    '[0:0::1]',
  ]) {
    assert.deepEqual(
      resolveHost(local, header),
      { kind: 'generic', canonicalOrigin: 'https://localhost:8443' },
      header,
    );
  }
  assert.deepEqual(resolveHost(local, 'Contoso.LocalHost:8443'), {
    kind: 'tenant',
    slug: 'contoso',
    canonicalOrigin: 'https://contoso.localhost:8443',
  });
});

test('the port that was really taken is in every URL, and the default port of https in none', () => {
  assert.equal(genericUrl(buildNames({ ...defaults, port: 0 }, 50_123)), 'https://localhost:50123');
  assert.equal(genericUrl(buildNames({ ...defaults, port: 443 })), 'https://localhost');
  assert.equal(tenantUrl(real, 'fabrikam'), 'https://fabrikam.sally.example.com');
});

test('an address has no hosts below it, so a tenant has no URL of its own there', () => {
  for (const publicUrl of ['https://192.0.2.1', 'https://[2001:db8::1]:8443']) {
    assert.equal(tenantUrl(buildNames({ ...defaults, publicUrl }), 'contoso'), publicUrl);
  }
});

test('aliases mean the generic host and are never echoed into a URL', () => {
  for (const header of ['old-name.example.com', '192.0.2.7:443']) {
    assert.deepEqual(resolveHost(real, header), { kind: 'generic', canonicalOrigin: 'https://sally.example.com' });
  }
  assert.equal(resolveHost(real, 'contoso.old-name.example.com').kind, 'unknown');
  assert.equal(resolveHost(real, '127.0.0.1').kind, 'unknown');
});

test('what is not exactly one configured host is unknown', () => {
  const headers = [
    undefined,
    '',
    ' ',
    'evil.example',
    'localhost.evil.example',
    'evil.example/localhost',
    'user@localhost',
    'localhost@evil.example',
    'localhost, evil.example',
    'localhost evil.example',
    ' localhost',
    'localhost ',
    'localhost:',
    'localhost:8443:8443',
    'localhost:99999',
    'localhost:-1',
    'localhost:84x3',
    'localhost..',
    '.localhost',
    'a.b.localhost',
    'contoso..localhost',
    'co.localhost',
    '-contoso.localhost',
    'contoso-.localhost',
    'con_toso.localhost',
    'contösö.localhost',
    `${'a'.repeat(41)}.localhost`,
    '::1',
    '[::1',
    '::1]',
    '[::1%lo]',
    '[::2]',
    '127.1',
    '0x7f.0.0.1',
    'https://localhost',
    'localhost\u0000',
    'localhost\r\nx-other: 1',
    'login.microsoftonline.com',
    'contoso.portal.cloudappsecurity.com',
  ];
  for (const header of headers) {
    assert.deepEqual(
      resolveHost(local, header),
      { kind: 'unknown', canonicalOrigin: 'https://localhost:8443' },
      String(header),
    );
  }
});

test('with the vendor hosts, every documented host is known, and tenants in every region', () => {
  for (const host of vendorHosts) {
    assert.deepEqual(resolveHost(vendor, host.toUpperCase()), {
      kind: 'vendor',
      canonicalOrigin: `https://${host}:8443`,
    });
  }
  for (const parent of vendorTenantParents) {
    const resolved = resolveHost(vendor, `contoso.${parent}`);
    assert.deepEqual(resolved, { kind: 'vendor', slug: 'contoso', canonicalOrigin: `https://contoso.${parent}:8443` });
  }
  for (const host of [
    'us2.portal.cloudappsecurity.com',
    'a.b.portal.cloudappsecurity.com',
    'xlogin.windows.net',
    'windows.net',
  ]) {
    assert.equal(resolveHost(vendor, host).kind, 'unknown', host);
  }
});

test('whatever a Host header says, the answer is built from configured names only', () => {
  const piece = fc.constantFrom(
    'localhost',
    'contoso',
    '.',
    ':',
    '8443',
    '@',
    '[',
    ']',
    '::1',
    ' ',
    ',',
    '/',
    '%',
    'evil',
    '.com',
    'ö',
    '\u0000',
  );
  const header = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  );
  const allowed = /^https:\/\/(?:localhost|[a-z0-9][a-z0-9-]{1,38}[a-z0-9]\.localhost):8443$/;
  fc.assert(
    fc.property(header, (text) => {
      const resolved = resolveHost(local, text);
      assert.match(resolved.canonicalOrigin, allowed);
      assert.equal(new URL(resolved.canonicalOrigin).origin, resolved.canonicalOrigin);
      assert.equal(resolved.kind === 'tenant', resolved.slug !== undefined);
      const parsed = parseHostHeader(text);
      if (parsed === undefined) assert.equal(resolved.kind, 'unknown');
      // A name that is known stays known with any port, any case and a final dot, and means the same.
      else assert.deepEqual(resolveHost(local, `${parsed.includes(':') ? `[${parsed}]` : `${parsed}.`}:1`), resolved);
    }),
    { numRuns: 2000 },
  );
});

test('a request with several Host headers has none', () => {
  assert.equal(hostHeaderOf({ rawHeaders: ['Accept', '*/*', 'HOST', 'localhost'] }), 'localhost');
  assert.equal(hostHeaderOf({ rawHeaders: ['Host', 'localhost', 'host', 'localhost'] }), undefined);
  assert.equal(hostHeaderOf({ rawHeaders: ['x', 'host'] }), undefined);
});

test('certificates name every tenant below localhost, and a wildcard below a real domain', () => {
  const names = namesToCertify(local, ['fabrikam', 'contoso']);
  assert.deepEqual(names, {
    dns: ['localhost', 'contoso.localhost', 'fabrikam.localhost'],
    addresses: ['127.0.0.1', '::1'],
  });
  assert.deepEqual(namesToCertify(real, ['contoso']), {
    dns: ['old-name.example.com', 'sally.example.com', '*.sally.example.com'],
    addresses: ['192.0.2.7'],
  });
  assert.ok(namesToCertify(vendor, []).dns.includes('*.eu2.portal.cloudappsecurity.com'));
});

test('hosts-file lines name what a resolver does not know, and nothing where it does', () => {
  assert.deepEqual(hostsFileLines(local, ['contoso'], '127.0.0.1'), ['127.0.0.1 contoso.localhost']);
  assert.deepEqual(hostsFileLines(real, ['contoso'], '192.0.2.7'), []);
  const lines = hostsFileLines(vendor, ['contoso'], '::1');
  assert.ok(lines.includes('::1 graph.microsoft.com'));
  assert.ok(lines.includes('::1 contoso.us3.portal.cloudappsecurity.com'));
});
