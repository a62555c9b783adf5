import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const time = '2026-11-21T08:29:11.000Z';

// Shapes: help.zscaler.com, "NSS Feed Output Format: Web Logs" (sample of the CSV feed) and "Adding NSS Feeds for Web Logs".
const row = (user: string, action: string, machine: string) => [
  ...[
    'Sat Nov 21 08:29:11 2026',
    user,
    'HTTP',
    'www.ebay.com/a,b',
    action,
    'Ebay',
    'Consumer Apps',
    '72',
    '14061',
    '0',
    '0',
  ],
  ...[
    'Productivity Loss',
    'Shopping',
    'Online Shopping',
    'None',
    'None',
    '0',
    'None',
    'None',
    'HQ',
    'Sales',
    '10.1.3.49',
  ],
  ...['198.51.100.229', 'GET', '403', 'curl/7.68.0', 'None', 'FwFilter', 'Firewall_1', 'Other', 'None', 'NA', machine],
];
const sale = {
  time,
  url: 'www.ebay.com/a,b',
  destination: '198.51.100.229',
  source: '10.1.3.49',
  uploaded: 72,
  downloaded: 14061,
};

test('ZSCALER: the CSV feed and the same with tabs; the location is nobody', async () => {
  const quoted = (values: string[]) => values.map((value) => `"${value}"`).join(',');
  const log = `${quoted(row('jane@example.com', 'Allowed', 'PC7'))}
${quoted(row('HQ', 'Blocked', 'PC7'))}
${row('jane@example.com', 'Allowed', 'PC7').join('\t')}
"Sat Nov 21 08:29:11 2026","jane"`;
  assert.deepEqual(await readLog('ZSCALER', log), [
    { ...sale, user: 'jane@example.com', machine: 'PC7' },
    { ...sale, machine: 'PC7', isBlocked: true },
    { ...sale, user: 'jane@example.com', machine: 'PC7' },
    { skipped: 'malformed' },
  ]);
});

test('ZSCALER: the feeds with names, as pairs and as JSON', async () => {
  const log = `2026-11-21 08:29:11	reason=Allowed	event_id=1	protocol=HTTPS	action=Allowed	transactionsize=300	responsesize=200	requestsize=100	serverip=198.51.100.1	ClientIP=203.0.113.7	user=jane@example.com	url=www.box.com/x	vendor=Zscaler	hostname=www.box.com	clientpublicIP=10.1.2.3
{"sourcetype":"zscalernss-web","event":{"datetime":"2026-11-21 08:29:11","action":"Blocked","requestsize":"100","responsesize":"200","transactionsize":"300","user":"jane@example.com","url":"mega.nz/\\u0061","hostname":"mega.nz","ClientIP":"2001:db8::10","serverip":"198.51.100.1"}}
{"nothing":1}`;
  const sizes = { uploaded: 100, downloaded: 200, total: 300 };
  const person = { time, destination: '198.51.100.1', user: 'jane@example.com' };
  assert.deepEqual(await readLog('ZSCALER', log), [
    { ...person, url: 'www.box.com', source: '10.1.2.3', ...sizes },
    { ...person, url: 'mega.nz', source: '2001:db8::10', ...sizes, isBlocked: true },
    { skipped: 'malformed' },
  ]);
});

// Shape: help.zscaler.com, "Zscaler and Microsoft Sentinel Deployment Guide", CEF feeds for web and firewall.
test('ZSCALER_CEF: web and firewall tell of traffic, DNS does not', async () => {
  const log = `CEF:0|Zscaler|NSSWeblog|5.7|Allowed|Allowed|3|act=Allowed app=HTTPS cat=File Share dhost=www.box.com dst=198.51.100.1 src=203.0.113.7 in=200 outcome=200 out=100 request=www.box.com/a rt=Nov 21 2026 08:29:11 sourceTranslatedAddress=10.1.2.3 requestClientApplication=Mozilla/5.0 (a=b) requestMethod=GET suser=jane@example.com spriv=HQ
CEF:0|Zscaler|NSSFWlog|5.7|Drop|Default|3|act=Drop suser=HQ src=10.1.2.3 spt=5 dst=198.51.100.9 dpt=443 spriv=HQ in=0 out=60 rt=Nov 21 2026 08:29:11 deviceDirection=1
CEF:0|Zscaler|NSSDNSlog|5.7|Allowed|x|3|act=Allowed rt=Nov 21 2026 08:29:11 dst=198.51.100.9
CEF:0|Other|Web|1|1|x|3|act=Allowed`;
  assert.deepEqual(await readLog('ZSCALER_CEF', log), [
    {
      time,
      url: 'www.box.com',
      destination: '198.51.100.1',
      user: 'jane@example.com',
      source: '10.1.2.3',
      uploaded: 100,
      downloaded: 200,
    },
    { time, destination: '198.51.100.9', source: '10.1.2.3', uploaded: 60, downloaded: 0, isBlocked: true },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});

// Shape: Zscaler's feed output type "QRadar LEEF", as its own and Rapid7's pages on NSS feeds give it.
test('ZSCALER_QRADAR: lines of the LEEF feed', async () => {
  const log = `LEEF:1.0|Zscaler|NSS|4.1|Allowed|cat=Allowed	devTime=Nov 21 2026 08:29:11 GMT	devTimeFormat=MMM dd yyyy HH:mm:ss z	src=192.0.2.10	dst=198.51.100.1	srcPostNAT=203.0.113.7	realm=HQ	usrName=jane@example.com	srcBytes=100	dstBytes=200	role=Sales	policy=Allowed	url=www.box.com/a	hostname=www.box.com	urlcategory=x
LEEF:1.0|Zscaler|NSS|4.1|Not allowed|cat=Blocked	devTime=Sat Nov 21 08:29:11 UTC 2026	src=192.0.2.10	dst=198.51.100.1	realm=HQ	usrName=HQ	srcBytes=100	dstBytes=0	url=mega.nz/	hostname=NA`;
  const base = { time, destination: '198.51.100.1', source: '192.0.2.10', uploaded: 100 };
  assert.deepEqual(await readLog('ZSCALER_QRADAR', log), [
    { ...base, url: 'www.box.com', user: 'jane@example.com', downloaded: 200 },
    { ...base, url: 'mega.nz/', downloaded: 0, isBlocked: true },
  ]);
});

// Shape: help.zscaler.com, "NSS Feed Output Format: Web Logs", the names of the fields themselves, as Cloud NSS feeds have them.
test('ZSCALER: JSON with the names of NSS fields; feeds of other logs are left out', async () => {
  const log = `{ "sourcetype" : "zscalernss-web", "event" :{"time":"Sat Nov 21 08:29:11 2026","login":"jane@example.com","proto":"HTTPS","eurl":"www.box.com:443","action":"Allowed","reqsize":"100","respsize":"200","totalsize":"300","cip":"203.0.113.7","cintip":"10.1.2.3","sip":"198.51.100.1","devicehostname":"pc-1"}}
{"time":"Sat Nov 21 08:29:11 2026","login":"jane@example.com","host":"mega.nz","action":"Blocked","reqsize":100,"respsize":0,"cltip":"203.0.113.7"}
{"sourcetype":"zscalernss-fw","event":{"datetime":"Sat Nov 21 08:29:11 2026","user":"jane@example.com","cdport":443,"action":"Drop","inbytes":1,"outbytes":2}}
{"time":"2026-11-21 08:29:11","host":"web-1","message":"of something else"}`;
  assert.deepEqual(await readLog('ZSCALER', log), [
    {
      time,
      url: 'www.box.com:443',
      destination: '198.51.100.1',
      user: 'jane@example.com',
      source: '10.1.2.3',
      machine: 'pc-1',
      uploaded: 100,
      downloaded: 200,
      total: 300,
    },
    {
      time,
      url: 'mega.nz',
      user: 'jane@example.com',
      source: '203.0.113.7',
      uploaded: 100,
      downloaded: 0,
      isBlocked: true,
    },
    { skipped: 'other' },
    { skipped: 'malformed' },
  ]);
});
