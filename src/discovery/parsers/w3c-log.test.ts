import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const time = '2026-11-21T08:00:00.000Z';

// Shape: W3C working draft WD-logfile-960323.
test('GENERIC_W3C: a log of the usual names is read, in whatever order and with whatever else', async () => {
  const log = `#Version: 1.0
#Fields: x-other localtime c-ip cs-username cs-uri r-ip cs-bytes sc-bytes s-action
7 [21/Nov/2026:09:00:00 +0100] 192.0.2.10 "Jane Doe" https://www.box.com/x 198.51.100.1 1 2 TCP_DENIED
#Fields: timestamp c-ip cs-host cs-uri-stem bytes action
1795248000 2001:db8::10 www.box.com /x 42 Blocked
1795248000 pc-7 - /x 42 allowed`;
  assert.deepEqual(await readLog('GENERIC_W3C', log), [
    { skipped: 'other' },
    {
      time,
      url: 'https://www.box.com/x',
      destination: '198.51.100.1',
      user: 'Jane Doe',
      source: '192.0.2.10',
      uploaded: 1,
      downloaded: 2,
      isBlocked: true,
    },
    { time, url: 'www.box.com', source: '2001:db8::10', total: 42, isBlocked: true },
    { time, machine: 'pc-7', total: 42 },
  ]);
});

test('GENERIC_W3C: lines before any header are malformed', async () => {
  assert.deepEqual(await readLog('GENERIC_W3C', '2026-11-21 08:00:00 192.0.2.10'), [{ skipped: 'malformed' }]);
});

// Shapes: Microsoft, "Web proxy log fields" and "Firewall log fields" of Forefront TMG 2010.
test('MICROSOFT_ISA_W3C: lines of the web proxy, between tabs', async () => {
  const log = `#Software: Microsoft Forefront TMG
#Fields: c-ip	cs-username	c-agent	sc-authenticated	date	time	s-svcname	s-computername	cs-referred	r-host	r-ip	r-port	time-taken	sc-bytes	cs-bytes	cs-protocol	cs-transport	s-operation	cs-uri	cs-mime-type	s-object-source	sc-status	rule	action
192.0.2.10	EXAMPLE\\jane	Mozilla/4.0 (a b)	Y	2026-11-21	08:00:00	w3proxy	TMG1	-	www.box.com	198.51.100.1	443	1	5120	640	SSL-tunnel	TCP	-	www.box.com:443	-	Inet	0	Web	Allowed
192.0.2.10	anonymous	Mozilla/4.0	N	2026-11-21	08:00:00	w3proxy	TMG1	-	mega.nz	-	443	1	512	64	http	TCP	GET	http://mega.nz/	-	-	12202	Deny	-
192.0.2.10	anonymous	Mozilla/4.0	N	2026-11-21	08:00:00	w3proxy	TMG1	-	mega.nz	-	443	1	512	64	http	TCP	GET	http://mega.nz/	-	-	12209	Web	Denied`;
  assert.deepEqual(await readLog('MICROSOFT_ISA_W3C', log), [
    { skipped: 'other' },
    {
      time,
      url: 'www.box.com',
      destination: '198.51.100.1',
      user: 'EXAMPLE\\jane',
      source: '192.0.2.10',
      uploaded: 640,
      downloaded: 5120,
    },
    { time, url: 'mega.nz', user: 'anonymous', source: '192.0.2.10', uploaded: 64, downloaded: 512, isBlocked: true },
    { skipped: 'other' },
  ]);
});

test('MICROSOFT_ISA_W3C: of a connection through the firewall only its end counts', async () => {
  const log = `#Fields: computer	date	time	IP-protocol	source	destination	original-client-IP	action	bytes-sent	bytes-received	username
TMG1	2026-11-21	08:00:00	TCP	192.0.2.10:50123	198.51.100.1:443	192.0.2.10	Establish	0	0	-
TMG1	2026-11-21	08:00:00	TCP	192.0.2.10:50123	198.51.100.1:443	192.0.2.10	Terminate	640	5120	EXAMPLE\\jane
TMG1	2026-11-21	08:00:00	TCP	[2001:db8::10]:50123	[2001:db8::1]:443	-	Denied	0	0	-`;
  assert.deepEqual(await readLog('MICROSOFT_ISA_W3C', log), [
    { skipped: 'other' },
    {
      time,
      destination: '198.51.100.1',
      user: 'EXAMPLE\\jane',
      source: '192.0.2.10',
      uploaded: 640,
      downloaded: 5120,
    },
    { time, destination: '2001:db8::1', source: '2001:db8::10', uploaded: 0, downloaded: 0, isBlocked: true },
  ]);
});

// Shape: Cisco ScanCenter Administrator Guide, "Log Extraction", attributes.
test('CISCO_SCAN_SAFE: the client behind the connector, the server and the rule that blocked', async () => {
  const log = `#Fields: datetime c-ip cs(X-Forwarded-For) cs-username cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs(User-Agent) cs(Content-Type) cs-bytes sc-bytes sc-status sc(Content-Type) s-ip x-ss-category x-ss-last-rule-name x-ss-last-rule-action x-ss-block-type x-ss-block-value x-ss-external-ip x-ss-referer-host
2026-11-21 08:00:00 GMT	203.0.113.9	192.0.2.10	EXAMPLE\\jane	GET	https	www.box.com	443	/	-	Mozilla/5.0 (a b)	-	640	5120	200	text/html	198.51.100.7	File Transfer	default	allow	-	-	203.0.113.9	-
2026-11-21 08:00:00 GMT	203.0.113.9	-	-	GET	https	mega.nz	443	/	-	-	-	64	512	403	text/html	-	File Transfer	no sharing	block	category	File Transfer	203.0.113.9	-`;
  assert.deepEqual(await readLog('CISCO_SCAN_SAFE', log), [
    {
      time,
      url: 'www.box.com',
      destination: '198.51.100.7',
      user: 'EXAMPLE\\jane',
      source: '192.0.2.10',
      uploaded: 640,
      downloaded: 5120,
    },
    { time, url: 'mega.nz', source: '203.0.113.9', uploaded: 64, downloaded: 512, isBlocked: true },
  ]);
});
