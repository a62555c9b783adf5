// Shapes: Fortinet, "FortiOS Log Message Reference" 5.0, 5.6, 6.0, 6.4 and 7.4 (Traffic, Web Filter), "FortiGate Log Message
// Reference" 4.0 MR3.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const one = async (line: string) => (await readLog('FORTIGATE', line))[0];

const v7 =
  'date=2026-11-21 time=09:00:00 devname="fw-1" devid="FGT1" eventtime=1795248000123456789 tz="+0100" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=192.168.1.10 srcname="PC-7" srcport=51000 srcintf="port2" srcintfrole="lan" dstip=203.0.113.5 dstport=443 dstintf="wan1" dstintfrole="wan" sessionid=4711 proto=6 action="close" policyid=1 user="JANE" service="HTTPS" trandisp="snat" transip=198.51.100.1 transport=51000 duration=60 sentbyte=1234 rcvdbyte=56789 sentpkt=9 rcvdpkt=11 appcat="unscanned"';

test('FortiOS 7: the end of a session with bytes as the client sent and received them', async () => {
  assert.deepEqual(await one(v7), {
    time: '2026-11-21T08:00:00.123Z',
    destination: '203.0.113.5',
    user: 'JANE',
    source: '192.168.1.10',
    machine: 'PC-7',
    uploaded: 1234,
    downloaded: 56789,
  });
});

test('the time is that of the zone, of seconds, or UTC', async () => {
  const time = async (line: string) => {
    const found = await one(line);
    return found && 'time' in found ? found.time : found;
  };
  assert.equal(await time(v7.replace(/eventtime=\d+ /, '')), '2026-11-21T08:00:00.000Z');
  assert.equal(await time(v7.replace(/eventtime=\d+/, 'eventtime=1795248000')), '2026-11-21T08:00:00.000Z');
  assert.equal(await time(v7.replace(/eventtime=\d+ tz="\+0100" /, '')), '2026-11-21T09:00:00.000Z');
});

test('web filter events tell the host, and whether it was blocked', async () => {
  const blocked =
    '<188>date=2026-11-21 time=08:00:00 logid="0316013056" type="utm" subtype="webfilter" eventtype="ftgd_blk" level="warning" vd="root" srcip=192.168.1.10 dstip=203.0.113.5 service="HTTPS" hostname="files.example.com" profile="default" action="blocked" url="https://files.example.com/up?a=\\"b\\"" sentbyte=588 rcvdbyte=0 direction="outgoing" user="EXAMPLE\\\\jane"';
  const expected = {
    time: '2026-11-21T08:00:00.000Z',
    url: 'files.example.com',
    destination: '203.0.113.5',
    user: 'EXAMPLE\\jane',
    source: '192.168.1.10',
    uploaded: 588,
    downloaded: 0,
  };
  assert.deepEqual(await one(blocked), { ...expected, isBlocked: true });
  assert.deepEqual(await one(blocked.replace('action="blocked"', 'action="passthrough"')), expected);
  // The URL alone, with its host.
  assert.deepEqual(await one(blocked.replace('hostname="files.example.com" ', '')), {
    ...expected,
    url: 'https://files.example.com/up?a="b"',
    isBlocked: true,
  });
});

test('FortiOS 5: without quotation marks, IPv6, denied, blocked by a security profile', async () => {
  const v5 =
    'date=2026-11-21 time=08:00:00 devname=FGT devid=FG1 logid=0000000013 type=traffic subtype=forward level=notice vd=root srcip=2001:db8::10 srcport=51000 srcintf="lan" dstip=2001:db8:1::5 dstport=443 dstintf="wan1" action=deny policyid=0 service="HTTPS" sentbyte=0 rcvdbyte=0';
  const denied = {
    time: '2026-11-21T08:00:00.000Z',
    destination: '2001:db8:1::5',
    source: '2001:db8::10',
    uploaded: 0,
    downloaded: 0,
    isBlocked: true,
  };
  assert.deepEqual(await one(v5), denied);
  assert.deepEqual(await one(v5.replace('action=deny', 'action=close utmaction=block')), denied);
  const { isBlocked: _, ...passed } = denied;
  assert.deepEqual(await one(v5.replace('action=deny', 'action=close utmaction=allow')), passed);
});

test('FortiOS 4: the older names, and commas between the pairs', async () => {
  const v4 =
    'date=2026-11-21 time=08:00:00 devname=FGT device_id=FG1 log_id=0021000002 type=traffic subtype=allowed pri=notice vd=root src=192.168.1.10 src_port=51000 src_int="internal" dst=203.0.113.5 dst_port=443 dst_int="wan1" SN=1 status=accept policyid=1 sent=12 rcvd=345 user="N/A" src_name=pc-7 dst_name=203.0.113.5';
  const expected = {
    time: '2026-11-21T08:00:00.000Z',
    destination: '203.0.113.5',
    user: 'N/A',
    source: '192.168.1.10',
    machine: 'pc-7',
    uploaded: 12,
    downloaded: 345,
  };
  assert.deepEqual(await one(v4), expected);
  assert.deepEqual(await one(`<190>${v4.replaceAll(' ', ',')}`), expected);
  assert.deepEqual(await one(v4.replace('status=accept', 'status=deny')), { ...expected, isBlocked: true });
});

test('what begins, goes on, comes in or is another log is left out', async () => {
  assert.deepEqual(await one(v7.replace('action="close"', 'action="start"')), { skipped: 'other' });
  assert.deepEqual(await one(v7.replace('logid="0000000013"', 'logid="0000000020"')), { skipped: 'other' });
  assert.deepEqual(await one(v7.replace('type="traffic" subtype="forward"', 'type="event" subtype="system"')), {
    skipped: 'other',
  });
  assert.deepEqual(
    await one(v7.replace('srcintfrole="lan"', 'srcintfrole="wan"').replace('dstintfrole="wan"', 'dstintfrole="dmz"')),
    { skipped: 'inbound' },
  );
  assert.deepEqual(await one('192.0.2.1 something else'), { skipped: 'malformed' });
});

test('a syslog header in front makes no difference, and gives the time where the line has none', async () => {
  for (const header of ['<189>', 'Nov 21 08:30:00 192.0.2.1 ', '<189>1 2026-11-21T08:30:00Z fw-1 - - - - ']) {
    assert.deepEqual(await one(header + v7), await one(v7), header);
  }
  const found = await one(`Nov 21 08:30:00 fw-1 ${v7.replace(/date=.* logid/, 'logid')}`);
  assert.ok(found && 'time' in found && found.time === '2026-11-21T08:30:00.000Z');
});
