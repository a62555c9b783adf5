// Damaged and endless lines against the parsers of all kinds of logs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Line } from './formats/line.ts';
import type { LogParser } from './formats/reader.ts';
import { skipReasons } from './formats/reader.ts';
import { Transaction } from './formats/transaction.ts';
import { parserOf } from './parsers.ts';
import { type LogKind, logKinds } from './sources.ts';

const receivedAt = Date.parse('2026-11-21T09:00:00Z');

/** One line of every family of shapes, so that what is made of them gets past the first look of the parsers. */
const seeds = [
  '1795248930.250    90 192.0.2.10 TCP_MISS/200 5120 GET http://www.example.com/ jane HIER_DIRECT/203.0.113.5 text/html',
  '2026-11-21 08:15:30 192.0.2.10 jane GET https://www.example.com/ 200 813 120',
  '<134>Nov 21 08:15:30 gw %ASA-6-302014: Teardown TCP connection 1 for outside:203.0.113.5/443 to inside:192.0.2.10/51000 duration 0:00:01 bytes 1234 TCP FINs (jane)',
  '<14>1 2026-11-21T08:15:30Z srx RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.40 source-address="192.0.2.10" destination-address="203.0.113.5" bytes-from-client="1" bytes-from-server="2"]',
  'CEF:0|Check Point|VPN-1|1.0|1|Accept|3|rt=1795248930000 src=192.0.2.10 dst=203.0.113.5 in=1 out=2 request=https://www.example.com/ act=Accept',
  'LEEF:2.0|Zscaler|NSS|4.1|Allowed|^|devTime=21/11/2026 08:15:30^devTimeFormat=dd/MM/yyyy HH:mm:ss^src=192.0.2.10^dst=203.0.113.5^srcBytes=1',
  '2026:11:21-08:15:30 utm httpproxy[1]: id="0001" sub="http" action="pass" srcip="192.0.2.10" dstip="203.0.113.5" user="jane" statuscode="200" size="1" url="https://www.example.com/"',
  'device="SFW" date=2026-11-21 time=08:15:30 timezone="+0100" log_type="Content Filtering" log_component="HTTP" log_subtype="Allowed" src_ip=192.0.2.10 dst_ip=203.0.113.5 domain=www.example.com',
  'id=firewall sn=1 time="2026-11-21 08:15:30 UTC" m=97 src=192.0.2.10:52006:X0:pc dst=[2001:db8::5]:443:X1 sent=1 rcvd=2 dstname=www.example.com arg=/',
  'Nov 21 08:15:30 Firebox http-proxy[1]: msg_id="1AFF-0024" Allow 1-Trusted 0-External tcp 192.0.2.10 203.0.113.5 1 80 dstname="www.example.com" sent_bytes="1" rcvd_bytes="2"',
  'http_scan[7]: 1795248930 1 192.0.2.8 203.0.113.43(198.51.100.7) text/html 192.0.2.8 http://www.example.com/ 813 BYF ALLOWED CLEAN 2 0 0 0 0 (-) 0 - 0 - 0 www.example.com - [jane] -',
  '2026 11 21 09:15:30 Info +01:00 Remove: type=FWD|proto=TCP|srcIP=192.0.2.7|dstIP=203.0.113.119|receivedBytes=1|sentBytes=2|user=jane|target=www.example.com',
  'Info gw Remove: FWD|TCP|e1|192.0.2.7|1||203.0.113.119|443|https|e0|r|i|198.51.100.1|203.0.113.119|2|1|13|62|9|7|jane|H|W|www.example.com||B',
  'id=firewall time="2026-11-21 09:15:30" fw="SN" tz=+0100 src=192.0.2.10 dst=203.0.113.5 dstname=www.example.com sent=1 rcvd=2 action=pass logtype="connection"',
  '[2026-11-21 08:15:30] EFW: CONN: prio=1 id=00600005 rev=1 event=conn_close_natsat conn=close connsrcip=192.0.2.10 conndestip=203.0.113.5 origsent=1 termsent=2',
  'Nov 21 17:15:31 4872 1000/01/ - 203.0.113.5:443 192.0.2.1 192.0.2.10 pc user [21/Nov/2026:17:15:30 +0900] 200 250 1207 pass 63 87 "GET https://www.example.com/ HTTP/1.1" - Chrome',
];

const pieces = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '=', '|', '[', ']', ' ', '\t', ',', ':', '\\', '-', '<', '(', '{'),
);
const damages = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(20), pieces), { maxLength: 4 });

/** A line with pieces cut out and put in. */
const damagedLines = fc.tuple(fc.constantFrom(...seeds), damages).map(([seed, each]) =>
  each.reduce((line, [where, length, piece]) => {
    const at = Math.floor(where * line.length);
    return line.slice(0, at) + piece + line.slice(at + length);
  }, seed),
);

async function allParsers(): Promise<[LogKind, LogParser][]> {
  const found: [LogKind, LogParser][] = [];
  // Its own keys.
  for (const kind of Object.keys(logKinds) as LogKind[]) {
    const parser = await parserOf(kind);
    if (parser !== undefined) found.push([kind, parser]);
  }
  return found;
}

test('whatever a line holds, each parser says what it tells or why not, and reads nothing beside it', async () => {
  const parsers = await allParsers();
  const reasons = new Set<string>(skipReasons);
  const transaction = new Transaction();
  fc.assert(
    fc.property(fc.oneof({ weight: 5, arbitrary: damagedLines }, { weight: 1, arbitrary: pieces }), (text) => {
      for (const [kind, parser] of parsers) {
        const reader = parser.open({ receivedAt });
        const line = Line.of(`LEAKED ${text} LEAKED`);
        line.start = 7;
        line.end -= 7;
        if (parser.headers === 'first-line') reader.header?.(line);
        transaction.clear();
        const reason = reader.read(line, transaction);
        assert.ok(reason === null || reasons.has(reason), kind);
        const { url, destination, user, source, machine, uploaded, downloaded, total } = transaction;
        for (const span of [url, destination, user, source, machine]) {
          assert.ok(!span.text().includes('LEAKED'), `${kind}: ${span.text()}`);
        }
        for (const bytes of [uploaded, downloaded, total]) assert.ok(Number.isNaN(bytes) || bytes >= 0, kind);
      }
    }),
    { numRuns: 300 },
  );
});

test('a line as long as the limit is read by each parser, whatever it consists of', async () => {
  const parsers = await allParsers();
  const transaction = new Transaction();
  const units = [
    'a',
    '"',
    'a=',
    '[',
    '| ',
    ': ',
    '\\"',
    'x="',
    '(',
    '{"a":',
    '192.0.2.1 ',
    ' \t',
    'CEF:0|',
    '% ',
    '""',
    '://',
    'Allow ',
  ];
  for (const unit of units) {
    const text = unit.repeat(Math.floor(65_536 / unit.length));
    for (const [kind, parser] of parsers) {
      const reader = parser.open({ receivedAt });
      const line = Line.of(text);
      if (parser.headers === 'first-line') reader.header?.(line);
      transaction.clear();
      assert.notEqual(reader.read(line, transaction), undefined, kind);
    }
  }
});
