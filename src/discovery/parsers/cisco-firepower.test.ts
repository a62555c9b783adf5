// Shapes: Cisco, "Secure Firewall Threat Defense Syslog Messages", Security Event Syslog Messages (430002, 430003); "Firepower Management
// Center Configuration Guide" 6.0 to 6.2 and "ASA FirePOWER" 5.4 for the lines of SFIMS.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const one = async (line: string) => (await readLog('CISCO_FIREPOWER_V6', line))[0];

const end =
  '<113>2026-11-21T08:01:00Z ftd-1 %FTD-1-430003: EventPriority: Low, DeviceUUID: 00000000-0000-0000-0000-000000000001, InstanceID: 2, FirstPacketSecond: 2026-11-21T08:00:00Z, ConnectionID: 4711, AccessControlRuleAction: Allow, SrcIP: 192.168.1.10, DstIP: 203.0.113.5, SrcPort: 51000, DstPort: 443, Protocol: tcp, IngressInterface: inside, EgressInterface: outside, IngressZone: Inside, EgressZone: Outside, ACPolicy: Base, with comma, AccessControlRuleName: Web, Prefilter Policy: Default, User: jane, Client: SSL client, ApplicationProtocol: HTTPS, WebApplication: Example, ConnectionDuration: 60, InitiatorPackets: 11, ResponderPackets: 12, InitiatorBytes: 1234, ResponderBytes: 56789, NAPPolicy: Balanced, URLCategory: Online Storage, URLReputation: Well Known, URL: https://files.example.com/a?b=1,c: 2';
const expected = {
  time: '2026-11-21T08:00:00.000Z',
  url: 'https://files.example.com/a?b=1,c: 2',
  destination: '203.0.113.5',
  user: 'jane',
  source: '192.168.1.10',
  uploaded: 1234,
  downloaded: 56789,
};

test('the end of a connection tells URL, user and bytes of both directions', async () => {
  assert.deepEqual(await one(end), expected);
  // The initiator is the client.
  const bare = end.replace(/FirstPacketSecond: [^,]+, /, '').replace(/, URL: .*/, '');
  const { url: _, ...rest } = expected;
  assert.deepEqual(await one(bare), { ...rest, time: '2026-11-21T08:01:00.000Z' });
});

test('the beginning of a connection counts only when it is blocked', async () => {
  const start = end.replace('430003', '430002');
  assert.deepEqual(await one(start), { skipped: 'other' });
  for (const action of ['Block', 'Block with reset', 'Interactive Block', 'Blacklist']) {
    assert.deepEqual(await one(start.replace('Action: Allow', `Action: ${action}`)), { ...expected, isBlocked: true });
  }
});

test('intrusions, files and messages of the ASA in it are left out', async () => {
  for (const line of [end.replace('430003', '430001'), end.replace('430003', '430005')]) {
    assert.deepEqual(await one(line), { skipped: 'other' });
  }
  assert.deepEqual(await one('Nov 21 08:00:00 ftd-1 %FTD-6-305011: Built dynamic TCP translation'), {
    skipped: 'other',
  });
});

test('connections from outside are inbound, IPv6 and missing users are read', async () => {
  assert.deepEqual(
    await one(end.replace('IngressZone: Inside, EgressZone: Outside', 'IngressZone: Outside, EgressZone: DMZ')),
    {
      skipped: 'inbound',
    },
  );
  assert.deepEqual(
    await one(
      end
        .replace('192.168.1.10', 'fd00::10')
        .replace('203.0.113.5', '2001:db8::5')
        .replace('User: jane', 'User: No Authentication Required'),
    ),
    (({ user: _, ...rest }) => ({ ...rest, source: 'fd00::10', destination: '2001:db8::5' }))(expected),
  );
});

test('the client in front of a proxy is the source', async () => {
  const line = end.replace('SrcIP: 192.168.1.10', 'SrcIP: 192.168.1.2, OriginalClientIP: 192.168.1.10');
  assert.deepEqual(await one(line), expected);
  assert.deepEqual(await one(end.replace('DstIP', 'OriginalClientIP: ::, DstIP')), expected);
});

test('SFIMS with labels in one word', async () => {
  const line =
    '<46>Nov 21 08:00:00 fmc-1 SFIMS: Protocol: TCP, SrcIP: 192.168.1.10, OriginalClientIP: ::, DstIP: 203.0.113.5, SrcPort: 51000, DstPort: 443, TCPFlags: 0x0, IngressInterface: inside, EgressInterface: outside, DE: Primary Detection Engine (00000000-0000-0000-0000-000000000001), Policy: Balanced, ConnectType: End, AccessControlRuleName: Web, AccessControlRuleAction: Allow, Prefilter Policy: Unknown, UserName: jane, Client: SSL client, InitiatorBytes: 1234, ResponderBytes: 56789, URLReputation: Well Known, URL: https://files.example.com/a?b=1,c: 2';
  assert.deepEqual(await one(line), expected);
  assert.deepEqual(await one(line.replace('ConnectType: End', 'ConnectType: Start')), { skipped: 'other' });
});

test('SFIMS with labels in several words and the addresses at the end', async () => {
  const line =
    '<46>Nov 21 08:00:00 asa-1 SFIMS: [Primary Detection Engine (00000000-0000-0000-0000-000000000001)][Base policy] Connection Type: End, User: jane, Client: SSL client, Application Protocol: HTTPS, Web App: Unknown, Access Control Rule Name: Web, Access Control Rule Action: Allow, Access Control Rule Reasons: Unknown, URL Category: Unknown, URL Reputation: Risk unknown, URL: Unknown, Interface Ingress: inside, Interface Egress: outside, Security Zone Ingress: Inside, Security Zone Egress: Outside, Security Intelligence Matching IP: None, Client Version: (null), Number of File Events: 0, TCP Flags: 0x0, Initiator Packets: 11, Responder Packets: 12, Initiator Bytes: 1234, Responder Bytes: 56789, Context: Unknown, {TCP} 192.168.1.10:51000 -> 203.0.113.5:443';
  const { url: _, ...rest } = expected;
  const [found] = await readLog('CISCO_ASA_FIREPOWER', line);
  assert.deepEqual(found, rest);
  const [countries] = await readLog(
    'CISCO_ASA_FIREPOWER',
    line.replace(':51000 ->', ':51000 (unknown) ->').concat(' (germany)'),
  );
  assert.deepEqual(countries, rest);
  const [start] = await readLog('CISCO_ASA_FIREPOWER', line.replace('Type: End', 'Type: Start'));
  assert.deepEqual(start, { skipped: 'other' });
  const [blocked] = await readLog(
    'CISCO_ASA_FIREPOWER',
    line
      .replace('Type: End', 'Type: Start')
      .replace('Access Control Rule Action: Allow', 'Firewall Rule Action: Block'),
  );
  assert.deepEqual(blocked, { ...rest, isBlocked: true });
});

test('lines without labels are malformed', async () => {
  assert.deepEqual(await one('192.0.2.1 GET http://example.com/'), { skipped: 'malformed' });
});

test('the first label counts, and a time in front of a message that has none of its own', async () => {
  const rest =
    'SrcIP: 192.168.1.10, DstIP: 203.0.113.5, SrcPort: 51000, DstPort: 443, Protocol: tcp, User: No Authentication Required, InitiatorBytes: 365, ResponderBytes: 1927';
  const time = '2026-11-21T08:01:00.000Z';
  const blocked = {
    time,
    destination: '203.0.113.5',
    source: '192.168.1.10',
    uploaded: 365,
    downloaded: 1927,
    isBlocked: true,
  };
  for (const head of [
    '2026-11-21T09:01:00+01:00 ftd-1  ',
    '2026-11-21T08:01:00Z ftd-1 ',
    'Nov 21 2026 08:01:00 ftd-1  ',
  ]) {
    assert.deepEqual(await one(`${head}%FTD-1-430003: AccessControlRuleAction: Block, ${rest}`), blocked, head);
  }
});

test('interfaces tell what is inbound where no zones are named', async () => {
  const line = end.replace(', IngressZone: Inside, EgressZone: Outside', '').replace('192.168.1.10', '198.51.100.9');
  const entering = line.replace('inside, EgressInterface: outside', 'outside, EgressInterface: servers');
  assert.deepEqual(await one(entering), { skipped: 'inbound' });
  assert.deepEqual(await one(line), { ...expected, source: '198.51.100.9' });
});
