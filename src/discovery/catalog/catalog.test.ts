import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { type Catalog, openCatalog } from './catalog.ts';
import { categoryIds, categoryTitle, findCategory } from './categories.ts';
import { isUnclassifiedId, unclassifiedId } from './unclassified.ts';

let catalog: Catalog;
before(async () => {
  catalog = await openCatalog();
});

const nameOf = (host: string): string | null => {
  const match = catalog.matchHost(host);
  return match === null ? null : (catalog.app(match.appId)?.name ?? match.domain);
};

test('a host belongs to the app with the longest domain that it lies below', () => {
  assert.equal(nameOf('www.dropbox.com'), 'Dropbox');
  assert.equal(nameOf('dropbox.com'), 'Dropbox');
  assert.equal(nameOf('notdropbox.com'), 'notdropbox.com');
  assert.equal(nameOf('docs.google.com'), 'Google Workspace');
  assert.equal(nameOf('www.google.com'), 'Google Search');
  assert.deepEqual(catalog.matchHost('a.b.docs.google.com')?.domain, 'docs.google.com');
});

test('letter case, a final dot and letters of other scripts do not matter', () => {
  assert.equal(nameOf('WWW.DropBox.COM.'), 'Dropbox');
  assert.equal(nameOf('ＷＷＷ．dropbox．com'), 'Dropbox');
  assert.equal(catalog.matchHost('www.bücher.de')?.domain, 'xn--bcher-kva.de');
  assert.deepEqual(catalog.matchHost('BÜCHER.de'), catalog.matchHost('xn--bcher-kva.de'));
});

test('personal sites of SharePoint are OneDrive, all others SharePoint', () => {
  assert.equal(nameOf('contoso-my.sharepoint.com'), 'OneDrive');
  assert.equal(catalog.matchHost('Contoso-MY.sharepoint.com')?.domain, 'contoso-my.sharepoint.com');
  assert.equal(nameOf('contoso-my.sharepoint.us'), 'OneDrive');
  assert.equal(nameOf('contoso.sharepoint.com'), 'SharePoint Online');
  assert.equal(nameOf('x.contoso-my.sharepoint.com'), 'SharePoint Online');
  assert.equal(nameOf('sharepoint.com'), 'SharePoint Online');
});

test('what nobody knows is grouped by registrable domain, under an id that is the same everywhere', () => {
  const match = catalog.matchHost('files.intranet.nobody-knows-this.co.uk');
  assert.deepEqual(match, {
    appId: unclassifiedId('nobody-knows-this.co.uk'),
    domain: 'nobody-knows-this.co.uk',
  });
  assert.equal(unclassifiedId('example.com'), 7_379_485_828_508_411);
  assert.ok(isUnclassifiedId(match?.appId ?? 0) && catalog.app(match?.appId ?? 0) === undefined);
});

test('what is no name of the internet belongs to nobody', () => {
  const none = ['', '.', '..', 'localhost', 'printer', 'nas.local', 'wiki.corp', 'db.internal', 'co.uk', 'com.'];
  const malformed = [
    'a..com',
    '.dropbox.com',
    'drop box.com',
    'dropbox.com:443',
    'http://dropbox.com',
    'a/b.com',
    'x@y.com',
  ];
  const addresses = ['192.0.2.1', '2001:db8::1', '[2001:db8::1]', '1.0.0.127.in-addr.arpa'];
  const long = [`${'a'.repeat(64)}.com`, `${'a.'.repeat(130)}com`, 'ü'.repeat(5000)];
  for (const host of [...none, ...malformed, ...addresses, ...long]) assert.equal(catalog.matchHost(host), null, host);
});

test("a tenant's own apps come before the catalogue, whatever that owns", async () => {
  const customApps = [
    { appId: 1_000_000_000, domains: ['google.com', 'payroll.contoso.local'] },
    { appId: 1_000_000_001, domains: ['drive.google.com'] },
  ];
  const own = await openCatalog({ customApps });
  const idOf = (host: string) => own.matchHost(host)?.appId;
  assert.equal(idOf('docs.google.com'), 1_000_000_000);
  assert.equal(idOf('x.drive.google.com'), 1_000_000_001);
  assert.equal(idOf('www.payroll.contoso.local'), 1_000_000_000);
  assert.equal(idOf('dropbox.com'), 11627);
  assert.equal(catalog.matchHost('docs.google.com')?.appId, 11770);
});

test('an address belongs to the app whose published range or network it lies in', async () => {
  const systems: Record<string, number> = { '198.51.100.7': 16509, '52.97.1.1': 8075, '2001:db8::7': 13335 };
  const known = await openCatalog({ systemOf: (address) => systems[address] });
  assert.deepEqual(known.matchAddress('198.51.100.7'), { appId: 11599, domain: '198.51.100.7' });
  assert.equal(known.matchAddress('52.97.1.1')?.appId, 20893);
  assert.equal(known.matchAddress('::ffff:52.97.1.1')?.appId, 20893);
  assert.equal(known.matchAddress('52.113.0.1')?.appId, 28375);
  assert.equal(known.app(known.matchAddress('2001:0DB8::7')?.appId ?? 0)?.name, 'Cloudflare');
  for (const other of ['192.0.2.1', '', 'dropbox.com', 'fe80::1%eth0', '300.1.1.1']) {
    assert.equal(known.matchAddress(other), null, other);
  }
});

/** The rule itself, slowly: the whole host, then without its first label, and so on. */
function owner(domains: ReadonlyMap<string, number>, host: string): number | undefined {
  for (let rest = host; ; rest = rest.slice(rest.indexOf('.') + 1)) {
    const found = domains.get(rest);
    if (found !== undefined || !rest.includes('.')) return found;
  }
}

test('matching agrees with the rule for hosts of all kinds', () => {
  const domains = new Map(catalog.apps().flatMap(({ id, domains }) => domains.map((domain) => [domain, id] as const)));
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
  const tail = fc.constantFrom(...domains.keys(), 'com', 'co.uk', 'io', 'sharepoint.com', 'unknown.example.com');
  const host = fc.tuple(fc.array(label, { maxLength: 4 }), tail, fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(host, ([labels, end, isUpper, hasDot]) => {
      const name = [...labels, end].join('.');
      const match = catalog.matchHost((isUpper ? name.toUpperCase() : name) + (hasDot ? '.' : ''));
      const expected = /^[^.]+-my\.sharepoint\.com$/.test(name) ? 15600 : owner(domains, name);
      if (expected !== undefined) assert.equal(match?.appId, expected, name);
      else if (match !== null) assert.ok(isUnclassifiedId(match.appId) && name.endsWith(match.domain), name);
    }),
    { numRuns: 3000 },
  );
});

test('whatever comes in, the answer is a match in normal form or null', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc
      .array(fc.constantFrom('.', '..', 'a', 'com', '-', '_', 'xn--', 'ß', '。', '%00', '\0', 'dropbox'), {
        maxLength: 90,
      })
      .map((each) => each.join('')),
    fc.domain(),
    fc.ipV4(),
    fc.ipV6(),
  );
  fc.assert(
    fc.property(text, (host) => {
      const match = catalog.matchHost(host);
      if (match !== null) {
        assert.match(match.domain, /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/);
        assert.ok(Number.isSafeInteger(match.appId));
        assert.deepEqual(catalog.matchHost(match.domain)?.appId, match.appId);
      }
      assert.ok(catalog.matchAddress(host) === null || Number.isSafeInteger(catalog.matchAddress(host)?.appId));
    }),
    { numRuns: 5000 },
  );
});

test('categories are found by every name that they go by', () => {
  assert.equal(categoryIds.length, 47);
  for (const id of categoryIds) {
    assert.equal(findCategory(id), id);
    assert.equal(findCategory(categoryTitle(id)), id, categoryTitle(id));
    assert.equal(findCategory(id.toLowerCase().replace(/^saasdb_(sub)?category_/, '')), id);
  }
  assert.equal(findCategory('Supply chain and logistics'), 'SAASDB_CATEGORY_SUPLLY_CHAIN_AND_LOGISTICS');
  for (const other of ['', 'ALL', 'STORAGE', 'CATEGORY_SALES', '_SALES'])
    assert.equal(findCategory(other), undefined, other);
});
