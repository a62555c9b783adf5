import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { between, surroundings } from '../../../test/support/discovery-fields.ts';
import { Transaction } from '../formats/transaction.ts';
import { parserOf, unpublished } from '../parsers.ts';
import type { LogKind } from '../sources.ts';
import { indexOfText, namesOutside } from './firewalls.ts';
import { isPrivateAddress } from './private-addresses.ts';

/** A record of each kind. */
const records = {
  CISCO_ASA:
    '<166>Nov 21 08:00:00 fw1 %ASA-6-302014: Teardown TCP connection 1 for outside:203.0.113.5/443 to inside:192.168.1.10/51000(A\\b) duration 0:00:10 bytes 5 TCP FINs (jane)',
  CISCO_FWSM:
    'Nov 21 08:00:00 fw1 %FWSM-6-106100: access-list in denied tcp inside/192.168.1.10(51000) -> outside/203.0.113.5(443) hit-cnt 1',
  CISCO_ASA_FIREPOWER:
    '<46>Nov 21 08:00:00 asa-1 SFIMS: [Primary Detection Engine (0)][Base] Connection Type: End, User: jane, Access Control Rule Action: Allow, URL: Unknown, Initiator Bytes: 12, {TCP} 192.168.1.10:51000 -> 203.0.113.5:443',
  CISCO_FIREPOWER_V6:
    'Nov 21 08:00:00 ftd-1 %FTD-1-430003: EventPriority: Low, FirstPacketSecond: 2026-11-21T08:00:00Z, AccessControlRuleAction: Allow, SrcIP: 192.168.1.10, DstIP: 203.0.113.5, InitiatorBytes: 12, URL: https://example.com/',
  MACHINE_ZONE_MERAKI:
    '<134>1 1795248000.123 MX84 urls src=192.168.1.10:51000 dst=203.0.113.5:443 mac=00:00:5E:00:53:01 request: GET https://example.com/',
  CHECKPOINT:
    '<134>1 2026-11-21T08:00:05Z gw1 CheckPoint 1 - [action:"Accept"; time:"1795248000"; dst:"203.0.113.5"; product:"VPN-1"; src:"192.168.1.10"; user:"Jane (jane)"; ]',
  CHECKPOINT_CEF:
    'CEF:0|Check Point|VPN-1 & FireWall-1|Check Point|Log|https|Unknown|act=Accept rt=1795248000000 src=192.168.1.10 dst=203.0.113.5 request=https://example.com/ in=8 out=1',
  PALO_ALTO:
    '1,2026/11/21 08:00:05,1,TRAFFIC,end,1,2026/11/21 08:00:00,192.168.1.10,203.0.113.5,198.51.100.1,203.0.113.5,"a, b",jane,,ssl,v,t,u,e,e,F,2026/11/21 08:00:05,1,1,1,443,1,443,0x0,tcp,allow,9,1,8,2',
  PALO_ALTO_LEEF:
    'LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|11.1|allow|cat=TRAFFIC|Subtype=end|devTime=Nov 21 2026 08:00:00 GMT|src=192.168.1.10|dst=203.0.113.5|totalBytes=9',
  FORTIGATE:
    'date=2026-11-21 time=08:00:00 logid="0000000013" type="traffic" subtype="forward" srcip=192.168.1.10 dstip=203.0.113.5 action="close" user="A\\\\b" sentbyte=1 rcvdbyte=2',
  JUNIPER_SRX:
    'Nov 21 08:00:00 srx1 RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: 192.168.1.10/51000->203.0.113.5/443 0x0 junos-https 192.0.2.1/1->203.0.113.5/443 0x0 N/A N/A N/A N/A 6 web trust untrust 4 11(24) 10(30) 12 U U jane(x) ge U',
  JUNIPER_SRX_SD:
    '<14>1 2026-11-21T08:00:00Z srx1 RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.129 reason="x" source-address="192.168.1.10" destination-address="203.0.113.5" bytes-from-client="2"]',
  JUNIPER_SRX_WELF:
    'id=firewall time="2026-11-21 8:00:00" fw=192.0.2.254 pri=6 src=192.168.1.10 dst=203.0.113.5 rg=example.com/ op=GET rcvd=3',
  JUNIPER_SSG:
    'Nov 21 08:00:12 ssg5 ssg5: NetScreen device_id=ssg5  [Root]system-notification-00257(traffic): start_time="2026-11-21 08:00:00" src zone=Trust dst zone=Untrust action=Permit sent=2 rcvd=3 src=192.168.1.10 dst=203.0.113.5 reason=Close',
} as const satisfies Partial<Record<LogKind, string>>;
type Kind = keyof typeof records;
const kinds = Object.keys(records) as Kind[]; // Its own keys.

const context = { receivedAt: Date.parse('2026-11-21T09:00:00Z') };

async function readerOf(kind: Kind) {
  const parser = await parserOf(kind);
  assert.ok(parser);
  return parser.open(context);
}

/** Everything that the reader says of the line, and that it stays within it. */
function outcome(reader: Awaited<ReturnType<typeof readerOf>>, text: string, around: string): unknown {
  const line = between(text, around);
  const { start, end } = line;
  const found = new Transaction();
  const reason = reader.read(line, found);
  assert.deepEqual([line.start, line.end], [start, end]);
  if (reason !== null) return reason;
  const spans = [found.url, found.destination, found.user, found.source, found.machine].map((span) => {
    if (span.own === null && !span.isEmpty)
      assert.ok(span.start >= start && span.end <= end, 'a value leaves the line');
    return span.text();
  });
  return [...spans, found.time, found.uploaded, found.downloaded, found.total, found.isBlocked];
}

/** The record with pieces cut out, doubled or overwritten. */
const damage = fc.array(
  fc.tuple(
    fc.nat({ max: 400 }),
    fc.nat({ max: 30 }),
    fc.constantFrom('', '"', ' ', '=', '\\', '(', '->', ': ', '\u0000', 'é', '[', '9'),
  ),
  { maxLength: 4 },
);

test('whatever is done to a record, no reader throws, leaves the line, or is moved by what stands around it', async () => {
  for (const kind of kinds) {
    const reader = await readerOf(kind);
    fc.assert(
      fc.property(fc.constantFrom(...kinds), damage, (other, cuts) => {
        const text = cuts.reduce(
          (rest: string, [at, length, put]) => rest.slice(0, at) + put + rest.slice(at + length),
          records[other],
        );
        const found = outcome(reader, text, '\n');
        for (const around of surroundings) assert.deepEqual(outcome(reader, text, around), found);
      }),
      { numRuns: 150 },
    );
  }
});

/** Kinds that read the same lines. */
const alike: readonly (readonly Kind[])[] = [
  ['CISCO_ASA', 'CISCO_FWSM'],
  ['CISCO_ASA_FIREPOWER', 'CISCO_FIREPOWER_V6'],
  ['JUNIPER_SRX', 'JUNIPER_SRX_SD', 'JUNIPER_SRX_WELF'],
];

test('a record is used by its own kind, and by no other', async () => {
  for (const kind of kinds) {
    const reader = await readerOf(kind);
    for (const other of kinds) {
      const found = outcome(reader, records[other], '\n');
      const isAlike = other === kind || alike.some((group) => group.includes(kind) && group.includes(other));
      // Messages of Firepower and of the ASA are each other's.
      const isCisco = kind.startsWith('CISCO_') && other.startsWith('CISCO_');
      if (isAlike) assert.ok(Array.isArray(found), `${kind} reads ${other}: ${String(found)}`);
      else
        assert.ok(found === 'malformed' || (isCisco && found === 'other'), `${kind} reads ${other}: ${String(found)}`);
    }
  }
});

test('a log whose format is published nowhere is refused with a sentence', async () => {
  assert.equal(await parserOf('CHECKPOINT_XML'), undefined);
  assert.match(unpublished.CHECKPOINT_XML ?? '', /Log Exporter/);
});

test("networks of one's own are told from the internet", () => {
  const isPrivate = (text: string) => isPrivateAddress(Buffer.from(`9${text}0`), 1, 1 + text.length);
  for (const address of [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '127.0.0.1',
    '169.254.1.1',
    '100.64.0.1',
    'fd00::1',
    'fc00::',
    'fe80::1',
    '::1',
    '[fd00::1]',
  ]) {
    assert.equal(isPrivate(address), true, address);
  }
  for (const address of [
    '11.0.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '100.128.0.1',
    '203.0.113.5',
    '2001:db8::1',
    'fec0::1',
    'fdn.example.com',
    'example.com',
    '10',
    '',
    '::',
  ]) {
    assert.equal(isPrivate(address), false, address);
  }
});

test('a text is found within its bounds alone', () => {
  const bytes = Buffer.from('ab->cd->ef');
  assert.equal(indexOfText(bytes, 0, 10, '->'), 2);
  assert.equal(indexOfText(bytes, 3, 10, '->'), 6);
  assert.equal(indexOfText(bytes, 3, 7, '->'), -1);
  assert.equal(indexOfText(bytes, 0, 1, '->'), -1);
});

test('names of zones to the internet are told from names that merely hold their letters', () => {
  const isOutside = (name: string): boolean => namesOutside(Buffer.from(name), 0, name.length);
  for (const name of [
    'outside',
    'L3-Untrust',
    'WAN',
    'wan1',
    'port_wan2',
    'virtual-wan-link',
    'SDWAN',
    'ISP-A',
    'Internet',
  ]) {
    assert.equal(isOutside(name), true, name);
  }
  for (const name of ['taiwan', 'dispatch', 'wanda', 'inside', 'trust', 'dmz', 'lan', ''])
    assert.equal(isOutside(name), false, name);
});
