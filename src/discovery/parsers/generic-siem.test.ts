// Lines in the shapes of Micro Focus, "ArcSight Common Event Format (CEF) Implementation Standard", and IBM, "QRadar Log Event Extended
// Format (LEEF)".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const time = '2026-11-21T08:15:30.000Z';

test('CEF: URL or host, both families of addresses, direction of bytes as the dictionary has it, all documented times', async () => {
  const ms = Date.parse(time);
  const text = [
    `<134>Nov 21 08:15:30 gw CEF:0|Example|Proxy|1.0|100|Web request|3|rt=${ms} src=192.0.2.10 shost=pc-7 suser=EXAMPLE\\\\jane dst=203.0.113.5 dpt=443 request=https://www.example.com/a?b\\=c d in=120 out=4500 act=allowed requestMethod=GET`,
    'CEF:0|Example|Proxy \\| Gate|1.0|101|Denied|5|rt=Nov 21 2026 09:15:30 CET src=192.0.2.10 dhost=casino.example request=/path act=Blocked by policy',
    'CEF:0|Example|Firewall|1.0|7|Session|1|end=Nov 21 2026 08:15:30.000 start=Nov 21 2026 08:00:00 c6a2Label=Source IPv6 Address c6a2=2001:db8::10 c6a3Label=Destination IPv6 Address c6a3=2001:db8::5 in=1 out=2',
    'CEF:0|Example|Firewall|1.0|7|Session|1|start=Nov 21 08:15:30 src=192.0.2.10 dst=203.0.113.5',
    'Nov 21 08:15:30 gw CEF:0|Example|Firewall|1.0|7|Session|1|src=192.0.2.10 dst=203.0.113.5 act=unblocked',
    'CEF:0|Example|Firewall|1.0|7|Session|1|src=203.0.113.9 dst=192.0.2.10 deviceDirection=0',
    'CEF:0|Example|Firewall|1.0|8|Administrator signed in|1|suser=admin src=192.0.2.10',
    'CEF:0|Example|Firewall|1.0',
  ].join('\n');
  assert.deepEqual(await readLog('GENERIC_CEF', text), [
    {
      time,
      url: 'https://www.example.com/a?b=c d',
      destination: '203.0.113.5',
      user: 'EXAMPLE\\jane',
      source: '192.0.2.10',
      machine: 'pc-7',
      uploaded: 120,
      downloaded: 4500,
    },
    { time, url: 'casino.example', source: '192.0.2.10', isBlocked: true },
    { time, destination: '2001:db8::5', source: '2001:db8::10', uploaded: 1, downloaded: 2 },
    { time, destination: '203.0.113.5', source: '192.0.2.10' },
    { time, destination: '203.0.113.5', source: '192.0.2.10' },
    { skipped: 'inbound' },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});

test('LEEF: predefined attributes, delimiters of 2.0, devTime in the format that the record names', async () => {
  const text = [
    'LEEF:1.0|Example|Proxy|1.0|allowed|devTime=Nov 21 2026 08:15:30\tsrc=192.0.2.10\tdst=203.0.113.5\tusrName=jane\turl=https://www.example.com/a b\tsrcBytes=120\tdstBytes=4500\ttotalBytes=4620\tidentHostName=pc-7',
    '<13>Nov 21 08:15:30 gw LEEF:2.0|Example|Proxy|1.0|denied|^|devTime=21/11/2026 09:15:30 +0100^devTimeFormat=dd/MM/yyyy HH:mm:ss Z^src=2001:db8::10^dst=2001:db8::5^dhost=casino.example^action=Denied',
    `LEEF:2.0|Example|Proxy|1.0|allowed|x7C|devTime=${Date.parse(time)}|src=10.9.9.9|srcPreNAT=192.0.2.10|dst=203.0.113.5|usrName=`,
    'Nov 21 08:15:30 gw LEEF:1.0|Example|Proxy|1.0|allowed|src=192.0.2.10\tdst=203.0.113.5',
    'LEEF:1.0|Example|Proxy|1.0|allowed|src=203.0.113.9\tdst=192.168.1.1',
    'LEEF:1.0|Example|Proxy|1.0|login|usrName=admin\tsrc=192.0.2.10',
    'LEEF:1.0|Example',
  ].join('\n');
  assert.deepEqual(await readLog('GENERIC_LEEF', text), [
    {
      time,
      url: 'https://www.example.com/a b',
      destination: '203.0.113.5',
      user: 'jane',
      source: '192.0.2.10',
      machine: 'pc-7',
      uploaded: 120,
      downloaded: 4500,
      total: 4620,
    },
    { time, url: 'casino.example', destination: '2001:db8::5', source: '2001:db8::10', isBlocked: true },
    { time, destination: '203.0.113.5', source: '192.0.2.10' },
    { time, destination: '203.0.113.5', source: '192.0.2.10' },
    { skipped: 'inbound' },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});
