// Shapes: "Cisco Secure Firewall ASA Series Syslog Messages" (302013 to 302036, 304001, 304002, 106001 to 106100), its appendix on
// time stamps, device ids and the EMBLEM format; "Catalyst 6500 Series Firewall Services Module System Log Messages".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const one = async (line: string) => (await readLog('CISCO_ASA', line))[0];

test('the end of a connection tells destination, client and bytes of both ways together', async () => {
  assert.deepEqual(
    await one(
      '<166>Nov 21 2026 08:00:00: %ASA-6-302014: Teardown TCP connection 4711 for outside:203.0.113.5/443 to inside:192.168.1.10/51000 duration 0:00:10 bytes 5678 TCP FINs',
    ),
    {
      time: '2026-11-21T08:00:00.000Z',
      destination: '203.0.113.5',
      source: '192.168.1.10',
      total: 5678,
    },
  );
});

test('a user is taken from behind the address, and from the end of the line', async () => {
  const identity = await one(
    'Nov 21 08:00:00 fw1 %ASA-6-302016: Teardown UDP connection 3 for outside:203.0.113.5/443 to inside:192.168.1.10/51000(EXAMPLE\\jane) duration 0:02:01 bytes 99',
  );
  assert.deepEqual(identity, {
    time: '2026-11-21T08:00:00.000Z',
    destination: '203.0.113.5',
    user: 'EXAMPLE\\jane',
    source: '192.168.1.10',
    total: 99,
  });
  const last = await one(
    'Nov 21 08:00:00 fw1 : %ASA-6-302014: Teardown TCP connection 3 for outside:203.0.113.5/443 to inside:192.168.1.10/51000 duration 0:02:01 bytes 99 TCP Reset-O from outside (jane)',
  );
  assert.ok(last && 'user' in last && last.user === 'jane');
  const reason = await one(
    'Nov 21 08:00:00 fw1 %FWSM-6-302014: Teardown TCP connection 3 for inside:192.168.1.10/51000 to outside:203.0.113.5/443 duration 0:02:01 bytes 99 (TCP FINs)',
  );
  assert.ok(reason && !('user' in reason));
});

test('addresses may be IPv6, and names of hosts', async () => {
  assert.deepEqual(
    await one(
      '<166>Nov 21 08:00:00 fw1 %ASA-6-302014: Teardown TCP connection 4 for outside:2001:db8::5/443 to inside:fd00::10/51000 duration 0:00:10 bytes 1 TCP FINs',
    ),
    { time: '2026-11-21T08:00:00.000Z', destination: '2001:db8::5', source: 'fd00::10', total: 1 },
  );
  const named = await one(
    '<166>Nov 21 08:00:00 fw1 %ASA-6-302014: Teardown TCP connection 4 for outside:www.example.com/443 to inside:pc-7/51000 duration 0:00:10 bytes 1 TCP FINs',
  );
  assert.deepEqual(named, {
    time: '2026-11-21T08:00:00.000Z',
    destination: 'www.example.com',
    source: 'pc-7',
    total: 1,
  });
});

test('the side that asks for a service is the client, and connections from outside are inbound', async () => {
  const inbound =
    'Nov 21 08:00:00 fw1 %ASA-6-302014: Teardown TCP connection 5 for outside:198.51.100.7/40000 to dmz:192.168.2.5/443 duration 0:00:10 bytes 1 TCP FINs';
  assert.deepEqual(await one(inbound), { skipped: 'inbound' });
  // Public addresses inside: the names of the interfaces and the ports tell.
  const publicInside =
    'Nov 21 08:00:00 fw1 %ASA-6-302014: Teardown TCP connection 5 for outside:203.0.113.5/443 to inside:192.0.2.10/51000 duration 0:00:10 bytes 7 TCP FINs';
  assert.deepEqual(await one(publicInside), {
    time: '2026-11-21T08:00:00.000Z',
    destination: '203.0.113.5',
    source: '192.0.2.10',
    total: 7,
  });
  assert.deepEqual(await one(publicInside.replace('/443', '/40000').replace('/51000', '/443')), { skipped: 'inbound' });
});

test('what begins, is translated or is a ping is no transaction', async () => {
  const lines = [
    '%ASA-6-302013: Built outbound TCP connection 4711 for outside:203.0.113.5/443 (203.0.113.5/443) to inside:192.168.1.10/51000 (198.51.100.1/1024)',
    '%ASA-6-305011: Built dynamic TCP translation from inside:192.168.1.10/51000 to outside:198.51.100.1/1024',
    '%ASA-6-302021: Teardown ICMP connection for faddr 203.0.113.5/0 gaddr 198.51.100.1/1 laddr 192.168.1.10/1',
    '%ASA-4-106023: Deny icmp src inside:192.168.1.10 dst outside:203.0.113.5 (type 8, code 0) by access-group "in" [0x0, 0x0]',
    '%ASA-6-106100: access-list in permitted tcp inside/192.168.1.10(51000) -> outside/203.0.113.5(443) hit-cnt 1 first hit [0x0, 0x0]',
    "%ASA-5-111008: User 'admin' executed the 'write memory' command.",
  ];
  for (const line of lines) {
    assert.deepEqual(await one(`<166>Nov 21 08:00:00 fw1 ${line}`), { skipped: 'other' }, line);
  }
});

test('denials are blocked, unless somebody wanted to come in', async () => {
  const blocked = {
    time: '2026-11-21T08:00:00.000Z',
    destination: '203.0.113.5',
    source: '192.168.1.10',
    isBlocked: true,
  };
  const denied = [
    '%ASA-4-106023: Deny tcp src inside:192.168.1.10/51000 dst outside:203.0.113.5/443 by access-group "in" [0x8ed66b60, 0xf8852875]',
    '%ASA-6-106015: Deny TCP (no connection) from 192.168.1.10/51000 to 203.0.113.5/443 flags RST on interface inside',
    '%ASA-6-106100: access-list in denied tcp inside/192.168.1.10(51000) -> outside/203.0.113.5(443) hit-cnt 1 300-second interval [0x0, 0x0]',
  ];
  for (const line of denied) assert.deepEqual(await one(`Nov 21 08:00:00 fw1 ${line}`), blocked, line);
  assert.deepEqual(
    await one(
      'Nov 21 08:00:00 fw1 %ASA-6-106100: access-list in denied tcp inside/192.168.1.10(51000)(EXAMPLE\\jane, 5:staff) -> outside/203.0.113.5(443) hit-cnt 1 first hit [0x0, 0x0]',
    ),
    { ...blocked, user: 'EXAMPLE\\jane' },
  );
  const inbound = [
    '%ASA-4-106023: Deny tcp src outside:198.51.100.7/40000 dst inside:192.0.2.10/22 by access-group "out" [0x0, 0x0]',
    '%ASA-2-106001: Inbound TCP connection denied from 198.51.100.7/40000 to 192.0.2.10/22 flags SYN on interface outside',
    '%ASA-2-106006: Deny inbound UDP from 198.51.100.7/40000 to 192.0.2.10/53 on interface outside',
  ];
  for (const line of inbound) {
    assert.deepEqual(await one(`Nov 21 08:00:00 fw1 ${line}`), { skipped: 'inbound' }, line);
  }
});

test('URLs that were opened and that were refused are told with their host', async () => {
  assert.deepEqual(
    await one(
      'Nov 21 08:00:00 fw1 %ASA-5-304001: jane@192.168.1.10 Accessed URL 203.0.113.5:http://www.example.com/a?b=c',
    ),
    {
      time: '2026-11-21T08:00:00.000Z',
      url: 'http://www.example.com/a?b=c',
      destination: '203.0.113.5',
      user: 'jane',
      source: '192.168.1.10',
    },
  );
  assert.deepEqual(
    await one('Nov 21 08:00:00 fw1 %ASA-5-304001: 192.168.1.10(EXAMPLE\\jane) Accessed URL 203.0.113.5:/index.html'),
    {
      time: '2026-11-21T08:00:00.000Z',
      destination: '203.0.113.5',
      user: 'EXAMPLE\\jane',
      source: '192.168.1.10',
    },
  );
  assert.deepEqual(
    await one(
      'Nov 21 08:00:00 fw1 %ASA-5-304002: Access denied URL http://www.example.com/ SRC 192.168.1.10 DEST 203.0.113.5 on interface inside',
    ),
    {
      time: '2026-11-21T08:00:00.000Z',
      url: 'http://www.example.com/',
      destination: '203.0.113.5',
      source: '192.168.1.10',
      isBlocked: true,
    },
  );
});

test('the message is found behind every header that ASA, relays and syslog servers write', async () => {
  const message =
    '%ASA-6-302014: Teardown TCP connection 1 for outside:203.0.113.5/443 to inside:192.168.1.10/51000 duration 0:00:10 bytes 5 TCP FINs';
  const headers = [
    '<166>Nov 21 2026 08:00:00: ',
    '<166>Nov 21 2026 08:00:00 fw1 : ',
    '<166>:Nov 21 08:00:00 UTC: ',
    'Nov 21 08:00:00 192.0.2.1 ',
    'Nov 21 08:00:05 relay Nov 21 2026 08:00:00 fw1 : ',
    '<166>1 2026-11-21T08:00:00Z fw1 - - - - ',
    '2026-11-21 08:00:00\tLocal4.Info\t192.0.2.1\t',
  ];
  for (const header of headers) {
    const found = await one(header + message);
    assert.ok(found && 'time' in found, header);
    assert.equal(found.time, '2026-11-21T08:00:00.000Z', header);
    assert.equal(found.total, 5, header);
  }
  const emblem = await one(`<166>:Nov 21 08:00:00 CET: ${message.replace('%ASA-6', '%ASA-session-6')}`);
  assert.ok(emblem && 'time' in emblem && emblem.time === '2026-11-21T07:00:00.000Z');
});

test('FWSM and the first versions of it are read alike', async () => {
  const [found, old] = await readLog(
    'CISCO_FWSM',
    [
      'Nov 21 08:00:00 fwsm1 %FWSM-6-302014: Teardown TCP connection 145112423218 for inside:192.168.1.10/51000 to outside:203.0.113.5/443 duration 0:00:01 bytes 1234 (TCP FINs)',
      'Nov 21 08:00:00 fwsm1 %FWSM-6-302014: Teardown TCP connection 12 faddr 203.0.113.5/443 gaddr 198.51.100.1/1024 laddr 192.168.1.10/51000 duration 0:00:01 bytes 1234 (TCP FINs)',
    ].join('\n'),
  );
  const expected = {
    time: '2026-11-21T08:00:00.000Z',
    destination: '203.0.113.5',
    source: '192.168.1.10',
    total: 1234,
  };
  assert.deepEqual(found, expected);
  assert.deepEqual(old, expected);
});

test('other lines, and lines that are cut off, are malformed', async () => {
  const lines = [
    'hello',
    'Nov 21 08:00:00 fw1 %ASA-6-302014: Teardown TCP connection 1 for outside:203.0.113.5/443',
    'Nov 21 08:00:00 fw1 %ASA-6-',
    'Nov 21 08:00:00 fw1 %ASA-6-30201x: Teardown',
  ];
  for (const line of lines) assert.deepEqual(await one(line), { skipped: 'malformed' }, line);
});

test('access lists of users, spoofed addresses, names before addresses, times with a zone', async () => {
  const log = `Nov 21 2026 08:00:00: %ASA-4-106103: access-list x denied tcp for user 'jane' inside/192.168.1.10(51000) -> outside/203.0.113.5(443) hit-cnt 1 first hit [0x0, 0x0]
Nov 21 2026 08:00:00: %ASA-4-106102: access-list x permitted tcp for user jane inside/192.168.1.10(51000) -> outside/203.0.113.5(443) hit-cnt 1 first hit [0x0, 0x0]
Nov 21 2026 08:00:00 fw-1 : %ASA-2-106016: Deny IP spoof from (0.0.0.0) to 192.168.99.47 on interface inside
Nov 21 2026 08:00:00 fw-1: %ASA-5-304001: 192.168.1.10 Accessed URL jane@203.0.113.5:http://www.example.com/
2026-11-21T09:00:00+01:00 fw-1  %ASA-6-302016: Teardown UDP connection 1 for outside:203.0.113.5/443 to inside:192.168.1.10/51000 duration 0:00:01 bytes 9`;
  const base = { time: '2026-11-21T08:00:00.000Z', destination: '203.0.113.5', source: '192.168.1.10' };
  assert.deepEqual(await readLog('CISCO_ASA', log), [
    { ...base, user: 'jane', isBlocked: true },
    { skipped: 'other' },
    { skipped: 'other' },
    { ...base, url: 'http://www.example.com/' },
    { ...base, total: 9 },
  ]);
});
