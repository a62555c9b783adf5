// Lines in the shapes of Sophos, "Sophos Firewall syslog guide" (16 to 20), and Cyberoam, "Log and report guide" (10).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const head = 'device="SFW" date=2026-11-21 time=08:15:30 timezone="+0100" device_name="XG230" device_id=C1234567890';

test('the web filter of SFOS 16 and 17: quoted texts, no user, denied', async () => {
  const text = [
    `<30>${head} log_id=050901616001 log_type="Content Filtering" log_component="HTTP" log_subtype="Allowed" status="" priority=Information fw_rule_id=2 user_name="jane@example.com" user_gp="Open Group" iap=13 category="Information Technology" url="https://www.example.com/a b" contenttype="" src_ip=192.0.2.10 dst_ip=203.0.113.5 protocol="TCP" src_port=51000 dst_port=443 sent_bytes=980 recv_bytes=2950 domain=www.example.com exceptions=av,https activityname="" user_agent="Update (W=1; sent_bytes=7)"`,
    `${head} log_id=050902616002 log_type="Content Filtering" log_component="HTTP" log_subtype="Denied" status="" priority=Information user_name="" url="https://files.example.com/" src_ip=2001:db8::10 dst_ip=2001:db8::5 sent_bytes=0 recv_bytes=0 domain=files.example.com`,
  ].join('\n');
  assert.deepEqual(await readLog('SOPHOS_XG', text), [
    {
      time: '2026-11-21T07:15:30.000Z',
      url: 'www.example.com',
      destination: '203.0.113.5',
      user: 'jane@example.com',
      source: '192.0.2.10',
      uploaded: 980,
      downloaded: 2950,
    },
    {
      time: '2026-11-21T07:15:30.000Z',
      url: 'files.example.com',
      destination: '2001:db8::5',
      source: '2001:db8::10',
      uploaded: 0,
      downloaded: 0,
      isBlocked: true,
    },
  ]);
});

test('SFOS 18 to 20: timestamp with zone, other names of keys, numbers in quotes or not', async () => {
  const text = `<30>device_name="SFW" timestamp="2026-11-21T08:15:30+0545" device_model="XGS126" device_serial_id="X1" log_id="050901616001" log_type="Content Filtering" log_component="HTTP" log_subtype="Allowed" log_version=1 severity="Information" fw_rule_id="3" web_policy_id=14 http_category="Video hosting" url="https://video.example.com" user="jane" src_ip="192.0.2.12" dst_ip="203.0.113.119" protocol="TCP" src_port=48488 dst_port=443 bytes_sent=6703 bytes_received="79867" domain="video.example.com" http_status="0" src_zone_type="LAN" dst_zone_type="WAN"`;
  assert.deepEqual(await readLog('SOPHOS_XG', text), [
    {
      time: '2026-11-21T02:30:30.000Z',
      url: 'video.example.com',
      destination: '203.0.113.119',
      user: 'jane',
      source: '192.0.2.12',
      uploaded: 6703,
      downloaded: 79867,
    },
  ]);
});

test('of a connection its end counts, or that it was denied; what comes in from the WAN does not', async () => {
  const firewall = (rest: string) =>
    `date=2026-11-21 time=08:15:30 timezone="GMT" device_name="CR25ia" device_id=C1 log_id=010101600001 log_type="Firewall" log_component="Firewall Rule" ${rest}`;
  const lan =
    'src_ip=192.0.2.10 dst_ip=203.0.113.5 protocol="TCP" src_port=51000 dst_port=443 sent_pkts=18 recv_pkts=16 sent_bytes=2422 recv_bytes=9586 tran_src_ip=198.51.100.1 tran_src_port=0 srczonetype="LAN" dstzonetype="WAN" dir_disp=""';
  const text = [
    firewall(`log_subtype="Allowed" status="Allow" duration=0 user_name="" ${lan} connevent="Start"`),
    firewall(
      `log_subtype="Allowed" status="Allow" duration=136 user_name="EXAMPLE\\jane" application="Secure Socket Layer Protocol" ether_type=Unknown (0x0000) ${lan} connevent="Stop"`,
    ),
    firewall(`log_subtype="Denied" status="Deny" duration=0 user_name="" ${lan} connevent="Start"`),
    firewall(
      'log_subtype="Allowed" status="Allow" src_ip=203.0.113.7 dst_ip=198.51.100.1 srczonetype="WAN" dstzonetype="DMZ" sent_bytes=1 recv_bytes=2 connevent="Stop"',
    ),
    'date=2026-11-21 time=08:15:30 log_type="Event" log_component="IPSec" log_subtype="System"',
    'date=2026-11-21 time=08:15:30 nothing else',
  ].join('\n');
  const ended = {
    time: '2026-11-21T08:15:30.000Z',
    destination: '203.0.113.5',
    source: '192.0.2.10',
    uploaded: 2422,
    downloaded: 9586,
  };
  for (const kind of ['SOPHOS_CYBEROAM', 'SOPHOS_XG'] as const) {
    const [start, stop, denied, ...rest] = await readLog(kind, text);
    assert.deepEqual(start, { skipped: 'other' });
    assert.deepEqual(stop, { ...ended, user: 'EXAMPLE\\jane' });
    assert.deepEqual(denied, { ...ended, isBlocked: true });
    assert.deepEqual(rest, [{ skipped: 'inbound' }, { skipped: 'other' }, { skipped: 'malformed' }]);
  }
});

test('a log of SFOS is not taken for one of Cyberoam', async () => {
  const web =
    'log_type="Content Filtering" log_component="HTTP" log_subtype="Allowed" src_ip=192.0.2.10 domain=www.example.com';
  const text = [`${head} ${web}`, `device_name="SFW" timestamp="2026-11-21T08:15:30+0100" ${web}`].join('\n');
  assert.equal((await readLog('SOPHOS_XG', text)).filter((each) => 'skipped' in each).length, 0);
  for (const record of await readLog('SOPHOS_CYBEROAM', text)) assert.deepEqual(record, { skipped: 'malformed' });
});
