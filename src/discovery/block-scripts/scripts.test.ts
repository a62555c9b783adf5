import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { appliances, findAppliance } from './appliances.ts';
import { hostNamesOf, objectName, parseHostName } from './host-names.ts';
import { type ScriptType, scriptTypes } from './script.ts';

function linesOf(format: string, hosts: readonly string[], type: ScriptType): string[] {
  const appliance = findAppliance(format);
  assert.ok(appliance, format);
  return [...appliance.write(hosts, type)];
}

test('each of the seven documented formats has an appliance, by id and by name', () => {
  assert.deepEqual(
    appliances.map(({ id }) => id),
    [102, 104, 108, 112, 120, 129, 135],
  );
  for (const appliance of appliances) {
    assert.equal(findAppliance(String(appliance.id)), appliance);
    assert.equal(findAppliance(` ${appliance.name.toUpperCase()} `), appliance);
  }
  for (const wrong of ['', '1', '10', '102.0', 'toString', '__proto__']) assert.equal(findAppliance(wrong), undefined);
});

test('a host name is taken in lower case, without its last dot, and as punycode', () => {
  const known = {
    'Example.COM': 'example.com',
    'app.example.com.': 'app.example.com',
    'xn--bcher-kva.example': 'xn--bcher-kva.example',
    'bücher.example': 'xn--bcher-kva.example',
    'a-b.example.co.uk': 'a-b.example.co.uk',
    '1password.com': '1password.com',
    [`${'a'.repeat(63)}.example`]: `${'a'.repeat(63)}.example`,
  };
  for (const [text, name] of Object.entries(known)) assert.equal(parseHostName(text), name);
});

test('what is no host name is refused, whatever an appliance would make of it', () => {
  const wrong = [
    ...['', '.', '..', 'localhost', 'com.', '*.example.com', '.example.com', 'example..com', 'a_b.example.com'],
    ...['192.0.2.1', '2001:db8::1', '[2001:db8::1]', '192.0.2.0/24', '0x7f.1', 'example.com:443', 'example.com/path'],
    ...[
      'https://example.com',
      'user@example.com',
      'example.com deny',
      'example.com\ndeny',
      'example.com"',
      "example.com'",
    ],
    ...[
      '-a.example.com',
      'a-.example.com',
      'exa\u0000mple.com',
      '%65xample.com',
      'example.com\u2028',
      'example.com;',
      'a b.com',
    ],
    ...[`${'a'.repeat(64)}.example`, `${'a.'.repeat(130)}example`, 'exämple。com/', '１９２.0.2.1', 'example.123'],
  ];
  for (const text of wrong) assert.equal(parseHostName(text), null, text);
});

test('Blue Coat and Websense have the lines that the documented service answers with', () => {
  assert.deepEqual(linesOf('102', ['application.be', 'application.com'], 'banned'), [
    'url.domain=application.be deny',
    'url.domain=application.com deny',
  ]);
  assert.deepEqual(linesOf('102', ['application.com'], 'allowed'), ['url.domain=application.com allow']);
  assert.deepEqual(linesOf('135', ['example.com'], 'banned'), [
    'dest_host=example.com action=deny',
    'dest_domain=example.com action=deny',
  ]);
  assert.deepEqual(linesOf('135', ['example.com'], 'allowed')[1], 'dest_domain=example.com action=allow');
});

test('Zscaler has one host a line, with a dot in front', () => {
  for (const type of scriptTypes)
    assert.deepEqual(linesOf('120', ['a.example', 'b.example'], type), ['.a.example', '.b.example']);
});

test('Cisco ASA has FQDN objects, their group and an access list, which lets everything else pass when it bans', () => {
  assert.deepEqual(linesOf('104', ['a.example', 'b.example'], 'banned'), [
    'object network CAS-a.example',
    ' fqdn a.example',
    'object network CAS-b.example',
    ' fqdn b.example',
    'object-group network CAS-unsanctioned-hosts',
    ' network-object object CAS-a.example',
    ' network-object object CAS-b.example',
    'access-list CAS-unsanctioned extended deny ip any object-group CAS-unsanctioned-hosts',
    'access-list CAS-unsanctioned extended permit ip any any',
  ]);
  assert.deepEqual(
    linesOf('104', ['a.example'], 'allowed').at(-1),
    'access-list CAS-sanctioned extended permit ip any object-group CAS-sanctioned-hosts',
  );
});

test('FortiGate has one URL filter with an entry for the host and one for what is below it', () => {
  const lines = linesOf('108', ['a.example'], 'banned').map((line) => line.trim());
  assert.deepEqual(lines, [
    ...['config webfilter urlfilter', 'edit 20001', 'set name "CAS-unsanctioned"', 'config entries'],
    ...['edit 1', 'set url "a.example"', 'set type simple', 'set action block', 'set status enable', 'next'],
    ...['edit 2', 'set url "*.a.example"', 'set type wildcard', 'set action block', 'set status enable', 'next'],
    ...['end', 'next', 'end'],
  ]);
  assert.ok(linesOf('108', ['a.example'], 'allowed').some((line) => line.trim() === 'set action allow'));
});

test('Palo Alto has a custom URL category; only what is banned gets a rule', () => {
  assert.deepEqual(linesOf('112', ['a.example'], 'banned'), [
    'set profiles custom-url-category CAS-unsanctioned type "URL List"',
    'set profiles custom-url-category CAS-unsanctioned list [ a.example/ *.a.example/ ]',
    'set rulebase security rules CAS-unsanctioned from any to any source any destination any',
    'set rulebase security rules CAS-unsanctioned application any service any category CAS-unsanctioned action deny',
    'move rulebase security rules CAS-unsanctioned top',
  ]);
  const allowed = linesOf('112', ['a.example'], 'allowed');
  assert.equal(allowed.at(-1), 'set profiles url-filtering CAS-sanctioned allow CAS-sanctioned');
  assert.ok(!allowed.some((line) => line.includes('rulebase')));
});

test('Juniper SRX has names in the global address book, sets of at most 1024, and one global policy', () => {
  const hosts = Array.from({ length: 1025 }, (_, index) => `h${index}.example`);
  const lines = linesOf('129', hosts, 'banned');
  assert.equal(lines[0], 'set security address-book global address CAS-h0.example dns-name h0.example');
  const members = Map.groupBy(
    lines.flatMap((line) => /address-set (\S+) address /.exec(line)?.[1] ?? []),
    (set) => set,
  );
  assert.deepEqual(
    [...members].map(([set, each]) => [set, each.length]),
    [
      ['CAS-unsanctioned-1', 1024],
      ['CAS-unsanctioned-2', 1],
    ],
  );
  assert.deepEqual(lines.slice(-5), [
    'set security policies global policy CAS-unsanctioned match source-address any',
    'set security policies global policy CAS-unsanctioned match destination-address CAS-unsanctioned-1',
    'set security policies global policy CAS-unsanctioned match destination-address CAS-unsanctioned-2',
    'set security policies global policy CAS-unsanctioned match application any',
    'set security policies global policy CAS-unsanctioned then deny',
  ]);
  assert.match(linesOf('129', ['a.example'], 'allowed').at(-1) ?? '', /then permit$/);
});

test('names of objects fit the appliance, and long hosts that begin alike keep apart', () => {
  const long = `${'a'.repeat(60)}.${'b'.repeat(60)}`;
  const names = [`${long}.example`, `${long}.example.net`].map((host) => objectName(host, 63));
  assert.equal(new Set(names).size, 2);
  for (const name of names) assert.ok(name.length <= 63 && /^CAS-[a-z0-9.-]+$/.test(name), name);
});

test('whatever domains there are, nothing but validated host names gets into a script', () => {
  // Taken out of its line, what is left of a script is words of ours and names that pass the check once more.
  const own = new Set(
    [
      'url.domain dest_host dest_domain action deny allow permit block object network fqdn object-group network-object access-list',
      'extended ip any CAS-unsanctioned CAS-sanctioned CAS-unsanctioned-hosts CAS-sanctioned-hosts config webfilter urlfilter edit',
      'set name entries url type simple wildcard status enable next end profiles custom-url-category list rulebase security rules',
      'from to source destination application service category move top url-filtering address-book global address dns-name',
      'address-set policies policy match source-address destination-address then URL List CAS-unsanctioned-1 CAS-sanctioned-1',
    ].flatMap((words) => words.split(' ')),
  );
  const texts = fc.oneof(
    fc.domain(),
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.tuple(fc.domain(), fc.string()).map((parts) => parts.join('')),
    fc.tuple(fc.string(), fc.domain()).map((parts) => parts.join('.')),
  );
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 20 }), fc.constantFrom(...scriptTypes), (domains, type) => {
      const hosts = hostNamesOf(domains);
      assert.deepEqual(hosts, hosts.map(parseHostName), 'a host name stays what it is');
      const objects = new Set(hosts.flatMap((host) => [63, 64].map((max) => objectName(host, max))));
      if (hosts.length === 0) return;
      for (const { write } of appliances) {
        for (const line of write(hosts, type)) {
          assert.match(line, /^[ -~]+$/);
          for (const word of line.split(/[ ="[\]]+/).filter((each) => each !== '' && !/^\d+$/.test(each))) {
            const host = word.replace(/^\*?\./, '').replace(/\/$/, '');
            assert.ok(own.has(word) || objects.has(word) || hosts.includes(host), `${word} in ${line}`);
          }
        }
      }
    }),
  );
});
