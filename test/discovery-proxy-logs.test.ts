// Whole logs of proxies through the engine: as they come from appliances, with CRLF, headers in the middle, and under a wrong name.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { EventStore } from '../src/events/events.ts';
import { type LogFolder, logFolder, sumsOf } from './support/traffic-logs.ts';

let logs: LogFolder;
let events: EventStore;

before(async () => {
  logs = await logFolder();
  events = await logs.openEvents();
});

after(async () => {
  await events.close();
  await logs.dispose();
});

let uploads = 0;

/** Domain, user, source, blocked and transactions of all that a log tells of, and its counts. */
async function rowsOf(content: string, named: string): Promise<{ rows: string[]; read: number; used: number }> {
  const result = await logs.parse(content, { named });
  const sums = await sumsOf(events, result, `upload-${uploads++}`);
  const rows = [...sums].map(([key, [transactions, up, down]]) => {
    const [domain, user, source, , isBlocked] = key.split('|');
    return [domain, user, source, isBlocked, transactions, up, down].join(' ');
  });
  return { rows: rows.sort(), read: result.read, used: result.used };
}

const blueCoatHeader =
  '#Fields: date time c-ip cs-username x-exception-id sc-filter-result cs-host sc-bytes cs-bytes cs(User-Agent)\r\n';
const blueCoatLine =
  '2026-11-21 08:30:00 192.0.2.10 EXAMPLE\\Jane - OBSERVED www.dropbox.com 10 1 "Mozilla/5.0 (X11)"\r\n';
const otherHeader = '#Fields: gmttime cs-host cs-bytes sc-bytes c-ip cs-username sc-filter-result\r\n';
const otherLine = '[21/11/2026:08:30:00 GMT] www.box.com 1 10 192.0.2.11 - DENIED\r\n';

test('a W3C log keeps to the header in force, over many slices and changes of header', async () => {
  const half = 30_000;
  const log = `\uFEFF#Software: SGOS\r\n${blueCoatHeader}${blueCoatLine.repeat(half)}${otherHeader}${otherLine.repeat(half)}${blueCoatHeader}${blueCoatLine.repeat(half)}`;
  const { rows, used } = await rowsOf(log, 'BLUECOAT');
  assert.equal(used, 3 * half);
  assert.deepEqual(rows, [
    `box.com  192.0.2.11 true ${half} ${half} ${10 * half}`,
    `dropbox.com jane 192.0.2.10 false ${2 * half} ${2 * half} ${20 * half}`,
  ]);
});

test('the first line of a report counts when it is a row, and does not when it names the columns', async () => {
  const row =
    '"21/11/2026","07:05:25","jane","PC-7","x","Allowed","y","z","www.box.com:443/","203.0.113.9","-","192.0.2.10"\n';
  assert.equal((await rowsOf(row.repeat(3), 'FORCEPOINT')).used, 3);
  const named = `Date,Time,User,Source IP,URL,Action\n${'2026-11-21,07:05:25,jane,192.0.2.10,https://www.box.com/,Blocked\n'.repeat(2)}`;
  assert.deepEqual((await rowsOf(named, 'FORCEPOINT')).rows, ['box.com jane 192.0.2.10 true 2 0 0']);
});

test('a log under the name of another appliance is refused by what it looks like', async () => {
  const squid = '1795251600.123 240 192.0.2.10 TCP_MISS/200 5 GET http://www.box.com/ - HIER_DIRECT/198.51.100.7 -\n';
  const wsa =
    '1795251600.123 240 192.0.2.10 TCP_MISS/200 5 GET http://www.box.com/ - DIRECT/www.box.com - DEFAULT_CASE_11-a-b <-> -\n';
  const tmg =
    '#Fields: c-ip\tcs-username\tc-agent\tdate\ttime\tr-host\tsc-bytes\tcs-bytes\tcs-uri\taction\n192.0.2.10\tjane\tx y\t2026-11-21\t08:00:00\twww.box.com\t5\t5\twww.box.com:443\tAllowed\n';
  const zscaler =
    'LEEF:1.0|Zscaler|NSS|4.1|Allowed|cat=Allowed\tdevTime=Nov 21 2026 08:00:00 GMT\tsrc=192.0.2.1\tusrName=jane\turl=www.box.com/\n';
  const cases = [
    [squid, 'SQUID', 'SQUID_NATIVE'],
    [wsa, 'BLUECOAT', 'CISCO_IRONPORT_PROXY'],
    [tmg, 'SQUID_NATIVE', 'MICROSOFT_ISA_W3C'],
    [`${blueCoatHeader}${blueCoatLine}`, 'CISCO_SCAN_SAFE', 'BLUECOAT'],
    [zscaler, 'ZSCALER', 'ZSCALER_QRADAR'],
  ] as const;
  for (const [line, named, looksLike] of cases) {
    await assert.rejects(logs.parse(line.repeat(50), { named }), {
      name: 'LogRefused',
      code: 'format-mismatch',
      looksLike,
    });
  }
});

test('a kind that is published nowhere is refused by name', async () => {
  await assert.rejects(logs.parse('x\n', { named: 'OPEN_SYSTEMS_SECURE_WEB_GATEWAY' }), {
    name: 'LogRefused',
    code: 'unpublished-format',
  });
});
