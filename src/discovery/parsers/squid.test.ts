import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

// Shapes: wiki.squid-cache.org/Features/LogFormat and Squid's configuration manual, `logformat`.

test('native lines give URL, client, user, bytes and the origin server that was reached directly', async () => {
  const log = `1795251600.123    240 192.0.2.10 TCP_MISS/200 5120 GET http://www.dropbox.com/login? jane HIER_DIRECT/198.51.100.7 text/html
1795251601.000     12 192.0.2.10 TCP_MISS/200 512 GET http://www.box.com/a - FIRSTUP_PARENT/192.0.2.200 text/html
1795251602.000     12 192.0.2.10 TCP_MISS/200 512 GET http://www.box.com/a - DIRECT/www.box.com text/html`;
  assert.deepEqual(await readLog('SQUID_NATIVE', log), [
    {
      time: '2026-11-21T09:00:00.123Z',
      url: 'http://www.dropbox.com/login?',
      destination: '198.51.100.7',
      user: 'jane',
      source: '192.0.2.10',
      downloaded: 5120,
    },
    { time: '2026-11-21T09:00:01.000Z', url: 'http://www.box.com/a', source: '192.0.2.10', downloaded: 512 },
    { time: '2026-11-21T09:00:02.000Z', url: 'http://www.box.com/a', source: '192.0.2.10', downloaded: 512 },
  ]);
});

test('tunnels, IPv6, encoded names and machines with names are understood in native lines', async () => {
  const log = `1795251601.000  30210 2001:db8::10 TCP_TUNNEL/200 81920 CONNECT www.box.com:443 jane%20doe HIER_DIRECT/2001:db8::7 -
1795251601.000  30210 pc-7.example.com TCP_TUNNEL/200 81920 CONNECT [2001:db8::9]:443 - ORIGINAL_DST/2001:db8::9 -`;
  assert.deepEqual(await readLog('SQUID_NATIVE', log), [
    {
      time: '2026-11-21T09:00:01.000Z',
      url: 'www.box.com:443',
      destination: '2001:db8::7',
      user: 'jane doe',
      source: '2001:db8::10',
      downloaded: 81920,
    },
    {
      time: '2026-11-21T09:00:01.000Z',
      url: '[2001:db8::9]:443',
      destination: '2001:db8::9',
      machine: 'pc-7.example.com',
      downloaded: 81920,
    },
  ]);
});

test('what Squid denies is blocked; asking for a password and invalid requests are no transactions', async () => {
  const log = `1795251602.000 0 192.0.2.10 TCP_DENIED/403 3812 CONNECT mega.nz:443 - HIER_NONE/- text/html
1795251602.000 0 192.0.2.10 TCP_DENIED/407 3812 CONNECT mega.nz:443 - HIER_NONE/- text/html
1795251602.000 0 192.0.2.11 UDP_MISS/000 62 ICP_QUERY http://www.box.com/ - HIER_NONE/- -
1795251602.000 0 192.0.2.10 NONE/400 3812 GET error:invalid-request - HIER_NONE/- text/html
192.0.2.10 - - [21/Nov/2026:09:00:00 +0100] "GET http://www.box.com/ HTTP/1.1" 200 5120 TCP_MISS:HIER_DIRECT
1795251602.000 0 192.0.2.10`;
  const [denied, ...rest] = await readLog('SQUID_NATIVE', log);
  assert.deepEqual(denied, {
    time: '2026-11-21T09:00:02.000Z',
    url: 'mega.nz:443',
    source: '192.0.2.10',
    downloaded: 3812,
    isBlocked: true,
  });
  assert.deepEqual(rest, [
    { skipped: 'other' },
    { skipped: 'other' },
    { skipped: 'other' },
    { skipped: 'malformed' },
    { skipped: 'malformed' },
  ]);
});

test('the common format is read with and without what combined adds, quotes in user agents included', async () => {
  const log = `192.0.2.10 - jane [21/Nov/2026:09:00:00 +0100] "GET http://www.dropbox.com/ HTTP/1.1" 200 5120 TCP_MISS:HIER_DIRECT
192.0.2.10 - - [21/Nov/2026:09:00:00 +0100] "CONNECT mega.nz:443 HTTP/1.1" 403 512 "-" "Mozilla/5.0 (\\"x\\" y)" TCP_DENIED:HIER_NONE
2001:db8::10 - - [21/Nov/2026:09:00:00 +0100] "GET http://www.box.com/ HTTP/1.1" 403 512
192.0.2.10 - - [21/Nov/2026:09:00:00 +0100] "CONNECT mega.nz:443 HTTP/1.1" 407 512 TCP_DENIED:HIER_NONE
1795251602.000 0 192.0.2.10 TCP_MISS/200 3812 CONNECT mega.nz:443 - HIER_NONE/- text/html`;
  const time = '2026-11-21T08:00:00.000Z';
  assert.deepEqual(await readLog('SQUID', log), [
    { time, url: 'http://www.dropbox.com/', user: 'jane', source: '192.0.2.10', downloaded: 5120 },
    { time, url: 'mega.nz:443', source: '192.0.2.10', downloaded: 512, isBlocked: true },
    { time, url: 'http://www.box.com/', source: '2001:db8::10', downloaded: 512 },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});

test("lines of a log format of one's own are malformed: other columns stand where these are read", async () => {
  const line =
    '1795248000.391 104 192.0.2.10 58938 TCP_MISS/200 904 123 364 GET http://www.example.com/ 1.1 jane HIER_DIRECT/203.0.113.10 80 text/html';
  assert.deepEqual(await readLog('SQUID_NATIVE', line), [{ skipped: 'malformed' }]);
});
