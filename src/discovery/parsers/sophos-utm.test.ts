// Lines in the shapes of Sophos, "UTM 9 log file descriptions" (http.log, packetfilter.log).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const web = (rest: string) =>
  `2026:11:21-08:15:30 utm httpproxy[4321]: id="0001" severity="info" sys="SecureWeb" sub="http" ${rest}`;

test('a request through the web filter: URL, user, addresses, bytes', async () => {
  const text = [
    web(
      'name="http access" action="pass" method="GET" srcip="192.0.2.10" dstip="203.0.113.5" user="jane" group="Open" ad_domain="EXAMPLE" statuscode="200" cached="0" profile="REF_Default" size="5120" request="0x7f3a" url="https://www.example.com/a?b=&quot;c d&quot;" referer="https://other.example/" error="" ua="Mozilla/5.0 (X11)" exceptions="" category="105" content-type="text/html"',
    ),
    web(
      'name="web request blocked" action="block" method="CONNECT" srcip="2001:db8::10" dstip="" user="" statuscode="403" cached="0" size="3012" url="https://files.example.com/"',
    ),
    web(
      'name="http access" action="pass" method="GET" srcip="192.0.2.11" dstip="203.0.113.6" user="" statuscode="407" size="10" url="http://x.example/"',
    ),
  ].join('\n');
  assert.deepEqual(await readLog('SOPHOS_SG', text), [
    {
      time: '2026-11-21T08:15:30.000Z',
      url: 'https://www.example.com/a?b=&quot;c d&quot;',
      destination: '203.0.113.5',
      user: 'jane',
      source: '192.0.2.10',
      downloaded: 5120,
    },
    {
      time: '2026-11-21T08:15:30.000Z',
      url: 'https://files.example.com/',
      source: '2001:db8::10',
      downloaded: 3012,
      isBlocked: true,
    },
    { skipped: 'other' },
  ]);
});

test('the packet filter tells addresses and what was dropped, from inside to outside', async () => {
  const packet = (rest: string) =>
    `<30>2026:11:21-08:15:30 utm ulogd[4711]: id="2001" severity="info" sys="SecureNet" sub="packetfilter" ${rest} proto="6" length="60" tos="0x00" prec="0x00" ttl="63" srcport="51000" dstport="443" tcpflags="SYN"`;
  const text = [
    packet(
      'name="Packet accepted" action="accept" fwrule="4" initf="eth0" outitf="eth1" srcip="10.1.2.3" dstip="203.0.113.5"',
    ),
    packet('name="Packet dropped" action="drop" fwrule="60001" initf="eth0" srcip="10.1.2.3" dstip="203.0.113.5"'),
    packet('name="Packet dropped" action="drop" fwrule="60001" initf="eth1" srcip="203.0.113.9" dstip="10.1.2.3"'),
    '2026:11:21-08:15:30 utm ulogd[4711]: id="2101" severity="info" sys="SecureNet" sub="ips" name="SYN flood detected"',
    '2026:11:21-08:15:30 utm sshd[7]: Accepted publickey for root',
  ].join('\n');
  const accepted = { time: '2026-11-21T08:15:30.000Z', destination: '203.0.113.5', source: '10.1.2.3' };
  assert.deepEqual(await readLog('SOPHOS_SG', text), [
    accepted,
    { ...accepted, isBlocked: true },
    { skipped: 'inbound' },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});

test('what the web filter says of itself is no request', async () => {
  const line =
    '2026:11:21-08:00:00 utm-1 httpproxy[1]: id="0003" severity="info" sys="SecureWeb" sub="http" request="0x7" function="ssl_raw_read" file="ssl.c" line="1" message="SSL_ERROR_SYSCALL"';
  assert.deepEqual(await readLog('SOPHOS_SG', line), [{ skipped: 'other' }]);
});
