import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkConsistency, type ListeningSettings } from './consistency.ts';
import { buildNames, genericUrl } from './names.ts';

const defaults: ListeningSettings = {
  tls: 'local-ca',
  tlsCertificateFile: null,
  tlsKeyFile: null,
  publicUrl: null,
  hostAliases: [],
  listenAddress: '127.0.0.1',
  trustedProxies: [],
  metricsFrom: ['127.0.0.0/8', '::1/128'],
  webhookAllowedRanges: [],
  externalSignInAllowedRanges: [],
  databaseUrl: null,
  mailHost: null,
  mailTls: 'starttls',
  mailUser: null,
  isDemo: false,
  huntingKeepDaysOf: [],
};

const problems = (changes: Partial<ListeningSettings>) => checkConsistency({ ...defaults, ...changes }).problems;

test('the defaults, and the settings that the documentation recommends, are consistent', () => {
  const good: Partial<ListeningSettings>[] = [
    {},
    { isDemo: true },
    {
      tls: 'files',
      tlsCertificateFile: 'a.pem',
      tlsKeyFile: 'b.pem',
      publicUrl: 'https://s.example.com',
      listenAddress: '::',
    },
    { tls: 'proxy', publicUrl: 'https://s.example.com', trustedProxies: ['127.0.0.1'] },
    {
      tls: 'proxy',
      publicUrl: 'https://s.example.com:444/',
      listenAddress: '0.0.0.0',
      trustedProxies: ['10.0.0.0/8', '::1'],
    },
    {
      databaseUrl: 'postgresql://u:p@db.example/sallyport?sslmode=require',
      hostAliases: ['192.0.2.1', 'b.example', '[::1]'],
    },
  ];
  for (const changes of good) {
    assert.deepEqual(
      checkConsistency({ ...defaults, ...changes }),
      { problems: [], warnings: [] },
      JSON.stringify(changes),
    );
  }
});

test('each contradiction is named with the setting to change', () => {
  const bad: [Partial<ListeningSettings>, RegExp][] = [
    [{ tls: 'files', tlsKeyFile: 'k.pem' }, /tls is files, but tlsCertificateFile is not set/],
    [{ tls: 'files', tlsCertificateFile: 'c.pem' }, /but tlsKeyFile is not set/],
    [{ mailHost: 'mail.example', mailTls: 'none', mailUser: 'u' }, /mailTls is none, but mailUser is set/],
    [{ tlsKeyFile: 'k.pem' }, /tlsKeyFile is set, but tls is local-ca/],
    [
      { tls: 'proxy', trustedProxies: ['127.0.0.1'], tlsCertificateFile: 'c.pem', publicUrl: 'https://a.example' },
      /tls is proxy, which does not use it/,
    ],
    [{ tls: 'proxy', trustedProxies: ['127.0.0.1'] }, /publicUrl is not set/],
    [{ tls: 'proxy', trustedProxies: ['127.0.0.1'], publicUrl: 'http://a.example' }, /must begin with https/],
    [{ publicUrl: 'http://a.example' }, /must begin with https/],
    [{ publicUrl: 'a.example' }, /not a URL/],
    [{ publicUrl: 'https://' }, /not a URL/],
    [{ publicUrl: 'https://a..example' }, /not a URL with a host name/],
    [{ publicUrl: 'mailto:a@b.example' }, /not a URL with a host name/],
    [{ publicUrl: 'https://a.example/api' }, /path, a query or a fragment/],
    [{ publicUrl: 'https://a.example?' }, /path, a query or a fragment/],
    [{ publicUrl: 'https://a.example/#x' }, /path, a query or a fragment/],
    [{ publicUrl: 'https://u:p@a.example' }, /user name or password/],
    [{ publicUrl: 'https://192.0.2.1:8443' }, /names the address 192\.0\.2\.1/],
    [{ publicUrl: 'https://[2001:db8::1]' }, /names the address 2001:db8::1/],
    [{ tls: 'proxy', publicUrl: 'https://a.example' }, /trustedProxies is empty/],
    [{ tls: 'proxy', publicUrl: 'https://a.example', listenAddress: '0.0.0.0' }, /trustedProxies is empty/],
    [{ trustedProxies: ['10.0.0.0/33'] }, /"10\.0\.0\.0\/33" in trustedProxies/],
    [{ metricsFrom: ['everywhere'] }, /"everywhere" in metricsFrom/],
    [{ hostAliases: ['https://a.example'] }, /in hostAliases is not a host name/],
    [{ hostAliases: ['a.example:443'] }, /in hostAliases is not a host name/],
    [{ hostAliases: ['*.a.example'] }, /in hostAliases is not a host name/],
    [{ listenAddress: 'everywhere' }, /listenAddress "everywhere"/],
    [{ huntingKeepDaysOf: ['contoso=1095', 'fabrikam=0'] }, /huntingKeepDaysOf has fabrikam=0/],
    [{ databaseUrl: 'mysql://u:secret@h/d' }, /not a postgres:\/\/ URL/],
    [{ databaseUrl: 'host=localhost' }, /not a postgres:\/\/ URL/],
    [{ databaseUrl: 'postgres://h/d', isDemo: true }, /The demo uses its embedded store/],
    [
      { isDemo: true, tls: 'proxy', trustedProxies: ['127.0.0.1'], publicUrl: 'https://a.example' },
      /The demo makes its own certificates/,
    ],
  ];
  for (const [changes, expected] of bad) {
    const found = problems(changes);
    assert.equal(found.length, 1, `${JSON.stringify(changes)}: ${found.join(' | ')}`);
    assert.match(found[0] ?? '', expected);
  }
});

test('all contradictions are said at once, and none repeats the password of the database', () => {
  const found = problems({ tls: 'files', publicUrl: 'http://a.example/x', databaseUrl: 'mysql://u:secret@h/d' });
  assert.equal(found.length, 5);
  assert.ok(!found.join().includes('secret'));
});

test('a public name on a loopback address is a warning, and so is the opposite', () => {
  const warnings = (changes: Partial<ListeningSettings>) => checkConsistency({ ...defaults, ...changes }).warnings;
  assert.match(warnings({ publicUrl: 'https://s.example.com' })[0] ?? '', /only this machine can connect/);
  assert.match(warnings({ listenAddress: '0.0.0.0' })[0] ?? '', /clients elsewhere cannot use the name localhost/);
  assert.deepEqual(warnings({ publicUrl: 'https://lab.localhost:8443' }), []);
});

test('whatever publicUrl and aliases say, either it is a problem or names can be built from it', () => {
  const text = fc.oneof(
    fc.string(),
    fc.webUrl({ withQueryParameters: true }),
    fc.domain().map((name) => `https://${name}`),
  );
  fc.assert(
    fc.property(
      text,
      fc.array(fc.oneof(fc.string(), fc.domain(), fc.ipV6()), { maxLength: 3 }),
      (publicUrl, hostAliases) => {
        if (problems({ publicUrl, hostAliases }).length > 0) return;
        const names = buildNames({ publicUrl, hostAliases, port: 1, isDemo: false, vendorHosts: false });
        assert.equal(new URL(genericUrl(names)).origin, new URL(publicUrl).origin);
      },
    ),
  );
});
