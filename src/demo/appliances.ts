// Visits as the demo's appliances write them down.
import { accountId } from './sessions.ts';
import { serverNetwork, type Visit } from './traffic.ts';

const firewallName = 'fw-1';

/** The traffic log of a FortiGate, in UTC. */
export function fortiGateLog(visits: readonly Visit[]): string {
  return visits.map(fortiGateLine).join('');
}

function fortiGateLine(visit: Visit, index: number): string {
  const { at, userName, address, machine, host, uploadedBytes, downloadedBytes, isBlocked } = visit;
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  const who = userName === '' ? '' : ` user="${userName}"`;
  const from = machine === '' ? '' : ` srcname="${machine}"`;
  return (
    `date=${date} time=${time.slice(0, 8)} devname="${firewallName}" devid="FGT60F0000000001" ` +
    `eventtime=${at}000000 tz="+0000" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" ` +
    `srcip=${address}${from} srcport=${50_000 + (index % 10_000)} srcintf="internal" srcintfrole="lan" ` +
    `dstip=${serverOf(host)} dstport=443 dstintf="wan1" dstintfrole="wan" sessionid=${100_000 + index} proto=6 ` +
    `action="${isBlocked ? 'deny' : 'close'}" policyid=1 service="HTTPS"${who} duration=60 ` +
    `sentbyte=${uploadedBytes} rcvdbyte=${downloadedBytes} hostname="${host}"\n`
  );
}

/** The access log of Squid in its native format, which does not say how much was uploaded. */
export function squidLog(visits: readonly Visit[]): string {
  return visits.map(squidLine).join('');
}

function squidLine({ at, userName, address, host, downloadedBytes, isBlocked }: Visit): string {
  const result = isBlocked ? 'TCP_DENIED/403' : 'TCP_TUNNEL/200';
  const peer = isBlocked ? 'HIER_NONE/-' : `HIER_DIRECT/${serverOf(host)}`;
  const bytes = isBlocked ? 3900 : downloadedBytes;
  return `${(at / 1000).toFixed(3)} 412 ${address} ${result} ${bytes} CONNECT ${host}:443 ${userName || '-'} ${peer} -\n`;
}

/** An address for documentation, always the same for a host. */
function serverOf(host: string): string {
  return `${serverNetwork}.${128 + (Number.parseInt(accountId(host).slice(0, 4), 16) % 112)}`;
}
