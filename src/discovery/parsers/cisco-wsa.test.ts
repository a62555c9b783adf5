import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

// Shapes: AsyncOS for Cisco Web Security Appliances user guide, "Access Log File" and "W3C Compliant Access Log Files".

const time = '2026-11-21T09:00:00.150Z';

test('access logs: user, result, bytes and the tag of the policy that decided', async () => {
  const log = `1795251600.150 97 192.0.2.10 TCP_MISS_SSL/200 8187 GET https://www.box.com:443/ "EXAMPLE\\jane doe@AD" DIRECT/www.box.com text/plain DEFAULT_CASE_11-AccessOrDecryptionPolicy-Identity-NONE-NONE-NONE-NONE <IW_comp,6.9,-,"-",-> -
1795251600.150 0 2001:db8::10 TCP_DENIED/403 0 CONNECT tunnel://mega.nz:443/ - NONE/- - BLOCK_WEBCAT_11-Pol-Id-NONE-NONE-NONE-NONE <IW_fts,-,-> -
1795251600.150 0 192.0.2.10 TCP_MISS/200 39 CONNECT tunnel://mega.nz:443/ - DIRECT/mega.nz - DROP_WEBCAT_7-Pol-Id-NONE-NONE-NONE-NONE <IW_fts,-,-> -
1795251600.150 0 192.0.2.10 TCP_DENIED/407 0 GET http://mega.nz/ - NONE/- - OTHER-NONE-NONE-NONE-NONE-NONE-NONE <-,-> -
nothing of this kind`;
  assert.deepEqual(await readLog('CISCO_IRONPORT_PROXY', log), [
    { time, url: 'https://www.box.com:443/', user: 'EXAMPLE\\jane doe@AD', source: '192.0.2.10', downloaded: 8187 },
    { time, url: 'tunnel://mega.nz:443/', source: '2001:db8::10', downloaded: 0, isBlocked: true },
    { time, url: 'tunnel://mega.nz:443/', source: '192.0.2.10', downloaded: 39, isBlocked: true },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});

test('the log level that syslog puts in front is passed over', async () => {
  const log =
    'Info: 1795251600.150 97 192.0.2.10 TCP_HIT/200 12 GET http://www.box.com/ - NONE/- text/plain ALLOW_WBRS_11-a <-> -';
  assert.deepEqual(await readLog('CISCO_IRONPORT_WSA_II', log), [
    { time, url: 'http://www.box.com/', source: '192.0.2.10', downloaded: 12 },
  ]);
});

test('W3C access logs: fields by their names, bytes both ways', async () => {
  const log = `#Version: 1.0
#Software: AsyncOS for Web 11.8.0
#Fields: timestamp x-elapsed-time c-ip x-resultcode-httpstatus sc-bytes cs-bytes cs-method cs-url cs-username s-ip x-acltag
1795251600.150 97 192.0.2.10 TCP_MISS/200 8187 640 GET https://www.box.com/a "EXAMPLE\\jane" 198.51.100.7 DEFAULT_CASE_12-a
1795251600.150 97 192.0.2.10 TCP_DENIED/403 0 64 GET https://mega.nz/a - - BLOCK_ADMIN_12-a
1795251600.150 97 192.0.2.10 NONE/407 0 64 GET https://mega.nz/a - - OTHER-NONE`;
  for (const kind of ['CISCO_IRONPORT_PROXY', 'CISCO_IRONPORT_WSA_II', 'CISCO_IRONPORT_WSA_III'] as const) {
    assert.deepEqual(await readLog(kind, log), [
      { skipped: 'other' },
      { skipped: 'other' },
      {
        time,
        url: 'https://www.box.com/a',
        destination: '198.51.100.7',
        user: 'EXAMPLE\\jane',
        source: '192.0.2.10',
        uploaded: 640,
        downloaded: 8187,
      },
      { time, url: 'https://mega.nz/a', source: '192.0.2.10', uploaded: 64, downloaded: 0, isBlocked: true },
      { skipped: 'other' },
    ]);
  }
});
