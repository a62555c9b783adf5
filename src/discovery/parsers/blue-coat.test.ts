import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

// Shapes: Broadcom, "ProxySG access log formats" (main, bcreportermain_v1, the format of SGOS 6.6 and before) and "Cloud SWG
// access log format".

const time = '2026-11-21T08:30:00.000Z';
const plain = {
  time,
  url: 'www.dropbox.com',
  user: 'EXAMPLE\\jane',
  source: '192.0.2.10',
  uploaded: 640,
  downloaded: 5120,
};

test('columns are those of the last header, wherever it stands', async () => {
  const log = `#Software: SGOS 6.7.4.1
#Version: 1.0
#Fields: date time time-taken c-ip cs-username cs-auth-group x-exception-id sc-filter-result cs-categories cs(Referer) sc-status s-action cs-method rs(Content-Type) cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-uri-extension cs(User-Agent) s-ip sc-bytes cs-bytes x-virus-id
2026-11-21 08:30:00 120 192.0.2.10 EXAMPLE\\jane - - OBSERVED "File Storage/Sharing" - 200 TCP_NC_MISS GET text/html https www.dropbox.com 443 /a - - "Mozilla/5.0 (X11) ""x""" 192.0.2.1 5120 640 -
#Fields: localtime c-ip cs-username sc-filter-result cs-uri r-ip cs-bytes sc-bytes
[21/Nov/2026:09:30:00 +0100] 2001:db8::10 - PROXIED https://www.box.com/x?y 2001:db8::7 1 2
[21/Nov/2026:09:30:00 +0100] 192.0.2.10 "CN=Jane Doe,OU=Users,DC=example" DENIED tunnel://mega.nz:443/ - 1 2`;
  assert.deepEqual(await readLog('BLUECOAT', log), [
    { skipped: 'other' },
    { skipped: 'other' },
    plain,
    {
      time,
      url: 'https://www.box.com/x?y',
      destination: '2001:db8::7',
      source: '2001:db8::10',
      uploaded: 1,
      downloaded: 2,
    },
    {
      time,
      url: 'tunnel://mega.nz:443/',
      user: 'Jane Doe',
      source: '192.0.2.10',
      uploaded: 1,
      downloaded: 2,
      isBlocked: true,
    },
  ]);
});

test('Cloud SWG: the address of the server, the distinguished user and the name of the device are taken', async () => {
  const log = `#Fields: x-bluecoat-request-tenant-id date time c-ip cs-userdn x-exception-id sc-filter-result sc-status s-action cs-method cs-uri-scheme cs-host cs-uri-port s-ip sc-bytes cs-bytes r-ip gmttime x-client-device-name
33741 2026-11-21 08:30:00 203.0.113.9 EXAMPLE\\jane - OBSERVED 0 TUNNELED unknown ssl www.box.com 443 192.0.2.85 269 507 198.51.100.7 [21/11/2026:08:30:00 GMT] PC-7`;
  assert.deepEqual(await readLog('BLUECOAT', log), [
    {
      time,
      url: 'www.box.com',
      destination: '198.51.100.7',
      user: 'EXAMPLE\\jane',
      source: '203.0.113.9',
      machine: 'PC-7',
      uploaded: 507,
      downloaded: 269,
    },
  ]);
});

test('without header the three usual orders are known by their looks', async () => {
  const log = `2026-11-21 08:30:00 120 192.0.2.10 EXAMPLE\\jane - - OBSERVED "File Storage/Sharing" - 200 TCP_NC_MISS GET text/html https www.dropbox.com 443 / - - "Mozilla/5.0" 192.0.2.1 5120 640 -
2026-11-21 08:30:00 120 192.0.2.10 EXAMPLE\\jane - www.dropbox.com - - - - OBSERVED "File Storage/Sharing" - 200 TCP_NC_MISS GET text/html https www.dropbox.com 443 / - - "Mozilla/5.0" 192.0.2.1 5120 640 - -
2026-11-21 08:30:00 120 192.0.2.10 200 TCP_NC_MISS 5120 640 GET https www.dropbox.com 443 / - EXAMPLE\\jane - www.dropbox.com text/html - "Mozilla/5.0 (a b)" OBSERVED "File Storage" - 192.0.2.1
2026-11-21 08:30:00 something else`;
  assert.deepEqual(await readLog('BLUECOAT', log), [plain, plain, plain, { skipped: 'malformed' }]);
});

test('names of hosts, addresses and bytes that other formats of the same appliance use', async () => {
  const log = `#Fields: timestamp c-ip cs-user cs-uri-host cs-uri-address s-action sr-bytes rs-bytes
1795249800 192.0.2.10 EXAMPLE\\jane www.dropbox.com 198.51.100.7 TCP_MISS 640 5120
#Fields: date time c-ip cs-uri-scheme cs-uri-port cs-uri-path
2026-11-21 08:30:00 192.0.2.10 https 443 /a`;
  assert.deepEqual(await readLog('BLUECOAT', log), [
    { ...plain, destination: '198.51.100.7' },
    { time, source: '192.0.2.10' },
  ]);
});

test('a refusal is blocked, a failure of the server is not, the question for a password is no transaction', async () => {
  const log = `#Fields: date time c-ip x-exception-id sc-status s-action cs-host
2026-11-21 08:30:00 192.0.2.10 policy_denied 403 TCP_DENIED mega.nz
2026-11-21 08:30:00 192.0.2.10 content_filter_denied 403 - mega.nz
2026-11-21 08:30:00 192.0.2.10 tcp_error 503 TCP_ERR_MISS mega.nz
2026-11-21 08:30:00 192.0.2.10 authentication_failed 407 TCP_DENIED mega.nz`;
  const passed = { time, url: 'mega.nz', source: '192.0.2.10' };
  const blocked = { ...passed, isBlocked: true };
  assert.deepEqual(await readLog('BLUECOAT', log), [blocked, blocked, passed, { skipped: 'other' }]);
});
