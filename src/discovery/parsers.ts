// Which parser reads which kind of log. Each is loaded in the thread that parses, when a log of its kind comes first.
import type { LogParser } from './formats/reader.ts';
import type { LogKind } from './sources.ts';

/** Kinds that are refused by name: their format is published nowhere. The text says so, and what to do instead. */
export const unpublished: Partial<Record<LogKind, string>> = {
  OPEN_SYSTEMS_SECURE_WEB_GATEWAY:
    'Open Systems publishes no description of this log. Have it sent as W3C or CEF and upload it as GENERIC_W3C or GENERIC_CEF, or describe its columns with a custom parser.',
  CONTENTKEEPER:
    'ContentKeeper publishes no description of its log. Describe its columns with a custom parser, or have it sent as CEF or LEEF and upload it as GENERIC_CEF or GENERIC_LEEF.',
  CORRATA:
    'Corrata publishes no description of its log. Describe its columns with a custom parser, or have it sent as CEF or LEEF and upload it as GENERIC_CEF or GENERIC_LEEF.',
  WANDERA:
    'Wandera publishes no description of its log. Describe its columns with a custom parser, or have it sent as CEF or LEEF and upload it as GENERIC_CEF or GENERIC_LEEF.',
  CHECKPOINT_XML:
    'Check Point publishes no description of this XML. Export with `fwm logexport` or Log Exporter and upload it as CHECKPOINT or CHECKPOINT_CEF.',
};

/** Parsers of single kinds; syslog headers are taken away before (formats/syslog.ts). */
const parsers: Partial<Record<LogKind, () => Promise<LogParser>>> = {
  // Proxies and gateways.
  SQUID: async () => (await import('./parsers/squid.ts')).squidCommon,
  SQUID_NATIVE: async () => (await import('./parsers/squid.ts')).squidNative,
  BLUECOAT: async () => (await import('./parsers/blue-coat.ts')).blueCoat,
  GENERIC_W3C: async () => (await import('./parsers/w3c-log.ts')).genericW3c,
  MICROSOFT_ISA_W3C: async () => (await import('./parsers/microsoft-isa.ts')).microsoftIsa,
  CISCO_IRONPORT_PROXY: async () => (await import('./parsers/cisco-wsa.ts')).ciscoWsa,
  CISCO_IRONPORT_WSA_II: async () => (await import('./parsers/cisco-wsa.ts')).ciscoWsa,
  CISCO_IRONPORT_WSA_III: async () => (await import('./parsers/cisco-wsa.ts')).ciscoWsa,
  CISCO_SCAN_SAFE: async () => (await import('./parsers/cisco-cloud-web-security.ts')).ciscoCloudWebSecurity,
  MCAFEE_SWG: async () => (await import('./parsers/mcafee.ts')).mcafee,
  WEBSENSE_V7_5: async () => (await import('./parsers/forcepoint.ts')).websenseReport,
  WEBSENSE_SIEM_CEF: async () => (await import('./parsers/forcepoint-siem.ts')).websenseCef,
  FORCEPOINT: async () => (await import('./parsers/forcepoint.ts')).forcepointCloud,
  FORCEPOINT_LEEF: async () => (await import('./parsers/forcepoint-siem.ts')).forcepointLeef,
  ZSCALER: async () => (await import('./parsers/zscaler.ts')).zscaler,
  ZSCALER_CEF: async () => (await import('./parsers/zscaler-siem.ts')).zscalerCef,
  ZSCALER_QRADAR: async () => (await import('./parsers/zscaler-siem.ts')).zscalerLeef,
  IBOSS: async () => (await import('./parsers/iboss.ts')).iboss,
  MENLO_SECURITY_CEF: async () => (await import('./parsers/menlo.ts')).menloCef,
  // Firewalls.
  CISCO_ASA: async () => (await import('./parsers/cisco-asa.ts')).ciscoAsa,
  CISCO_FWSM: async () => (await import('./parsers/cisco-asa.ts')).ciscoAsa,
  CISCO_ASA_FIREPOWER: async () => (await import('./parsers/cisco-firepower.ts')).ciscoFirepower,
  CISCO_FIREPOWER_V6: async () => (await import('./parsers/cisco-firepower.ts')).ciscoFirepower,
  MACHINE_ZONE_MERAKI: async () => (await import('./parsers/meraki.ts')).meraki,
  CHECKPOINT: async () => (await import('./parsers/check-point.ts')).checkPoint,
  CHECKPOINT_CEF: async () => (await import('./parsers/check-point-exports.ts')).checkPointCef,
  CHECKPOINT_SMART_VIEW_TRACKER: async () => (await import('./parsers/check-point-exports.ts')).smartViewTracker,
  PALO_ALTO: async () => (await import('./parsers/palo-alto.ts')).paloAlto,
  PALO_ALTO_LEEF: async () => (await import('./parsers/palo-alto.ts')).paloAltoLeef,
  FORTIGATE: async () => (await import('./parsers/fortinet.ts')).fortinet,
  FORTIOS: async () => (await import('./parsers/fortinet.ts')).fortinet,
  JUNIPER_SRX: async () => (await import('./parsers/juniper-srx.ts')).juniperSrx,
  JUNIPER_SRX_SD: async () => (await import('./parsers/juniper-srx.ts')).juniperSrx,
  JUNIPER_SRX_WELF: async () => (await import('./parsers/juniper-srx.ts')).juniperSrx,
  JUNIPER_SSG: async () => (await import('./parsers/juniper-ssg.ts')).juniperSsg,
  // Other appliances, and the general formats.
  SOPHOS_SG: async () => (await import('./parsers/sophos-utm.ts')).sophosUtm,
  SOPHOS_XG: async () => (await import('./parsers/sophos-firewall.ts')).sophosFirewall,
  SOPHOS_CYBEROAM: async () => (await import('./parsers/sophos-firewall.ts')).cyberoam,
  SONICWALL: async () => (await import('./parsers/sonicwall.ts')).sonicWall,
  WATCHGUARD_XTM: async () => (await import('./parsers/watchguard.ts')).watchGuard,
  BARRACUDA: async () => (await import('./parsers/barracuda-web.ts')).barracudaWeb,
  BARRACUDA_NEXT_GEN_FW: async () => (await import('./parsers/barracuda-cloudgen.ts')).barracudaCloudGen,
  BARRACUDA_NEXT_GEN_FW_WEBLOG: async () => (await import('./parsers/barracuda-web.ts')).barracudaWeb,
  STORMSHIELD: async () => (await import('./parsers/stormshield.ts')).stormshield,
  CLAVISTER: async () => (await import('./parsers/clavister.ts')).clavister,
  I_FILTER: async () => (await import('./parsers/i-filter.ts')).iFilter,
  GENERIC_CEF: async () => (await import('./parsers/generic-cef.ts')).genericCef,
  GENERIC_LEEF: async () => (await import('./parsers/generic-leef.ts')).genericLeef,
};

/** Undefined for a kind that is refused, and for CUSTOM_PARSER, which has a definition of its own. */
export async function parserOf(kind: LogKind): Promise<LogParser | undefined> {
  return await parsers[kind]?.();
}
