// Lines in the shapes of Barracuda, "Firewall Activity Log" (7.x, 8.x); without keys as releases before 7.0 write them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const body = (type: string, rest = '') =>
  `type=${type}|proto=TCP|srcIF=eth1|srcIP=192.168.70.7|srcPort=35119|srcMAC=00:00:5e:00:53:9c|dstIP=203.0.113.119|dstPort=443|dstService=https|dstIF=eth0|rule=InternetAccess/<App>:RestrictTim|info=Normal Operation|srcNAT=198.51.100.1|dstNAT=203.0.113.119|duration=21132|count=1|receivedBytes=13000|sentBytes=620|receivedPackets=9|sentPackets=7|user=jane|protocol=HTTPS|application=Web browsing|target=www.example.com|content=|urlcat=Business${rest}`;

const ended = {
  time: '2026-11-21T08:15:30.000Z',
  url: 'www.example.com',
  destination: '203.0.113.119',
  user: 'jane',
  source: '192.168.70.7',
  uploaded: 620,
  downloaded: 13000,
};

test('a session counts at its end, with what was sent and received by the client', async () => {
  const text = [
    `2026 11 21 09:15:30 Info     +01:00 Allow: ${body('FWD')}`,
    `2026 11 21 09:15:30 Info     +01:00 Remove: ${body('FWD')}`,
    `2026 11 21 09:15:30 Security +01:00 Block: ${body('FWD').replace('user=jane', 'user=').replace('target=www.example.com', 'target=')}`,
    `<14>Nov 21 08:15:30 gw box_Firewall_Activity:  Info     gw Remove: ${body('PXY')}`,
    `2026 11 21 08:15:30 Info     +00:00 Remove: ${body('IFWD')}`,
    `2026 11 21 08:15:30 Info     +00:00 Remove: ${body('LB')}`,
    `2026 11 21 08:15:30 Info     +00:00 Detect: ${body('FWD')}`,
    '2026 11 21 08:15:30 Info     +00:00 Firewall: rules loaded',
    'nothing of it',
  ].join('\n');
  const { url: _url, user: _user, ...nameless } = ended;
  assert.deepEqual(await readLog('BARRACUDA_NEXT_GEN_FW', text), [
    { skipped: 'other' },
    ended,
    { ...nameless, isBlocked: true },
    ended,
    { skipped: 'inbound' },
    { skipped: 'other' },
    { skipped: 'other' },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});

test('values without keys are read by their place', async () => {
  const text = [
    'Nov 21 08:15:30 gw box_Firewall_Activity: Info gw Remove: FWD|TCP|eth1|192.168.70.7|35119|00:00:5e:00:53:9c|203.0.113.119|443|https|eth0|LAN-2-INTERNET|Normal|198.51.100.1|203.0.113.119|21132|1|13000|620|9|7|jane|HTTPS|Web browsing|www.example.com||Business',
    'Nov 21 08:15:30 gw box_Firewall_Activity: Info gw Remove: FWD|UDP|eth1|2001:db8::7|35119||2001:db8::9|53|domain|eth0|DNS|0|2001:db8::7|2001:db8::9|21|1|130|62|1|1|||||',
    'Nov 21 08:15:30 gw box_Firewall_Activity: Info gw Remove: FWD|UDP|eth1',
  ].join('\n');
  assert.deepEqual(await readLog('BARRACUDA_NEXT_GEN_FW', text), [
    ended,
    { time: ended.time, destination: '2001:db8::9', source: '2001:db8::7', uploaded: 62, downloaded: 130 },
    { skipped: 'malformed' },
  ]);
});
