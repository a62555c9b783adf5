// Lines in the shapes of Clavister, "cOS Core Log Reference Guide" (10 to 15), categories CONN, RULE and HTTPALG.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const time = '2026-11-21T08:15:30.000Z';
const conn =
  'conn=close connipproto=TCP connrecvif=lan connsrcip=192.168.1.10 connsrcport=51000 conndestif=wan conndestip=203.0.113.5 conndestport=443 connnewsrcip=198.51.100.1 connnewsrcport=19920 connnewdestip=203.0.113.5 connnewdestport=443 origsent=1106 termsent=9200 conntime=12';

test('a connection counts at its end, with the addresses before translation', async () => {
  const text = [
    '[2026-11-21 08:15:30] EFW: CONN: prio=1 id=00600001 rev=1 event=conn_open_natsat action=open rule=lan_to_wan conn=open connipproto=TCP connsrcip=192.168.1.10 conndestip=203.0.113.5',
    `[2026-11-21 08:15:30] EFW: CONN: prio=1 id=00600005 rev=1 event=conn_close_natsat action=close rule=lan_to_wan ${conn}`,
    `<134>[2026-11-21 08:15:30] FW: CONN: prio=2 id=00600004 rev=1 event=conn_close username="jane doe" rule=lan_to_wan ${conn}`,
    `<134>Nov 21 08:15:30 gw EFW: CONN: prio=2 id=00600005 rev=2 event=conn_close_natsat ${conn.replaceAll('192.168.1.10', '2001:db8::10').replaceAll('203.0.113.5', '2001:db8::5')}`,
  ].join('\n');
  const ended = { time, destination: '203.0.113.5', source: '192.168.1.10', uploaded: 1106, downloaded: 9200 };
  assert.deepEqual(await readLog('CLAVISTER', text), [
    { skipped: 'other' },
    ended,
    { ...ended, user: 'jane doe' },
    { ...ended, destination: '2001:db8::5', source: '2001:db8::10' },
  ]);
});

test('URLs of the web content filter, dropped packets, and what comes in', async () => {
  const text = [
    '[2026-11-21 08:15:30] EFW: HTTPALG: prio=1 id=00200126 rev=1 event=request_url action=allow categories="Business oriented" audit=off override=no url="www.example.com/a?b=c" username=jane connsrcip=192.168.1.10 conndestip=203.0.113.5',
    '[2026-11-21 08:15:30] EFW: HTTPALG: prio=2 id=00200125 rev=1 event=request_url action=block categories=Gambling url="casino.example/" connsrcip=192.168.1.10 conndestip=203.0.113.6',
    '[2026-11-21 08:15:30] EFW: RULE: prio=3 id=06000051 rev=1 event=ruleset_drop_packet action=drop rule=Default_Rule recvif=lan srcip=192.168.1.10 destip=203.0.113.7 ipproto=TCP ipdatalen=28 srcport=51000 destport=25 syn=1',
    '[2026-11-21 08:15:30] EFW: RULE: prio=3 id=06000051 rev=1 event=ruleset_drop_packet action=drop rule=Default_Rule recvif=wan srcip=203.0.113.9 destip=192.168.1.10',
    '[2026-11-21 08:15:30] EFW: SYSTEM: prio=1 id=03202001 rev=1 event=startup_normal corever=14.00',
    'nothing of it',
  ].join('\n');
  assert.deepEqual(await readLog('CLAVISTER', text), [
    { time, url: 'www.example.com/a?b=c', destination: '203.0.113.5', user: 'jane', source: '192.168.1.10' },
    { time, url: 'casino.example/', destination: '203.0.113.6', source: '192.168.1.10', isBlocked: true },
    { time, destination: '203.0.113.7', source: '192.168.1.10', isBlocked: true },
    { skipped: 'inbound' },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});
