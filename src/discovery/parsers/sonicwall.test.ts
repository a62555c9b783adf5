// Lines in the shapes of SonicWall, "SonicOS Log Events Reference Guide" (5.9, 6.5, 7.0), Default and Enhanced Syslog.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const head = 'id=firewall sn=0017C5000000 time="2026-11-21 08:15:30 UTC" fw=198.51.100.2 pri=6';

test('a web site that was visited: host, user, addresses behind ports and interfaces, NAT, bytes', async () => {
  const text = [
    `<134>${head} c=1024 gcat=2 m=97 msg="Web site hit" srcMac=00:00:5e:00:53:01 src=192.168.50.2:52006:X0:pc-7 srcZone=LAN natSrc=198.51.100.2:58457 dst=203.0.113.83:443:X1 dstZone=WAN natDst=203.0.113.83:443 usr="jane" proto=tcp/https sent=1422 rcvd=5993 rule="6 (LAN->WAN)" app=48 dstname=www.example.com arg=/a=b code=27 Category="Information Technology/Computers" note="Policy: Default"`,
    'id=firewall sn=0017C5000000 time="2026-11-21 08:15:30" fw=198.51.100.2 pri=6 c=1024 m=97 n=9 src=192.168.50.2:52006:X0 dst=203.0.113.83:80:X1 proto=tcp/http op=GET sent=798 rcvd=12352 result=403 dstname=files.example.com arg=/favicon.ico code=20',
  ].join('\n');
  const time = '2026-11-21T08:15:30.000Z';
  assert.deepEqual(await readLog('SONICWALL', text), [
    {
      time,
      url: 'www.example.com',
      destination: '203.0.113.83',
      user: 'jane',
      source: '192.168.50.2',
      machine: 'pc-7',
      uploaded: 1422,
      downloaded: 5993,
    },
    {
      time,
      url: 'files.example.com',
      destination: '203.0.113.83',
      source: '192.168.50.2',
      uploaded: 798,
      downloaded: 12352,
    },
  ]);
});

test('connections count at their end, outbound ones only; dropped packets are blocked', async () => {
  const text = [
    `${head} c=262144 m=98 msg="Connection Opened" n=1 src=192.168.50.2:54321:X0 dst=203.0.113.50:443:X1 proto=tcp/https sent=60`,
    `${head} c=1024 m=537 msg="Connection Closed" f=2 n=316 src=192.168.50.2:54321:X0: dst=203.0.113.50:443:X1:server.example.net proto=tcp/https sent=5120 rcvd=102400 spkt=50 rpkt=45 cdur=120`,
    `${head} c=1024 m=537 msg="Connection Closed" n=317 src=203.0.113.7:61254:X1: dst=192.168.50.3:53:X3:DC01 proto=udp/dns sent=59 rcvd=134`,
    `${head} c=64 m=36 msg="TCP connection dropped" n=8 src=192.168.50.2:54322:X0 dst=203.0.113.51:25:X1 proto=tcp/25 note="LAN to WAN" rule="4"`,
    `${head} c=4 m=14 msg="Web site access denied" n=9 src=192.168.50.2:54323:X0 dst=203.0.113.52:80:X1 dstname=casino.example arg=/ code=11 Category="Gambling"`,
    `${head} c=32 m=30 msg="Administrator login denied due to bad credentials" n=7 src=203.0.113.9:36701:WAN dst=198.51.100.2:50000:WAN`,
    `${head} m=537 src=[2001:db8::10]:51000:X0 dst=[2001:db8::5]:443:X1 sent=1 rcvd=2`,
    `${head} m=1235 msg="Packet allowed" srcZone=WAN dstZone=DMZ src=203.0.113.9:1:X1 dst=198.51.100.9:2:X2 fw_action="drop"`,
    'something else entirely',
  ].join('\n');
  const time = '2026-11-21T08:15:30.000Z';
  assert.deepEqual(await readLog('SONICWALL', text), [
    { skipped: 'other' },
    { time, destination: '203.0.113.50', source: '192.168.50.2', uploaded: 5120, downloaded: 102400 },
    { skipped: 'inbound' },
    { time, destination: '203.0.113.51', source: '192.168.50.2', isBlocked: true },
    { time, url: 'casino.example', destination: '203.0.113.52', source: '192.168.50.2', isBlocked: true },
    { skipped: 'other' },
    { time, destination: '2001:db8::5', source: '2001:db8::10', uploaded: 1, downloaded: 2 },
    { skipped: 'inbound' },
    { skipped: 'malformed' },
  ]);
});

test('users that are unknown for a reason are nobody; zones by other names tell what is inbound', async () => {
  const web = `${head} m=97 src=192.168.50.2:54321:X0 dst=203.0.113.50:443:X1 dstname=www.example.com usr="Unknown (SSO failed)" sent=1 rcvd=2`;
  const [found] = await readLog('SONICWALL', web);
  assert.ok(found && 'url' in found && found.user === undefined);
  const entering = `${head} m=537 src=203.0.113.7:61254:X1 srcZone=Untrusted dst=198.51.100.9:443:X2 dstZone=DMZ sent=1 rcvd=2`;
  assert.deepEqual(await readLog('SONICWALL', entering), [{ skipped: 'inbound' }]);
});
