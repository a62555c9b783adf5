// Shapes: Cisco Meraki, "Syslog Event Types and Log Samples" (urls, flows, ip_flow_end, firewall, content filtering).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const one = async (line: string) => (await readLog('MACHINE_ZONE_MERAKI', line))[0];
const front = '1 1795248000.123456789 MX84 ';
const flow = { time: '2026-11-21T08:00:00.123Z', destination: '203.0.113.5', source: '192.168.1.10' };

test('URLs tell host, destination and client', async () => {
  const expected = {
    time: '2026-11-21T08:00:00.123Z',
    url: 'https://files.example.com/...',
    destination: '203.0.113.5:443',
    source: '192.168.1.10:51000',
  };
  const line = `${front}urls src=192.168.1.10:51000 dst=203.0.113.5:443 mac=00:00:5E:00:53:01 request: UNKNOWN https://files.example.com/...`;
  for (const header of ['', '<134>', '<134>Original Address=192.0.2.9 ', 'Nov 21 08:00:01 192.0.2.9 ']) {
    assert.deepEqual(await one(header + line), expected, header);
  }
  assert.deepEqual(
    await one(line.replace('request:', "agent='Mozilla/5.0 (X11)' request:").replace('UNKNOWN', 'GET')),
    expected,
  );
  assert.deepEqual(await one(line.replace('192.168.1.10:51000', '[2001:db8::10]:51000')), {
    ...expected,
    source: '[2001:db8::10]:51000',
  });
});

test('flows are told where they end, with the rule that let them pass or not', async () => {
  const parts = 'src=192.168.1.10 dst=203.0.113.5 mac=00:00:5E:00:53:01 protocol=tcp sport=51000 dport=443';
  assert.deepEqual(await one(`${front}flows ${parts} pattern: allow all`), flow);
  assert.deepEqual(await one(`${front}flows ${parts} pattern: deny dst 203.0.113.0/24`), { ...flow, isBlocked: true });
  assert.deepEqual(await one(`${front}flows deny ${parts}`), { ...flow, isBlocked: true });
  assert.deepEqual(await one(`${front}firewall ${parts} pattern: allow all`), flow);
  assert.deepEqual(await one(`${front}ip_flow_end ${parts} translated_src_ip=198.51.100.1 translated_port=1024`), flow);
  assert.deepEqual(await one(`${front}ip_flow_start ${parts}`), { skipped: 'other' });
});

test('flows from outside are inbound', async () => {
  assert.deepEqual(
    await one(`${front}flows src=198.51.100.7 dst=203.0.113.5 protocol=tcp sport=40000 dport=22 pattern: 1 all`),
    { skipped: 'inbound' },
  );
  assert.deepEqual(await one(`${front}firewall src=198.51.100.7 dst=192.168.1.10 protocol=tcp pattern: deny all`), {
    skipped: 'inbound',
  });
});

test('pages that content filtering blocked are told without the client', async () => {
  assert.deepEqual(
    await one(
      `${front}events content_filtering_block url='https://www.example.com/...' category0='Games' server='203.0.113.5:443' client_mac='00:00:5E:00:53:01'`,
    ),
    {
      time: '2026-11-21T08:00:00.123Z',
      url: 'https://www.example.com/...',
      destination: '203.0.113.5:443',
      isBlocked: true,
    },
  );
});

test('other events are left out, other lines malformed', async () => {
  assert.deepEqual(await one(`${front}events type=vpn_connectivity_change vpn_type='site-to-site'`), {
    skipped: 'other',
  });
  assert.deepEqual(await one(`${front}security_event ids_alerted src=192.0.2.1:80`), { skipped: 'other' });
  for (const line of ['urls src=a', `${front}urls mac=x`, 'a b c']) {
    assert.deepEqual(await one(line), { skipped: 'malformed' }, line);
  }
});
