// Shapes: Check Point R77 to R81 CLI reference (`fw log`, `fwm logexport`), sk122323 "Log Exporter" (syslog, generic, CEF), sk144192 "Log Fields
// Description", "SmartView Tracker Administration Guide".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLog } from '../../../test/support/discovery.ts';

const one = async (line: string) => (await readLog('CHECKPOINT', line))[0];
const time = '2026-11-21T08:00:00.000Z';
const flow = { time, destination: '203.0.113.5', source: '192.168.1.10' };

test('fwm logexport: columns by their header, blocked, from outside, and messages of the product', async () => {
  const text = [
    'num;date;time;orig;type;action;alert;i/f_name;i/f_dir;product;inzone;outzone;rule;src;dst;proto;service;s_port;user;bytes',
    '0;21Nov2026; 7:59:59;192.0.2.254;control;ctl; ;daemon;inbound;VPN-1 & FireWall-1;;;;;;;;;;',
    '1;21Nov2026; 8:00:00;192.0.2.254;log;accept;;eth1;outbound;VPN-1 & FireWall-1;Internal;External;5;192.168.1.10;203.0.113.5;tcp;443;51000;Jane Doe (jane);1234',
    '2;21Nov2026;08:00:00;192.0.2.254;log;drop;;eth1;inbound;VPN-1 & FireWall-1;Internal;External;6;192.168.1.10;203.0.113.5;tcp;443;51000;;',
    '3;21Nov2026;08:00:00;192.0.2.254;log;accept;;eth0;inbound;VPN-1 & FireWall-1;External;Internal;7;198.51.100.7;192.0.2.10;tcp;443;40000;;',
  ].join('\n');
  assert.deepEqual(await readLog('CHECKPOINT', text), [
    { skipped: 'other' },
    { ...flow, user: 'jane', total: 1234 },
    { ...flow, isBlocked: true },
    { skipped: 'inbound' },
  ]);
});

test('fw log', async () => {
  const line =
    '21Nov2026  8:00:00 accept 192.0.2.254 >eth1 rule: 5; rule_uid: {00000000-0000-0000-0000-000000000001}; service_id: https; src: 192.168.1.10; dst: 203.0.113.5; proto: tcp; product: VPN-1 & FireWall-1; service: 443; s_port: 51000;';
  assert.deepEqual(await one(line), flow);
  assert.deepEqual(await one(line.replace('accept', 'drop  ')), { ...flow, isBlocked: true });
  assert.deepEqual(await one(`Nov 21 08:00:03 192.0.2.254 Checkpoint: ${line}`), flow);
  assert.deepEqual(await one(line.replace(' >eth1', '').replace('rule: 5', 'user: Jane Doe (jane)')), {
    ...flow,
    user: 'jane',
  });
  assert.deepEqual(
    await one('21Nov2026  8:00:00 ctl 192.0.2.254 >daemon sys_msgs: started; product: VPN-1 & FireWall-1;'),
    {
      skipped: 'other',
    },
  );
});

const exported =
  '[action:"Accept"; flags:"411908"; ifdir:"outbound"; ifname:"eth1"; logid:"0"; loguid:"{0x0,0x0,0x0,0x0}"; origin:"192.0.2.254"; time:"1795248000"; version:"5"; __policy_id_tag:"product=VPN-1 & FireWall-1[db_tag={0};mgmt=m;date=1;policy_name=Standard\\]"; dst:"203.0.113.5"; product:"VPN-1 & FireWall-1"; proto:"6"; service:"443"; src:"192.168.1.10"; src_user_name:"Jane Doe (jane)"; src_machine_name:"pc-7@example.com"; sent_bytes:"1000"; received_bytes:"8000"; bytes:"9000"; conn_direction:"Outgoing"; resource:"https://files.example.com/?a;b"; ]';
const full = {
  time,
  url: 'https://files.example.com/?a;b',
  destination: '203.0.113.5',
  user: 'jane',
  source: '192.168.1.10',
  machine: 'pc-7@example.com',
  uploaded: 1000,
  downloaded: 8000,
  total: 9000,
};

test('Log Exporter, syslog, behind every header that it writes', async () => {
  for (const header of [
    '<134>1 2026-11-21T08:00:05Z gw1 CheckPoint 13752 - ',
    '<134>1 2026-11-21 08:00:05 gw1 CheckPoint 13752 - ',
    'Nov 21 08:00:06 192.0.2.254 1 2026-11-21T08:00:05Z gw1 CheckPoint 13752 - ',
    '',
  ]) {
    assert.deepEqual(await one(header + exported), full, header);
  }
  assert.deepEqual(await one(exported.replace('Outgoing', 'Incoming')), { skipped: 'inbound' });
  for (const action of ['Drop', 'Reject', 'Block', 'Prevent', 'Redirect']) {
    assert.deepEqual(await one(exported.replace('Accept', action)), { ...full, isBlocked: true });
  }
  for (const action of ['Detect', 'Bypass', 'HTTPS Inspect', 'Encrypt', 'Allow']) {
    assert.deepEqual(await one(exported.replace('Accept', action)), full);
  }
});

test('Log Exporter, generic, and key="value" of relays', async () => {
  const generic =
    'time=1795248000|hostname=gw1|product=Firewall|layer_name=Network|action=Accept|ifdir=inbound|origin=192.0.2.254|originsicname=cn\\=gw1,o\\=m|dst=203.0.113.5|inzone=Internal|outzone=External|proto=6|service=443|src=192.168.1.10|';
  assert.deepEqual(await one(generic), flow);
  assert.deepEqual(await one(`<134>Nov 21 08:00:05 gw1 ${generic}`), flow);
  assert.deepEqual(await one(generic.replace('inzone=Internal|outzone=External', 'inzone=External|outzone=Local')), {
    skipped: 'inbound',
  });
  const quoted =
    'time="1795248000" action="drop" orig="192.0.2.254" i/f_dir="inbound" product="URL Filtering" src="192.168.1.10" dst="203.0.113.5" proto="tcp" user="" resource="http://files.example.com/"';
  assert.deepEqual(await one(quoted), { ...flow, url: 'http://files.example.com/', isBlocked: true });
  const element =
    '<134>1 2026-11-21T08:00:00Z gw1 - Log [Fields@1.3.6.1.4.1.2620 Action="accept" inzone="Internal" outzone="External" src="192.168.1.10" dst="203.0.113.5" user=""]';
  assert.deepEqual(await one(element.replace(' - Log', ' - - Log')), flow);
});

test('Log Exporter, JSON', async () => {
  const line =
    '{"action":"Accept","time":"1795248000","src":"192.168.1.10","dst":"203.0.113.5","product":"VPN-1 & FireWall-1","user":"Jane \\"J\\" Doe (jane)","bytes":"1234"}';
  assert.deepEqual(await one(line), { ...flow, user: 'jane', total: 1234 });
  assert.deepEqual(await one(`<134>1 2026-11-21T08:00:05Z gw1 CheckPoint 1 - - ${line}`), {
    ...flow,
    user: 'jane',
    total: 1234,
  });
});

test('other lines are malformed', async () => {
  for (const line of ['hello', '1;2;3', '[x]', 'GET / HTTP/1.1']) {
    assert.deepEqual(await one(line), { skipped: 'malformed' }, line);
  }
});

test('CEF of Log Exporter', async () => {
  const line =
    'CEF:0|Check Point|VPN-1 & FireWall-1|Check Point|Log|https|Unknown|act=Accept deviceDirection=0 rt=1795248000000 spt=51000 dpt=443 cs2Label=Rule Name cs2=Web out layer_name=Network src=192.168.1.10 dst=203.0.113.5 suser=Jane Doe (jane) shost=pc-7@example.com request=https://files.example.com/?a;b in=8000 out=1000 conn_direction=Outgoing product=VPN-1 & FireWall-1';
  const { total: _, ...rest } = full;
  const read = async (text: string) => (await readLog('CHECKPOINT_CEF', text))[0];
  assert.deepEqual(await read(line), rest);
  assert.deepEqual(await read(`<134>Nov 21 08:00:09 gw1 ${line}`), rest);
  assert.deepEqual(await read(line.replace('act=Accept', 'act=Drop')), { ...rest, isBlocked: true });
  assert.deepEqual(await read(line.replace('Outgoing', 'Incoming')), { skipped: 'inbound' });
  const zones = line.replace('conn_direction=Outgoing', 'inzone=External outzone=Internal');
  assert.deepEqual(await read(zones), { skipped: 'inbound' });
  assert.deepEqual(await read('CEF:0|Check Point|SmartConsole|1|Log|x|Unknown|act=Accept rt=1795248000000'), {
    skipped: 'other',
  });
});

test('SmartView Tracker: quoted or not, whatever is between the columns', async () => {
  const read = async (text: string) => await readLog('CHECKPOINT_SMART_VIEW_TRACKER', text);
  const header = [
    'Number',
    'Date',
    'Time',
    'Interface',
    'Origin',
    'Type',
    'Action',
    'Service',
    'Source Port',
    'Source',
    'Destination',
    'Protocol',
    'Rule',
    'User',
    'Information',
  ];
  const row = [
    '1',
    '21Nov2026',
    '8:00:00',
    'eth1',
    'gw1',
    'Log',
    'Accept',
    'https',
    '51000',
    '192.168.1.10',
    '203.0.113.5',
    'tcp',
    '5',
    'Jane Doe (jane)',
    'inzone: Internal; outzone: External',
  ];
  for (const mark of [',', ';', '\t', ' ']) {
    const lines = [
      header,
      row,
      row.with(6, 'Drop'),
      row.with(9, 'pc-7').with(10, 'files.example.com'),
      row.with(10, ''),
    ];
    const text = lines.map((line) => line.map((value) => `"${value}"`).join(mark)).join('\n');
    const found = { ...flow, user: 'jane' };
    assert.deepEqual(
      await read(text),
      [
        found,
        { ...found, isBlocked: true },
        { time, url: 'files.example.com', user: 'jane', machine: 'pc-7' },
        { skipped: 'other' },
      ],
      mark,
    );
  }
  // The information of a record may have line breaks.
  const broken = `${header.join(',')}\n${row.with(14, '"one\ntwo, 3"').join(',')}\n${row.join(',')}`;
  assert.deepEqual(await read(broken), [
    { ...flow, user: 'jane' },
    { ...flow, user: 'jane' },
  ]);
  assert.deepEqual(
    await read('Date;Time;Action;Source;Destination\n21Nov2026;8:00:00;Accept;192.168.1.10;203.0.113.5'),
    [flow],
  );
});

test('messages of the product without action, and the zone as some gateways write it', async () => {
  const log = `<134>1 2026-11-21T08:00:00Z gw-1 CheckPoint 1930 - [flags:"133440"; ifdir:"inbound"; loguid:"{0x1,0x0,0x2,0x3}"; origin:"192.168.1.1"; version:"5"; product:"System Monitor"; sys_message::"installed Standard"]
<85>1 2026-11-21T03:00:00--5:00 192.168.1.1 CP-GW - Log [Fields@1.3.6.1.4.1.2620 Action="accept" inzone="Internal" outzone="External" src="192.168.1.10" dst="203.0.113.5" ProductName="VPN-1 & FireWall-1"]`;
  assert.deepEqual(await readLog('CHECKPOINT', log), [
    { skipped: 'other' },
    { time: '2026-11-21T08:00:00.000Z', destination: '203.0.113.5', source: '192.168.1.10' },
  ]);
});
