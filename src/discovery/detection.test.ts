// A log that was uploaded as another kind is recognised as what it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectSource } from './parsing/detecting.ts';
import type { LogKind } from './sources.ts';

const receivedAt = Date.parse('2026-11-21T09:00:00Z');

const lines: Partial<Record<LogKind, string>> = {
  SOPHOS_SG:
    '2026:11:21-08:15:30 utm httpproxy[1]: id="0001" severity="info" sys="SecureWeb" sub="http" action="pass" srcip="192.0.2.10" dstip="203.0.113.5" user="jane" statuscode="200" size="1" url="https://www.box.com/"',
  SOPHOS_XG:
    'device="SFW" date=2026-11-21 time=08:15:30 timezone="+0100" log_type="Content Filtering" log_component="HTTP" log_subtype="Allowed" src_ip=192.0.2.10 dst_ip=203.0.113.5 sent_bytes=1 recv_bytes=2 domain=www.box.com',
  SOPHOS_CYBEROAM:
    'date=2026-11-21 time=08:15:30 timezone="IST" device_name="CR25ia" device_id=C1 log_type="Content Filtering" log_component="HTTP" log_subtype="Allowed" src_ip=192.0.2.10 dst_ip=203.0.113.5 sent_bytes=1 recv_bytes=2 domain=www.box.com',
  SONICWALL:
    'id=firewall sn=0017C5000000 time="2026-11-21 08:15:30 UTC" fw=198.51.100.2 pri=6 c=1024 m=97 src=192.0.2.10:52006:X0 dst=203.0.113.83:443:X1 sent=1 rcvd=2 dstname=www.box.com arg=/',
  WATCHGUARD_XTM:
    'Nov 21 08:15:30 Firebox http-proxy[1]: msg_id="1AFF-0024" Allow 1-Trusted 0-External tcp 192.0.2.10 203.0.113.5 1 80 dstname="www.box.com" sent_bytes="1" rcvd_bytes="2"',
  BARRACUDA:
    'Nov 21 08:15:30 Barracuda http_scan[7]: 1795248930 1 192.0.2.8 203.0.113.43 text/html 192.0.2.8 http://www.box.com/ 813 BYF ALLOWED CLEAN 2 0 0 0 0 (-) 0 - 0 - 0 www.box.com - [jane] -',
  BARRACUDA_NEXT_GEN_FW:
    '2026 11 21 09:15:30 Info +01:00 Remove: type=FWD|proto=TCP|srcIP=192.0.2.7|dstIP=203.0.113.119|receivedBytes=1|sentBytes=2|user=jane|target=www.box.com',
  CLAVISTER:
    '[2026-11-21 08:15:30] EFW: CONN: prio=1 id=00600005 rev=1 event=conn_close_natsat conn=close connsrcip=192.0.2.10 conndestip=203.0.113.5 origsent=1 termsent=2',
  I_FILTER:
    'Nov 21 17:15:31 4872 1000/01/ - 203.0.113.5:443 192.0.2.1 192.0.2.10 pc user [21/Nov/2026:17:15:30 +0900] 200 250 1207 pass 63 87 "GET https://www.box.com/ HTTP/1.1" - Chrome',
  STORMSHIELD:
    'id=firewall time="2026-11-21 09:15:30" fw="SN310A" tz=+0100 startime="2026-11-21 09:15:29" src=192.0.2.10 dst=203.0.113.5 dstname=www.box.com sent=1 rcvd=2 action=pass logtype="connection"',
  GENERIC_CEF:
    'CEF:0|Example|Gateway|1.0|1|Web request|3|rt=1795248930000 src=192.0.2.10 dst=203.0.113.5 in=1 out=2 request=https://www.box.com/ act=allowed',
  GENERIC_LEEF:
    'LEEF:1.0|Example|Gateway|1.0|allowed|devTime=Nov 21 2026 08:15:30\tsrc=192.0.2.10\tdst=203.0.113.5\turl=https://www.box.com/\tsrcBytes=1',
};

for (const [kind, line] of Object.entries(lines)) {
  test(`a log of ${kind} is recognised`, async () => {
    const found = await detectSource(Buffer.from(`${line}\n`.repeat(20)), receivedAt);
    assert.equal(found?.kind, kind);
  });
}
