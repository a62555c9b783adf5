// Lines in the shapes of Stormshield, "Description of audit logs" (SNS 2 to 4), sections l_connection, l_plugin, l_web, l_alarm, l_filter.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const head =
  'id=firewall time="2026-11-21 09:15:30" fw="SN310A00000000" tz=+0100 startime="2026-11-21 09:15:29" pri=5 confid=01';
const time = '2026-11-21T08:15:30.000Z';

test('connections, with names where they are names of hosts, and the own time of the firewall', async () => {
  const text = [
    `<134>${head} slotlevel=2 ruleid=10 srcif="Ethernet1" srcifname="in" ipproto=tcp dstif="Ethernet0" dstifname="out" proto=https src=192.168.1.10 srcport=51000 srcportname=ephemeral_fw_tcp srcname=pc-7 srcmac=00:00:5e:00:53:01 dst=203.0.113.5 dstport=443 dstportname=https dstname=www.example.com dstcountry=us modsrc=198.51.100.1 modsrcport=51000 origdst=203.0.113.5 origdstport=443 ipv=4 user="jane" domain="example.com" sent=1234 rcvd=5678 duration=1.02 action=pass logtype="connection"`,
    `<14>1 2026-11-21T09:15:30+01:00 fw asqd - - - ${head} src=192.168.1.10 dst=203.0.113.6 dstname=Web_servers ipv=4 sent=98 rcvd=766 duration=0.01 action=pass op=GET result=200 arg="/en/" logtype="plugin"`,
    `${head} src=2001:db8::10 dst=2001:db8::5 ipv=6 sent=1 rcvd=2 action=pass logtype="connection"`,
    'time="2026-11-21 08:15:30" fw="SN1" startime="" src=192.168.1.10 dst=203.0.113.5 sent=1 rcvd=2 duration=0.1',
  ].join('\n');
  assert.deepEqual(await readLog('STORMSHIELD', text), [
    {
      time,
      url: 'www.example.com',
      destination: '203.0.113.5',
      user: 'jane',
      source: '192.168.1.10',
      machine: 'pc-7',
      uploaded: 1234,
      downloaded: 5678,
    },
    { time, destination: '203.0.113.6', source: '192.168.1.10', uploaded: 98, downloaded: 766 },
    { time, destination: '2001:db8::5', source: '2001:db8::10', uploaded: 1, downloaded: 2 },
    { time, destination: '203.0.113.5', source: '192.168.1.10', uploaded: 1, downloaded: 2 },
  ]);
});

test('the web proxy, and what was blocked by filter, alarm or category', async () => {
  const text = [
    `${head} proto=http src=192.168.1.10 dst=203.0.113.7 dstname=casino.example user="jane" op=GET result=403 arg="/" cat_site="gambling" action=block msg="Blocked url" logtype="web"`,
    `${head} src=192.168.1.10 dst=203.0.113.8 ipv=4 action=block class=protocol alarmid=85 msg="Invalid TCP protocol" logtype="alarm"`,
    `${head} src=192.168.1.10 dst=203.0.113.8 ipv=4 action=pass class=protocol alarmid=85 msg="Interactive connection" logtype="alarm"`,
    `${head} src=192.168.1.10 dst=203.0.113.9 action=block logtype="filter"`,
    `${head} src=192.168.1.10 dst=203.0.113.9 sent=0 rcvd=0 action=pass logtype="filter"`,
    `${head} src=203.0.113.9 dst=192.168.1.20 origdst=198.51.100.1 sent=10 rcvd=20 action=pass logtype="connection"`,
    `${head} service=serverd msg="Configuration saved" logtype="system"`,
    'nothing of it',
  ].join('\n');
  assert.deepEqual(await readLog('STORMSHIELD', text), [
    { time, url: 'casino.example', destination: '203.0.113.7', user: 'jane', source: '192.168.1.10', isBlocked: true },
    { time, destination: '203.0.113.8', source: '192.168.1.10', isBlocked: true },
    { skipped: 'other' },
    { time, destination: '203.0.113.9', source: '192.168.1.10', isBlocked: true },
    { skipped: 'other' },
    { skipped: 'inbound' },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});
