// Shapes: Palo Alto Networks, PAN-OS 6.1 to 11.0 Administrator's Guide, "Traffic Log Fields" and "Threat Log Fields"; header of a
// file exported from Panorama; LEEF as in the tech note "PAN-OS Syslog Integration".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const one = async (line: string) => (await readLog('PALO_ALTO', line))[0];

const first =
  '1,2026/11/21 08:00:05,001122334455,TRAFFIC,end,1,2026/11/21 08:00:00,192.168.1.10,203.0.113.5,198.51.100.1,203.0.113.5,Web out,example\\jane,,ssl,vsys1,trust,untrust,ethernet1/2,ethernet1/1,Forward,2026/11/21 08:00:05,4711,1,51000,443,1024,443,0x400053,tcp,allow,9000,1000,8000,25,2026/11/21 07:59:00,60,computer-and-internet-info';
const traffic = {
  time: '2026-11-21T08:00:00.000Z',
  destination: '203.0.113.5',
  user: 'example\\jane',
  source: '192.168.1.10',
  uploaded: 1000,
  downloaded: 8000,
  total: 9000,
};

test('the traffic log is read alike in all versions: they differ in what follows', async () => {
  const later = [
    '',
    ',0,1234567,0x0,192.168.0.0-192.168.255.255,Germany,0,12,13',
    ',0,1234567,0x0,192.168.0.0-192.168.255.255,Germany,0,12,13,tcp-fin,11,12,0,0,,pa-1,from-policy',
    ',0,1234567,0x0,192.168.0.0-192.168.255.255,Germany,0,12,13,tcp-fin,11,12,0,0,vsys,pa-1,from-policy,,,0,,0,,N/A,0,0,0,0,00000000-0000-0000-0000-000000000000,0,0,,,,,,,,192.0.2.9,,,,,,"a, ""b""",,,2026-11-21T08:00:00.123+00:00',
  ];
  for (const rest of later) assert.deepEqual(await one(first + rest), traffic, rest);
});

test('rules and names with commas are quoted, addresses may be IPv6, users may be missing', async () => {
  const line = first
    .replace('Web out,example\\jane', '"Web, ""all"" out",')
    .replace('192.168.1.10', 'fd00::10')
    .replace('203.0.113.5', '2001:db8::5');
  const { user: _, ...rest } = traffic;
  assert.deepEqual(await one(line), { ...rest, source: 'fd00::10', destination: '2001:db8::5' });
});

test('sessions that begin are left out, dropped and denied ones are blocked', async () => {
  assert.deepEqual(await one(first.replace('TRAFFIC,end', 'TRAFFIC,start')), { skipped: 'other' });
  for (const [type, action] of [
    ['drop', 'drop'],
    ['deny', 'deny'],
    ['end', 'reset-both'],
    ['deny', 'allow'],
  ] as const) {
    const line = first.replace('TRAFFIC,end', `TRAFFIC,${type}`).replace(',tcp,allow,', `,tcp,${action},`);
    assert.deepEqual(await one(line), { ...traffic, isBlocked: true }, `${type} ${action}`);
  }
});

const threat =
  '1,2026/11/21 08:00:05,001122334455,THREAT,url,1,2026/11/21 08:00:00,192.168.1.10,203.0.113.5,198.51.100.1,203.0.113.5,Web out,example\\jane,,web-browsing,vsys1,trust,untrust,ethernet1/2,ethernet1/1,Forward,2026/11/21 08:00:05,4711,1,51000,443,1024,443,0x403000,tcp,alert,"files.example.com/a?b=1,2",(9999),online-storage-and-backup,informational,client-to-server,123,0x0';

test('URL filtering tells the URL, and whether it was blocked', async () => {
  const expected = {
    time: '2026-11-21T08:00:00.000Z',
    url: 'files.example.com/a?b=1,2',
    destination: '203.0.113.5',
    user: 'example\\jane',
    source: '192.168.1.10',
  };
  assert.deepEqual(await one(threat), expected);
  for (const action of ['block-url', 'block-override', 'override-lockout']) {
    assert.deepEqual(await one(threat.replace(',alert,', `,${action},`)), { ...expected, isBlocked: true });
  }
  assert.deepEqual(await one(threat.replace('THREAT,url', 'THREAT,vulnerability')), { skipped: 'other' });
});

test('an exported file and syslog have the same columns', async () => {
  const header =
    'Domain,Receive Time,Serial #,Type,Threat/Content Type,Config Version,Generate Time,Source address,Destination address,NAT Source IP,NAT Destination IP,Rule,Source User,Destination User,Application,Virtual System,Source Zone,Destination Zone,Inbound Interface,Outbound Interface,Log Action,Time Logged,Session ID,Repeat Count,Source Port,Destination Port,NAT Source Port,NAT Destination Port,Flags,IP Protocol,Action,Bytes,Bytes Sent,Bytes Received';
  assert.deepEqual(await readLog('PALO_ALTO', `${header}\n${first}`), [{ skipped: 'other' }, traffic]);
  for (const front of [
    '<14>Nov 21 08:00:07 pa-1 ',
    'Nov 21 08:00:07 pa-1.example.com ',
    '<14>1 2026-11-21T08:00:07Z pa-1 - - - - ',
  ]) {
    assert.deepEqual(await one(front + first), traffic, front);
  }
  assert.deepEqual(await one(first.replace('TRAFFIC', 'SYSTEM')), { skipped: 'other' });
  assert.deepEqual(await one('1,2026/11/21 08:00:05,001122334455,TRAFFIC,end'), { skipped: 'malformed' });
});

test('LEEF: the same, by name', async () => {
  const pairs = [
    'cat=TRAFFIC',
    'ReceiveTime=2026/11/21 08:00:05',
    'SerialNumber=001122334455',
    'Type=TRAFFIC',
    'Subtype=end',
    'devTime=Nov 21 2026 08:00:00 GMT',
    'src=192.168.1.10',
    'dst=203.0.113.5',
    'srcPostNAT=198.51.100.1',
    'RuleName=Web out',
    'usrName=example\\jane',
    'SourceUser=example\\jane',
    'action=allow',
    'totalBytes=9000',
    'dstBytes=8000',
    'srcBytes=1000',
  ].join('|');
  const lines = [
    `<14>Nov 21 08:00:06 pa-1 LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|11.1|allow|${pairs}`,
    `<14>1 2026-11-21T08:00:06Z pa-1 - - - - LEEF:2.0|Palo Alto Networks|PAN-OS Syslog Integration|11.2|allow|x7C|${pairs}`,
  ];
  for (const line of lines) {
    assert.deepEqual(await readLog('PALO_ALTO_LEEF', line), [traffic]);
    assert.deepEqual(await readLog('PALO_ALTO_LEEF', line.replace('Subtype=end', 'Subtype=start')), [
      { skipped: 'other' },
    ]);
    assert.deepEqual(await readLog('PALO_ALTO_LEEF', line.replace('action=allow', 'action=deny')), [
      { ...traffic, isBlocked: true },
    ]);
  }
  const url = (lines[0] ?? '')
    .replace('cat=TRAFFIC', 'cat=(9999)')
    .replace('Type=TRAFFIC', 'Type=THREAT')
    .replace('Subtype=end', 'Subtype=url')
    .replace(/totalBytes.*/, 'Miscellaneous="files.example.com/a"');
  const [found] = await readLog('PALO_ALTO_LEEF', url);
  assert.ok(found && 'url' in found && found.url === 'files.example.com/a');
});

test('connections from the zone of the internet are inbound, by CSV and LEEF', async () => {
  const entering = first
    .replace('192.168.1.10,203.0.113.5', '198.51.100.9,203.0.113.5')
    .replace('trust,untrust', 'untrust,dmz');
  assert.deepEqual(await one(entering), { skipped: 'inbound' });
  assert.deepEqual(await one(entering.replace('untrust,dmz', 'untrust,untrust')), {
    ...traffic,
    source: '198.51.100.9',
  });
  const leef = `LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|11.1|allow|cat=TRAFFIC|Type=TRAFFIC|Subtype=end|devTime=Nov 21 2026 08:00:00 GMT|src=198.51.100.9|dst=203.0.113.5|SourceZone=untrust|DestinationZone=dmz|action=allow|totalBytes=9|dstBytes=8|srcBytes=1`;
  assert.deepEqual(await readLog('PALO_ALTO_LEEF', leef), [{ skipped: 'inbound' }]);
});
