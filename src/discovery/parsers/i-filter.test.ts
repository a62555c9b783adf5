// Lines in the shapes of Digital Arts, FAQ 2196 (D-SPA 1 and 2), 3306 (i-FILTER 9 and 10), 4301 (D-SPA 4) and 5614 (@Cloud).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

test('versions differ in what stands in front of the time', async () => {
  const text = [
    'Nov 21 17:15:31 4872 1000/01/ - 203.0.113.5:443 192.0.2.1 192.0.2.10 pc-7 user%2001 [21/Nov/2026:17:15:30 +0900] 200 250 1207 pass 63 87 87/127/151 -1 0 1518 0 group01 - 0 - "GET https://www.example.com/sw.js HTTP/1.1" - Chrome text%2Fhtml%3B+charset%3Dutf-8 A667FEFF',
    'Nov 21 17:15:31 15620 900/01/ 203.0.113.6:8000 192.0.2.11 - username [21/Nov/2026:17:15:30+0900] 503 0 385 block 63 51 51 -1 -1 default - 0 - "GET http://casino.example HTTP/1.0" http://casino.example Mozilla%2F5.0 text%2Fhtml 63EBCF4D',
    'Nov 21 17:15:31 5207 104/01/ - 192.0.2.12 - - [21/Nov/2026:17:15:30 +0900] "CONNECT files.example.com:443 HTTP/1.1" "http://www.example.com/search" Mozilla%2F4.0 200 10 886 - 25 19 108 TEST_GROUP text%2Fhtml 0 - - 951ACEEA',
    'Nov 21 17:15:31 4872 1040/01/ - - 2001:db8::1 2001:db8::10 - - [21/Nov/2026:17:15:30 +0900] 407 0 385 - 0 0 0 -1 -1 default - 0 - "GET http://www.example.com/ HTTP/1.1" - - - 1',
  ].join('\n');
  const time = '2026-11-21T08:15:30.000Z';
  assert.deepEqual(await readLog('I_FILTER', text), [
    {
      time,
      url: 'https://www.example.com/sw.js',
      destination: '203.0.113.5',
      user: 'user 01',
      source: '192.0.2.10',
      machine: 'pc-7',
      uploaded: 250,
      downloaded: 1207,
    },
    {
      time,
      url: 'http://casino.example',
      destination: '203.0.113.6',
      user: 'username',
      source: '192.0.2.11',
      uploaded: 0,
      downloaded: 385,
      isBlocked: true,
    },
    { time, url: 'files.example.com:443', source: '192.0.2.12', uploaded: 10, downloaded: 886 },
    { skipped: 'other' },
  ]);
});

test('lines that are no access are not understood', async () => {
  const text = [
    '4582 192.0.2.100 user000 group 7 06/Oct/2026:11:26:21 +0900 http://www.example.com/ block 43 3 99 28 0 -1 0 EICAR-Test-File',
    'Nov 21 17:15:31 4872 1000/01/ - - 192.0.2.1 192.0.2.10 - - [21/Nov/2026:17:15:30 +0900] 200 250',
    '[21/Nov/2026:17:15:30 +0900] "GET http://www.example.com/ HTTP/1.1" 200 1 2 pass',
    'nothing of it',
  ].join('\n');
  for (const record of await readLog('I_FILTER', text)) assert.deepEqual(record, { skipped: 'malformed' });
});
