import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

// Shapes: McAfee Web Gateway 7 product guide, "Log handler rule sets", and Content Security Reporter product guide, "Auto-discover
// log formats", for the names of fields.

const time = '2026-11-21T08:00:00.000Z';
const header =
  '#time_stamp "auth_user" src_ip status_code "req_line" "categories" "rep_level" "media_type" bytes_to_client "user_agent" "virus_name" "block_res"\n';
const first =
  '[21/Nov/2026:09:00:00 +0100] "jane" 192.0.2.10 200 "GET https://www.dropbox.com/a HTTP/1.1" "File Sharing" "Minimal Risk" "text/html" 5120 "Mozilla/5.0 (X)" "" "0"';

test('the log as it comes, with its header and without', async () => {
  const expected = [{ time, url: 'https://www.dropbox.com/a', user: 'jane', source: '192.0.2.10', downloaded: 5120 }];
  assert.deepEqual(await readLog('MCAFEE_SWG', header + first), expected);
  assert.deepEqual(await readLog('MCAFEE_SWG', first), expected);
});

test('the expanded log is told by its bytes of the client', async () => {
  const log = `[21/Nov/2026:09:00:00 +0100] "" 2001:db8::10 403 "CONNECT mega.nz:443 HTTP/1.1" "File Sharing" "High Risk" "" 512 64 "Mozilla/5.0 (X)" "" "10" "Mega"
[21/Nov/2026:09:00:00 +0100] "" 192.0.2.10 407 "CONNECT mega.nz:443 HTTP/1.1" "" "" "" 512 64 "" "" "81" ""
something else`;
  assert.deepEqual(await readLog('MCAFEE_SWG', log), [
    { time, url: 'mega.nz:443', source: '2001:db8::10', uploaded: 64, downloaded: 512, isBlocked: true },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});

test('a customised log is read by the names of its header', async () => {
  const log = `#time_stamp src_ip "src_host" "auth_user" server_ip "url" bytes_from_client bytes_to_client "block_res"
[21/Nov/2026:09:00:00 +0100] 192.0.2.10 "PC-7" "CN=Jane Doe,OU=Users" 198.51.100.7 "https://www.box.com/x" 64 512 "0"`;
  assert.deepEqual(await readLog('MCAFEE_SWG', log), [
    {
      time,
      url: 'https://www.box.com/x',
      destination: '198.51.100.7',
      user: 'Jane Doe',
      source: '192.0.2.10',
      machine: 'PC-7',
      uploaded: 64,
      downloaded: 512,
    },
  ]);
});

// Shape: the rule set for McAfee ESM (Nitro), as its Graylog content pack reads it.
test('pairs between bars, as they go to a SIEM, with a time or with that of syslog', async () => {
  const log = `McAfeeWG|time_stamp=[21/Nov/2026:09:00:00 +0100]|auth_user=jane|src_ip=192.0.2.10|server_ip=198.51.100.7|host=www.box.com|url_port=443|status_code=200|bytes_from_client=64|bytes_to_client=512|categories=File Sharing|rep_level=Minimal Risk|method=GET|url=https://www.box.com/a?b="c"|media_type=text/html|user_agent=Mozilla/5.0 (X11; x)|block_res=0|block_reason=|
|auth_user=|src_ip=2001:db8::10|server_ip=|host=mega.nz|url_port=443|status_code=403|bytes_from_client=64|bytes_to_client=512|url=https://mega.nz/|block_res=10|
McAfeeWG|something=else|`;
  assert.deepEqual(await readLog('MCAFEE_SWG', log), [
    {
      time,
      url: 'https://www.box.com/a?b="c"',
      destination: '198.51.100.7',
      user: 'jane',
      source: '192.0.2.10',
      uploaded: 64,
      downloaded: 512,
    },
    {
      time: 'none',
      url: 'https://mega.nz/',
      source: '2001:db8::10',
      uploaded: 64,
      downloaded: 512,
      isBlocked: true,
    },
    { skipped: 'malformed' },
  ]);
});

test('LEEF with bars, as the rule set for QRadar writes it', async () => {
  const log = `LEEF:1.0|McAfee|Web Gateway|8.2.9|0|devTime=${Date.parse(time)}|src=192.0.2.10|usrName=jane|httpStatus=200|dst=198.51.100.7|urlCategories=File Sharing|blockReason=|url=https://www.box.com/a
LEEF:1.0|McAfee|Web Gateway|8.2.9|81|devTime=${Date.parse(time)}|src=192.0.2.10|usrName=|httpStatus=403|dst=|urlCategories=Games|blockReason=Blocked by URL filtering|url=https://games.example.com/`;
  assert.deepEqual(await readLog('MCAFEE_SWG', log), [
    { time, url: 'https://www.box.com/a', destination: '198.51.100.7', user: 'jane', source: '192.0.2.10' },
    { time, url: 'https://games.example.com/', source: '192.0.2.10', isBlocked: true },
  ]);
});
