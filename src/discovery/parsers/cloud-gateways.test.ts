import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';
import { parserOf, unpublished } from '../parsers.ts';

// Shapes: Datadog's integration page of iboss (web logs as JSON) and Exabeam's of iboss Secure Web Gateway (pairs).
test('IBOSS: web logs as JSON and as pairs; findings that repeat a request do not count', async () => {
  const log = `{"exception":"-","logType":"WEB_LOG","logTime":"2026-11-21","time":"06:14:53","action":"Soft-blocked","host":"www.box.com","url":"https:\\/\\/www.box.com\\/x","ipAddress":"198.51.100.2","privateIp":"10.0.0.1","sourceIpAddress":"203.0.113.9","username":"jane","computerName":"PC7","upstreamByteUsage":"1250","downstreamByteUsage":"1653","totalByteCount":"2903"}
May 6 06:14:53 gw.example.com {"logType":"WEB_LOG","logTime":"2026-11-21","time":"06:14:53","action":"Allowed","host":"-","url":"https:\\/\\/www.box.com\\/x","ipAddress":"-","privateIp":"-","sourceIpAddress":"203.0.113.9","username":"-"}
{"logType":"DLP","logTime":"2026-11-21","time":"06:14:53","action":"Blocked","host":"www.box.com"}
"11/21/26 06:14:53 AM,URL_LOG_ENTRY,URL_LOG_ID=4,IBOSS=gw.example.com,URL=http://www.box.com/a,CATEGORIES_NAMES=File,ACTION=Blocked,SRC_IPADDR=192.0.2.1,COMP_NAME=PC7,USER=jane,REQUEST_METHOD=GET,BYTES=1234"
nothing`;
  const time = '2026-11-21T06:14:53.000Z';
  assert.deepEqual(await readLog('IBOSS', log), [
    {
      time,
      url: 'www.box.com',
      destination: '198.51.100.2',
      user: 'jane',
      source: '10.0.0.1',
      machine: 'PC7',
      uploaded: 1250,
      downloaded: 1653,
      total: 2903,
      isBlocked: true,
    },
    { time, url: 'https://www.box.com/x', source: '203.0.113.9' },
    { skipped: 'other' },
    {
      time,
      url: 'http://www.box.com/a',
      user: 'jane',
      source: '192.0.2.1',
      machine: 'PC7',
      total: 1234,
      isBlocked: true,
    },
    { skipped: 'malformed' },
  ]);
});

// Shape: CEF dictionary ("Implementing ArcSight CEF"), the vendor named as in Menlo's log export.
test('MENLO_SECURITY_CEF: keys of the CEF dictionary', async () => {
  const log = `CEF:0|Menlo Security|MSIP|2.0|web|page|5|rt=1795251600000 act=isolate request=https://www.box.com/a?b\\=c dst=198.51.100.2 src=192.0.2.10 suser=jane@example.com in=64 out=512
CEF:0|Menlo Security|MSIP|2.0|web|page|5|start=Nov 21 2026 09:00:00 act=block dhost=mega.nz src=2001:db8::10
CEF:0|Other|MSIP|2.0|web|page|5|act=block dhost=mega.nz`;
  const time = '2026-11-21T09:00:00.000Z';
  assert.deepEqual(await readLog('MENLO_SECURITY_CEF', log), [
    {
      time,
      url: 'https://www.box.com/a?b=c',
      destination: '198.51.100.2',
      user: 'jane@example.com',
      source: '192.0.2.10',
      uploaded: 64,
      downloaded: 512,
    },
    { time, url: 'mega.nz', source: '2001:db8::10', isBlocked: true },
    { skipped: 'malformed' },
  ]);
});

test('a kind whose format is published nowhere has no parser, and a sentence that says so', async () => {
  assert.equal(await parserOf('OPEN_SYSTEMS_SECURE_WEB_GATEWAY'), undefined);
  assert.match(unpublished.OPEN_SYSTEMS_SECURE_WEB_GATEWAY ?? '', /Open Systems publishes no description/u);
});
