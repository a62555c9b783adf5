// Cloud discovery: traffic logs come in (uploads), are read (parsing, parsers, formats), added up (traffic) by app (catalog, apps)
// and shown (streams, reports, block-scripts). Here are the kinds of logs, as clients name them when they upload one
// (cloud-apps reference 3.1). The numbers are the product's own ids of log types. A kind comes as files and as syslog, which
// has a header of its own in front of each line.

interface Kind {
  /** What people read: vendor and product. */
  readonly title: string;
  /** Id of the log type as a file; null when no id was ever published. */
  readonly id: number | null;
  /** The same as syslog. */
  readonly syslogId: number | null;
}

/** Number that the product gives to log types of which no other was published. */
const otherId = 1;

export const logKinds = {
  BARRACUDA: { title: 'Barracuda Web Filter', id: 101, syslogId: 166 },
  BARRACUDA_NEXT_GEN_FW: { title: 'Barracuda CloudGen Firewall', id: 191, syslogId: 192 },
  BARRACUDA_NEXT_GEN_FW_WEBLOG: { title: 'Barracuda CloudGen Firewall, web log', id: 193, syslogId: 194 },
  BLUECOAT: { title: 'Blue Coat ProxySG, access log (W3C)', id: 102, syslogId: 139 },
  CHECKPOINT: { title: 'Check Point', id: 103, syslogId: 140 },
  CHECKPOINT_CEF: { title: 'Check Point, CEF', id: 218, syslogId: 219 },
  CHECKPOINT_SMART_VIEW_TRACKER: { title: 'Check Point SmartView Tracker', id: 189, syslogId: 190 },
  CHECKPOINT_XML: { title: 'Check Point, XML', id: 187, syslogId: 188 },
  CISCO_ASA: { title: 'Cisco ASA Firewall', id: 104, syslogId: 141 },
  CISCO_ASA_FIREPOWER: { title: 'Cisco ASA with FirePOWER', id: 177, syslogId: 178 },
  CISCO_FIREPOWER_V6: { title: 'Cisco Firepower 6', id: 222, syslogId: 223 },
  CISCO_FWSM: { title: 'Cisco FWSM', id: 157, syslogId: 158 },
  CISCO_IRONPORT_PROXY: { title: 'Cisco IronPort WSA', id: 106, syslogId: 133 },
  CISCO_IRONPORT_WSA_II: { title: 'Cisco IronPort WSA II', id: 206, syslogId: 207 },
  CISCO_IRONPORT_WSA_III: { title: 'Cisco IronPort WSA III', id: 216, syslogId: 217 },
  CISCO_SCAN_SAFE: { title: 'Cisco Cloud Web Security (ScanSafe)', id: 124, syslogId: 142 },
  CLAVISTER: { title: 'Clavister NGFW', id: 164, syslogId: 165 },
  CONTENTKEEPER: { title: 'ContentKeeper', id: 214, syslogId: 215 },
  CORRATA: { title: 'Corrata', id: 220, syslogId: 221 },
  FORCEPOINT: { title: 'Forcepoint Web Security Cloud', id: 202, syslogId: 203 },
  FORCEPOINT_LEEF: { title: 'Forcepoint, LEEF', id: 210, syslogId: 211 },
  FORTIGATE: { title: 'Fortinet FortiGate', id: 108, syslogId: 136 },
  FORTIOS: { title: 'Fortinet FortiOS', id: 204, syslogId: 205 },
  GENERIC_CEF: { title: 'Any appliance, CEF', id: 179, syslogId: 180 },
  GENERIC_LEEF: { title: 'Any appliance, LEEF', id: 181, syslogId: 182 },
  GENERIC_W3C: { title: 'Any appliance, W3C', id: 183, syslogId: 184 },
  I_FILTER: { title: 'Digital Arts i-FILTER', id: 185, syslogId: 186 },
  IBOSS: { title: 'iboss Secure Cloud Gateway', id: 200, syslogId: 201 },
  JUNIPER_SRX: { title: 'Juniper SRX', id: 129, syslogId: 147 },
  JUNIPER_SRX_SD: { title: 'Juniper SRX, structured data', id: 172, syslogId: 173 },
  JUNIPER_SRX_WELF: { title: 'Juniper SRX, WELF', id: 174, syslogId: 175 },
  JUNIPER_SSG: { title: 'Juniper SSG', id: 168, syslogId: 169 },
  MACHINE_ZONE_MERAKI: { title: 'Cisco Meraki, URL log', id: 153, syslogId: 154 },
  MCAFEE_SWG: { title: 'McAfee Secure Web Gateway', id: 121, syslogId: 144 },
  MENLO_SECURITY_CEF: { title: 'Menlo Security, CEF', id: 224, syslogId: null },
  MICROSOFT_ISA_W3C: { title: 'Microsoft Forefront TMG and ISA, W3C', id: 159, syslogId: 161 },
  OPEN_SYSTEMS_SECURE_WEB_GATEWAY: { title: 'Open Systems Secure Web Gateway', id: null, syslogId: null },
  PALO_ALTO: { title: 'Palo Alto Networks', id: 112, syslogId: 126 },
  PALO_ALTO_LEEF: { title: 'Palo Alto Networks, LEEF', id: 208, syslogId: 209 },
  SONICWALL: { title: 'SonicWall', id: 113, syslogId: 160 },
  SOPHOS_CYBEROAM: { title: 'Sophos Cyberoam', id: 162, syslogId: 163 },
  SOPHOS_SG: { title: 'Sophos SG', id: 130, syslogId: 148 },
  SOPHOS_XG: { title: 'Sophos XG', id: 198, syslogId: 199 },
  SQUID: { title: 'Squid, common log format', id: 114, syslogId: 146 },
  SQUID_NATIVE: { title: 'Squid, native format', id: 155, syslogId: 156 },
  STORMSHIELD: { title: 'Stormshield', id: 212, syslogId: 213 },
  WANDERA: { title: 'Wandera', id: null, syslogId: null },
  WATCHGUARD_XTM: { title: 'WatchGuard XTM', id: 225, syslogId: 226 },
  WEBSENSE_SIEM_CEF: { title: 'Websense Web Security, SIEM (CEF)', id: 138, syslogId: 152 },
  WEBSENSE_V7_5: { title: 'Websense Web Security, investigative report (CSV)', id: 135, syslogId: 151 },
  ZSCALER: { title: 'Zscaler', id: 120, syslogId: 143 },
  ZSCALER_CEF: { title: 'Zscaler, CEF', id: 196, syslogId: 197 },
  ZSCALER_QRADAR: { title: 'Zscaler, QRadar LEEF', id: 170, syslogId: 171 },
  CUSTOM_PARSER: { title: 'Custom parser', id: 167, syslogId: null },
} as const satisfies Record<string, Kind>;

export type LogKind = keyof typeof logKinds;

/** A kind of log and how it comes, by the name that clients give. */
export interface LogSource {
  /** As listed: the kind, or the kind with `_SYSLOG`. */
  readonly name: string;
  readonly kind: LogKind;
  readonly isSyslog: boolean;
  /** The product's id of the log type. */
  readonly logType: number;
  readonly title: string;
}

const syslogSuffix = '_SYSLOG';

function sourcesOf(kind: LogKind): LogSource[] {
  const { title, id, syslogId }: Kind = logKinds[kind];
  const file: LogSource = { name: kind, kind, isSyslog: false, logType: id ?? otherId, title };
  if (kind === 'CUSTOM_PARSER') return [file];
  return [
    file,
    { ...file, name: kind + syslogSuffix, isSyslog: true, logType: syslogId ?? otherId, title: `${title} (syslog)` },
  ];
}

/** All sources. Every kind is taken as a file and as syslog, also where the list of some year names only one of both. */
export const logSources: readonly LogSource[] = (Object.keys(logKinds) as LogKind[]).flatMap(sourcesOf); // Its own keys.

const byName = new Map(logSources.map((source) => [source.name, source]));
const byLogType = new Map(logSources.filter(({ logType }) => logType !== otherId).map((s) => [s.logType, s]));

/** The source of this name, in any case. */
export function findSource(name: string): LogSource | undefined {
  return byName.get(name.trim().toUpperCase());
}

export function findSourceByLogType(logType: number): LogSource | undefined {
  return byLogType.get(logType);
}
