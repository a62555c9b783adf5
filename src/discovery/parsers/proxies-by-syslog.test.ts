// Logs of proxies that come by syslog read as they do in files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';
import { withSyslog } from '../formats/syslog.ts';
import { parserOf } from '../parsers.ts';
import type { LogKind } from '../sources.ts';

const headers = [
  '<134>Nov 21 09:00:05 proxy1 ',
  '<134>Nov 21 09:00:05 192.0.2.1 access[123]: ',
  'Nov 21 09:00:05 proxy1 access: ',
  '<134>1 2026-11-21T09:00:05Z proxy1.example.com access 123 - - ',
];

const lines: Partial<Record<LogKind, string>> = {
  SQUID_NATIVE:
    '1795251600.123    240 192.0.2.10 TCP_MISS/200 5120 GET http://www.box.com/ jane HIER_DIRECT/198.51.100.7 text/html',
  SQUID:
    '192.0.2.10 - jane [21/Nov/2026:09:00:00 +0000] "GET http://www.box.com/ HTTP/1.1" 200 5120 TCP_MISS:HIER_DIRECT',
  BLUECOAT:
    '2026-11-21 09:00:00 120 192.0.2.10 jane - - OBSERVED "File" - 200 TCP_NC_MISS GET text/html https www.box.com 443 / - - "Mozilla/5.0" 192.0.2.1 5120 640 -',
  CISCO_IRONPORT_PROXY:
    '1795251600.150 97 192.0.2.10 TCP_MISS/200 8187 GET http://www.box.com/ jane DIRECT/www.box.com text/plain DEFAULT_CASE_11-a <-> -',
  MCAFEE_SWG:
    '[21/Nov/2026:09:00:00 +0000] "jane" 192.0.2.10 200 "GET https://www.box.com/a HTTP/1.1" "x" "Minimal Risk" "text/html" 5120 "Mozilla/5.0 (X)" "" "0"',
  ZSCALER:
    '2026-11-21 09:00:00	reason=Allowed	action=Allowed	responsesize=200	requestsize=100	ClientIP=192.0.2.10	user=jane	url=www.box.com/x	hostname=www.box.com',
  ZSCALER_CEF:
    'CEF:0|Zscaler|NSSWeblog|5.7|Allowed|x|3|act=Allowed dhost=www.box.com src=192.0.2.10 rt=Nov 21 2026 09:00:00 suser=jane',
  ZSCALER_QRADAR:
    'LEEF:1.0|Zscaler|NSS|4.1|Allowed|cat=Allowed	devTime=Nov 21 2026 09:00:00 GMT	src=192.0.2.10	usrName=jane	url=www.box.com/a',
  WEBSENSE_SIEM_CEF:
    'CEF:0|Forcepoint|Security|8.5.0|148|Transaction permitted|1|act=permitted dhost=www.box.com src=192.0.2.10 loginID=jane rt=1795251600',
  MENLO_SECURITY_CEF: 'CEF:0|Menlo Security|MSIP|2|web|x|5|rt=1795251600000 act=allow dhost=www.box.com src=192.0.2.10',
  IBOSS:
    '{"logType":"WEB_LOG","logTime":"2026-11-21","time":"09:00:00","action":"Allowed","host":"www.box.com","privateIp":"192.0.2.10","username":"jane"}',
};

for (const kind of Object.keys(lines) as LogKind[]) {
  test(`${kind}: behind the usual headers of syslog`, async () => {
    const parser = await parserOf(kind);
    assert.ok(parser);
    const line = lines[kind] ?? '';
    const [plain] = await readLog(withSyslog(parser, false), line);
    assert.match(JSON.stringify(plain), /"time":"2026-11-21T09:00:00.*box\.com.*192\.0\.2\.10/u);
    for (const header of headers) {
      assert.deepEqual(await readLog(withSyslog(parser, true), header + line), [plain], header);
    }
  });
}

test('FORCEPOINT_LEEF: the time is that of the header of syslog', async () => {
  const parser = await parserOf('FORCEPOINT_LEEF');
  assert.ok(parser);
  const line =
    'LEEF:1.0|Forcepoint|Security|8.5.0|transaction:permitted|usrName=jane	src=192.0.2.10	url=http://www.box.com/';
  assert.deepEqual(await readLog(withSyslog(parser, true), `<159>Nov 21 09:00:00 192.0.2.1 ${line}`), [
    { time: '2026-11-21T09:00:00.000Z', url: 'http://www.box.com/', user: 'jane', source: '192.0.2.10' },
  ]);
});
