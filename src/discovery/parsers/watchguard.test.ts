// Lines in the shapes of WatchGuard, "Fireware Log Catalog" (11.12, 12.3, 12.6), and "Read a Log Message" (Traffic Monitor).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const head = '<142>Nov 21 08:15:30 Firebox 80B5034B12345';
const time = '2026-11-21T08:15:30.000Z';

test('requests through the HTTP and HTTPS proxies', async () => {
  const text = [
    `${head} http-proxy[2025]: msg_id="1AFF-0024" Allow 1-Trusted 0-External tcp 10.0.1.2 203.0.113.5 51331 80 msg="HTTP request" proxy_act="HTTP-Client.1" op="GET" dstname="www.example.com" arg="/index.html?a=1 b" sent_bytes="330" rcvd_bytes="1433" elapsed_time="0.069 sec(s)" src_user="jane@Firebox-DB" reputation="-1" (HTTP-proxy-00)`,
    `${head} https-proxy[4148]: msg_id="2CFF-0000" Allow Collector WAN - Main tcp 2001:db8::10 2001:db8::5 42018 443 msg="HTTPS Request" proxy_act="Default-HTTPS-Client" tls_profile="TLS-Client-HTTPS.Standard" sni="files.example.com" cn="*.example.com" action="allow" sent_bytes="700" rcvd_bytes="9000" src_user="jane@example.com" (HTTPS-proxy-00)`,
    `${head} http-proxy[2025]: msg_id="1AFF-0021" ProxyDeny: 1-Trusted 0-External tcp 10.0.1.2 203.0.113.6 51332 80 msg="HTTP Request categories" op="GET" dstname="casino.example" arg="/" (HTTP-proxy-00)`,
  ].join('\n');
  assert.deepEqual(await readLog('WATCHGUARD_XTM', text), [
    {
      time,
      url: 'www.example.com',
      destination: '203.0.113.5',
      user: 'jane',
      source: '10.0.1.2',
      uploaded: 330,
      downloaded: 1433,
    },
    {
      time,
      url: 'files.example.com',
      destination: '2001:db8::5',
      user: 'jane@example.com',
      source: '2001:db8::10',
      uploaded: 700,
      downloaded: 9000,
    },
    { time, url: 'casino.example', destination: '203.0.113.6', source: '10.0.1.2', isBlocked: true },
  ]);
});

test('packet filters: the end of a connection and what was denied', async () => {
  const text = [
    `${head} firewall: msg_id="3000-0148" Allow 1-Trusted 0-External 52 tcp 20 127 10.0.1.2 203.0.113.5 51000 443 offset 8 S 1497867397 win 64240 src_ip_nat="198.51.100.1" (HTTPS-00)`,
    `${head} firewall: msg_id="3000-0151" Allow 1-Trusted 0-External tcp 10.0.1.2 203.0.113.5 51000 443 src_ip_nat="198.51.100.1" duration="120" sent_bytes="5640" rcvd_bytes="78500" (HTTPS-00)`,
    `2026-11-21T08:15:30.556528+00:00 FW-A 80D802B41D509 FW firewall: msg_id="3000-0148" Deny 1-Trusted 0-External 40 tcp 20 239 10.0.1.2 203.0.113.9 41277 591 offset 5 S 1497867397 win 4  geo_dst="ITA" flags="SR" duration="0" sent_pkts="1" rcvd_pkts="0" sent_bytes="40" rcvd_bytes="0"  (Unhandled Internal Packet-00)`,
    `${head} firewall: msg_id="3000-0148" Deny WAN - Main Firebox 40 tcp 20 239 203.0.113.9 10.0.1.2 41277 591 sent_bytes="40" rcvd_bytes="0" (Unhandled External Packet-00)`,
    `${head} sessiond[1]: msg_id="3E00-0004" Management user admin logged in`,
    'nothing of it',
  ].join('\n');
  assert.deepEqual(await readLog('WATCHGUARD_XTM', text), [
    { skipped: 'other' },
    { time, destination: '203.0.113.5', source: '10.0.1.2', uploaded: 5640, downloaded: 78500 },
    {
      time: '2026-11-21T08:15:30.556Z',
      destination: '203.0.113.9',
      source: '10.0.1.2',
      uploaded: 40,
      downloaded: 0,
      isBlocked: true,
    },
    { skipped: 'inbound' },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});

test('Traffic Monitor has the addresses behind the disposition and its time in front', async () => {
  const text = [
    '2026-11-21 08:15:30 Member2 Allow 10.0.1.2 203.0.113.5 http/tcp 42017 80 Trusted External Allowed (HTTP-proxy.1-00) proc_id="firewall" rc="406" msg_id="3000-0176" src_ip_nat="198.51.100.10" flags="SDdF" duration="14" sent_pkts="10" rcvd_pkts="5" sent_bytes="564" rcvd_bytes="785"',
    '2026-11-21 08:15:30 Deny 10.0.1.131 203.0.113.1 echo-request/icmp Trusted External Denied 84 64 (Ping-00) proc_id="firewall" rc="101" msg_id="3000-0148" type="8"',
    'host (2026-11-21T08:15:30) http-proxy[7]: Allow 1-Trusted 0-External tcp 10.0.1.2 203.0.113.5 1 80 msg="HTTP request" dstname="www.example.com" sent_bytes="1" rcvd_bytes="2"',
  ].join('\n');
  assert.deepEqual(await readLog('WATCHGUARD_XTM', text), [
    { time, destination: '203.0.113.5', source: '10.0.1.2', uploaded: 564, downloaded: 785 },
    { time, destination: '203.0.113.1', source: '10.0.1.131', isBlocked: true },
    { time, url: 'www.example.com', destination: '203.0.113.5', source: '10.0.1.2', uploaded: 1, downloaded: 2 },
  ]);
});

test('a request that was stopped may name its host as `host`', async () => {
  const line =
    '2026-11-21T08:00:00 Firebox 80D000000000 fw-1 http-proxy[1]: msg_id="1AFF-002C" Deny 1-Trusted 0-External tcp 192.168.1.10 203.0.113.5 36834 80 msg="ProxyDeny: HTTP bad reputation" reputation="100" host="www.example.com" path="/a" (HTTP-OUT-00)';
  const [found] = await readLog('WATCHGUARD_XTM', line);
  assert.ok(found && 'url' in found && found.url === 'www.example.com' && found.isBlocked);
});
