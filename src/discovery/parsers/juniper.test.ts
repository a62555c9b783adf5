// Shapes: Juniper, "Information Provided in Session Log Entries for SRX Series" (Junos 10.3 to 21), "System Log Explorer" (RT_FLOW, APPTRACK,
// RT_UTM), "Understanding WELF Logging for UTM Features"; "ScreenOS Message Log Reference Guide" for SSG.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const one = async (line: string) => (await readLog('JUNIPER_SRX', line))[0];
const expected = {
  time: '2026-11-21T08:00:00.000Z',
  destination: '203.0.113.5',
  source: '192.168.1.10',
  uploaded: 2412,
  downloaded: 3021,
};

test('closed sessions as text, of every version: what stands between differs', async () => {
  const lines = [
    '<14>Nov 21 08:00:00 srx1 RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: 192.168.1.10/51000->203.0.113.5/443 junos-https 198.51.100.1/1024->203.0.113.5/443 nat1 None 6 web trust untrust 4711 11(2412) 10(3021) 12',
    'Nov 21 08:00:00 srx1 RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: 192.168.1.10/51000->203.0.113.5/443 0x0 junos-https 198.51.100.1/1024->203.0.113.5/443 0x0 source rule nat1 N/A N/A 6 web trust untrust 4711 11(2412) 10(3021) 12 UNKNOWN UNKNOWN N/A(N/A) ge-0/0/1.0 UNKNOWN',
    '2026-11-21T08:00:00.000Z srx1 RT_FLOW: RT_FLOW_SESSION_CLOSE_LS: Lsys1: session closed idle Timeout: 192.168.1.10/51000->203.0.113.5/443 0x0 junos-https 198.51.100.1/1024->203.0.113.5/443 0x0 N/A N/A 6 web trust untrust 4711 11(2412) 10(3021) 12 SSL INCONCLUSIVE N/A(N/A) ge-0/0/1.0 No',
    'Nov 21 08:00:00 srx1 APPTRACK_SESSION_CLOSE: AppTrack session closed TCP RST: 192.168.1.10/51000->203.0.113.5/443 junos-https SSL UNKNOWN 198.51.100.1/1024->203.0.113.5/443 N/A N/A 6 web trust untrust 28 11(2412) 10(3021) 1 N/A N/A No',
  ];
  for (const line of lines) {
    const found = await one(line);
    assert.ok(found && 'time' in found, line);
    const { user: _, ...rest } = found;
    assert.deepEqual(rest, expected, line);
  }
});

test('users and IPv6 addresses are read from text', async () => {
  assert.deepEqual(
    await one(
      'Nov 21 08:00:00 srx1 RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: 2001:db8::10/51000->2001:db8:1::5/443 0x0 junos-https 2001:db8::10/51000->2001:db8:1::5/443 0x0 N/A N/A N/A N/A 6 web trust untrust 4711 11(2412) 10(3021) 12 UNKNOWN UNKNOWN jane(staff) ge-0/0/1.0 UNKNOWN',
    ),
    { ...expected, destination: '2001:db8:1::5', user: 'jane', source: '2001:db8::10' },
  );
});

test('denied sessions are blocked, those that begin or go on are left out, those from outside inbound', async () => {
  const denied =
    'Nov 21 08:00:00 srx1 RT_FLOW: RT_FLOW_SESSION_DENY: session denied 192.168.1.10/51000->203.0.113.5/443 0x0 junos-https 6(0) no-web trust untrust HTTP FACEBOOK jane(staff) ge-0/0/1.0 No';
  const { uploaded: _u, downloaded: _d, ...rest } = expected;
  assert.deepEqual(await one(denied), { ...rest, user: 'jane', isBlocked: true });
  assert.deepEqual(await one(denied.replace('trust untrust', 'untrust trust')), { skipped: 'inbound' });
  for (const line of [
    'Nov 21 08:00:00 srx1 RT_FLOW: RT_FLOW_SESSION_CREATE: session created 192.168.1.10/51000->203.0.113.5/443 junos-https',
    'Nov 21 08:00:00 srx1 APPTRACK_SESSION_VOL_UPDATE: AppTrack volume update: 192.168.1.10/51000->203.0.113.5/443 junos-https',
    'Nov 21 08:00:00 srx1 RT_IDS: RT_SCREEN_TCP: TCP port scan!',
  ]) {
    assert.deepEqual(await one(line), { skipped: 'other' }, line);
  }
  assert.deepEqual(await one('Nov 21 08:00:00 srx1 sshd: hello'), { skipped: 'malformed' });
});

test('structured data, behind RFC 5424, behind RFC 3164 and alone', async () => {
  const element =
    'RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.129 reason="TCP FIN" source-address="192.168.1.10" source-port="51000" destination-address="203.0.113.5" destination-port="443" connection-tag="0" service-name="junos-https" nat-source-address="198.51.100.1" nat-source-port="1024" policy-name="web" source-zone-name="trust" destination-zone-name="untrust" session-id-32="4711" packets-from-client="11" bytes-from-client="2412" packets-from-server="10" bytes-from-server="3021" elapsed-time="12" application="UNKNOWN" username="jane" roles="N/A" encrypted="UNKNOWN"]';
  const structured = { ...expected, user: 'jane' };
  for (const line of [
    `<14>1 2026-11-21T09:00:00.000+01:00 srx1 RT_FLOW - ${element}`,
    `<14>1 2026-11-21T08:00:00Z srx1 RT_FLOW - ${element} session closed TCP FIN: 192.168.1.10/51000->203.0.113.5/443`,
    `Nov 21 08:00:00 srx1 RT_FLOW: ${element}`,
  ]) {
    assert.deepEqual((await readLog('JUNIPER_SRX_SD', line))[0], structured, line);
  }
  const line = `<14>1 2026-11-21T08:00:00Z srx1 RT_FLOW - ${element}`;
  const { uploaded: _u, downloaded: _d, ...rest } = structured;
  const denied = line.replace('SESSION_CLOSE', 'SESSION_DENY').replaceAll(/ bytes-from-\w+="\d+"/g, '');
  assert.deepEqual((await readLog('JUNIPER_SRX_SD', denied))[0], { ...rest, isBlocked: true });
  assert.deepEqual((await readLog('JUNIPER_SRX_SD', line.replace('SESSION_CLOSE', 'SESSION_CREATE')))[0], {
    skipped: 'other',
  });
  const inbound = line
    .replace('source-zone-name="trust"', 'source-zone-name="untrust"')
    .replace('destination-zone-name="untrust"', 'destination-zone-name="dmz"');
  assert.deepEqual((await readLog('JUNIPER_SRX_SD', inbound))[0], { skipped: 'inbound' });
});

test('the web filter tells hosts, as structured data and as text', async () => {
  const web = {
    time: '2026-11-21T08:00:00.000Z',
    url: 'files.example.com',
    destination: '203.0.113.5',
    user: 'jane',
    source: '192.168.1.10',
  };
  const sd =
    '<12>1 2026-11-21T08:00:00Z srx1 RT_UTM - WEBFILTER_URL_BLOCKED [junos@2636.1.1.1.2.129 source-address="192.168.1.10" source-port="51000" destination-address="203.0.113.5" destination-port="443" category="Enhanced_Personal_Storage" reason="by predefined category" profile="web" url="files.example.com" obj="/" username="jane" roles="staff"]';
  assert.deepEqual(await one(sd), { ...web, isBlocked: true });
  assert.deepEqual(await one(sd.replace('BLOCKED', 'PERMITTED')), web);
  const text =
    'Nov 21 08:00:00 srx1 RT_UTM: WEBFILTER_URL_BLOCKED: WebFilter: ACTION="URL Blocked" 192.168.1.10(51000)->203.0.113.5(443) CATEGORY="Enhanced_Personal_Storage" REASON="by predefined category" PROFILE="web" URL=files.example.com OBJ=/ USERNAME=jane ROLES=staff';
  assert.deepEqual(await one(text), { ...web, isBlocked: true });
  assert.deepEqual(await one(text.replace('URL Blocked', 'URL Permitted')), web);
});

test('WELF', async () => {
  const welf = async (line: string) => (await readLog('JUNIPER_SRX_WELF', line))[0];
  const line =
    'id=firewall time="2026-11-21 8:00:00" fw=192.0.2.254 pri=6 rule=3 proto=http src=192.168.1.10 dst=203.0.113.5 rg=files.example.com/index.html op=GET result=200 sent=2412 rcvd=3021 user=jane';
  const found = { ...expected, url: 'files.example.com/index.html', user: 'jane' };
  assert.deepEqual(await welf(line), found);
  assert.deepEqual(await welf(`<14>Nov 21 08:00:01 srx1 ${line}`), found);
  assert.deepEqual(await welf(line.replace('rg=files.example.com', 'dstname=files.example.com arg=')), {
    ...found,
    url: 'files.example.com',
  });
  assert.deepEqual(await welf(line.replace('op=GET', 'action=deny')), { ...found, isBlocked: true });
  assert.deepEqual(await welf('id=firewall time="2026-11-21 8:00:00" fw=192.0.2.254 pri=6 src=192.168.1.10 msg="x"'), {
    skipped: 'other',
  });
});

test('SSG: the traffic log of ScreenOS', async () => {
  const ssg = async (line: string) => (await readLog('JUNIPER_SSG', line))[0];
  const line =
    '<134>Nov 21 08:00:12 ssg5 ssg5: NetScreen device_id=ssg5  [Root]system-notification-00257(traffic): start_time="2026-11-21 08:00:00" duration=12 policy_id=1 service=https proto=6 src zone=Trust dst zone=Untrust action=Permit sent=2412 rcvd=3021 src=192.168.1.10 dst=203.0.113.5 src_port=51000 dst_port=443 src-xlated ip=198.51.100.1 port=1024 dst-xlated ip=203.0.113.5 port=443 session_id=4711 reason=Close - TCP FIN';
  assert.deepEqual(await ssg(line), expected);
  assert.deepEqual(await ssg(line.replace('action=Permit', 'action=Deny')), { ...expected, isBlocked: true });
  assert.deepEqual(await ssg(line.replace('src zone=Trust dst zone=Untrust', 'src zone=Untrust dst zone=DMZ')), {
    skipped: 'inbound',
  });
  assert.deepEqual(await ssg(line.replace('Close - TCP FIN', 'Creation')), { skipped: 'other' });
  assert.deepEqual(
    await ssg('<134>Nov 21 08:00:12 ssg5 ssg5: NetScreen device_id=ssg5  [Root]system-notification-00002: Admin'),
    { skipped: 'other' },
  );
  assert.deepEqual(await ssg('hello'), { skipped: 'malformed' });
});

test('SSG: a record without zones has none, whatever else it says and whatever zones came before', async () => {
  const from = (zones: string) =>
    `outside: NetScreen device_id=ssg5 start_time="2026-11-21 08:00:00" ${zones} action=Permit sent=2412 rcvd=3021 src=192.168.1.10 dst=203.0.113.5 reason=Close`;
  const found = await readLog('JUNIPER_SSG', `${from('src zone=Untrust dst zone=DMZ')}\n${from('proto=6')}`);
  assert.deepEqual(found, [{ skipped: 'inbound' }, expected]);
});
