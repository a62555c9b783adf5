import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const time = '2026-11-21T07:05:25.000Z';

// Shape: Forcepoint Web Security Cloud, "SIEM integration", log format (columns that are chosen, no line of names).
test('FORCEPOINT: rows in the suggested order', async () => {
  const log = `"21/11/2026","07:05:25","jane@example.com","PC-7","File Sharing,""Trusted"" Downloads","Allowed","Business Usage,None","Default","www.box.com:443/","203.0.113.9","198.51.100.7","10.1.2.3","None","None","Java/11.0.6","200","Connect"
"21/11/2026","07:05:25","anonymous","Not available","None","Blocked","None","Default","https://mega.nz/a?b,c","203.0.113.9","Not available","Not available","None","None","-","403","Get"
"21/11/2026"`;
  assert.deepEqual(await readLog('FORCEPOINT', log), [
    {
      time,
      url: 'www.box.com:443/',
      destination: '198.51.100.7',
      user: 'jane@example.com',
      source: '10.1.2.3',
      machine: 'PC-7',
    },
    { time, url: 'https://mega.nz/a?b,c', user: 'anonymous', source: '203.0.113.9', isBlocked: true },
    { skipped: 'malformed' },
  ]);
});

test('FORCEPOINT: a report with names of columns is read by them', async () => {
  const log = `\uFEFF"Date & Time";"User";"Source IP";"Destination IP";"URL";"Action";"Bytes Sent";"Bytes Received"
"2026-11-21 07:05:25";"jane";"192.0.2.10";"198.51.100.7";"https://www.box.com/a";"Permitted";"64";"512"`;
  assert.deepEqual(await readLog('FORCEPOINT', log), [
    {
      time,
      url: 'https://www.box.com/a',
      destination: '198.51.100.7',
      user: 'jane',
      source: '192.0.2.10',
      uploaded: 64,
      downloaded: 512,
    },
  ]);
});

// Shape: help.forcepoint.com, "Columns for flexible detail investigative reports".
test('WEBSENSE_V7_5: investigative details, also with line breaks in values and American dates', async () => {
  const log = `Day,Time,User,Domain,Source IP,Destination IP,URL Hostname,Full URL,Category,Action,Bytes Sent,Bytes Received
11/21/2026,07:05:25,"LDAP://192.0.2.5 OU=Users,DC=example,DC=com/Jane Doe",EXAMPLE,192.0.2.10,198.51.100.7,www.box.com,https://www.box.com/a,"File
Sharing",Category Blocked,64,512
21/11/2026,07:05:25,WinNT://EXAMPLE/jane,EXAMPLE,192.0.2.10,,www.box.com,,File Sharing,Category Permitted,64,512`;
  const row = { time, source: '192.0.2.10', uploaded: 64, downloaded: 512 };
  assert.deepEqual(await readLog('WEBSENSE_V7_5', log), [
    { ...row, url: 'https://www.box.com/a', destination: '198.51.100.7', user: 'Jane Doe', isBlocked: true },
    { ...row, url: 'www.box.com', user: 'jane' },
  ]);
});

// Shape: Forcepoint Web Security 8.5, "Working with SIEM integration format strings"; Websense 7.7 has the same keys.
test('WEBSENSE_SIEM_CEF: web transactions of both names of the vendor', async () => {
  const log = `CEF:0|Forcepoint|Security|8.5.0|148|Transaction permitted|1|act=permitted app=http dvc=192.0.2.1 dst=198.51.100.7 dhost=www.box.com dpt=80 src=192.0.2.10 spt=65252 suser=LDAP://192.0.2.254 CN\\=Users,DC\\=example,DC\\=com/Jane Doe loginID=- destinationTranslatedPort=0 rt=1795244725 in=512 out=64 requestMethod=GET requestClientApplication=Mozilla/5.0 (Windows NT 6.1) reason=- request=http://www.box.com/x?a\\=b
CEF:0|Websense|Security|7.7.3|113|Transaction blocked|Low|act=blocked app=https src=2001:db8::10 suser=- loginID=jane rt=1795244725000 in=0 out=64 request=https://mega.nz/
CEF:0|Forcepoint|Security|8.5.0|1|Admin logon|1|act=permitted src=192.0.2.10 rt=1795244725
CEF:0|Other|Proxy|1|1|x|1|act=permitted dhost=www.box.com`;
  assert.deepEqual(await readLog('WEBSENSE_SIEM_CEF', log), [
    {
      time,
      url: 'www.box.com',
      destination: '198.51.100.7',
      user: 'Jane Doe',
      source: '192.0.2.10',
      uploaded: 64,
      downloaded: 512,
    },
    {
      time,
      url: 'https://mega.nz/',
      user: 'jane',
      source: '2001:db8::10',
      uploaded: 64,
      downloaded: 0,
      isBlocked: true,
    },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});

test('FORCEPOINT_LEEF: the time is left to the syslog header, the event says what happened', async () => {
  const log = `LEEF:1.0|Forcepoint|Security|8.5.0|transaction:blocked|sev=1	cat=203	usrName=-	loginID=jane	src=192.0.2.10	srcPort=0	srcBytes=64	dstBytes=512	dst=198.51.100.7	dstPort=80	url=http://mega.nz/x
LEEF:1.0|Websense|Security|7.8.0|transaction:permitted|sev=1	usrName=LDAP://192.0.2.5 OU\\=Users/Jane Doe	src=2001:db8::10	srcBytes=64	dstBytes=512	url=https://www.box.com/
LEEF:1.0|Other|Proxy|1|x|url=https://www.box.com/`;
  assert.deepEqual(await readLog('FORCEPOINT_LEEF', log), [
    {
      time: 'none',
      url: 'http://mega.nz/x',
      destination: '198.51.100.7',
      user: 'jane',
      source: '192.0.2.10',
      uploaded: 64,
      downloaded: 512,
      isBlocked: true,
    },
    {
      time: 'none',
      url: 'https://www.box.com/',
      user: 'Jane Doe',
      source: '2001:db8::10',
      uploaded: 64,
      downloaded: 512,
    },
    { skipped: 'malformed' },
  ]);
});
