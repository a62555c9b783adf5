// What a SIEM agent is set to, and what it says of itself (cloud-apps reference 4).
import { InvalidInput } from '../lib/failures.ts';

export const siemFormats = ['generic-cef', 'arcsight-cef'] as const;
export const siemTimeFormats = ['rfc5424', 'rfc3164', 'rfc3164-with-year'] as const;
export const siemProtocols = ['tcp', 'udp', 'tls'] as const;

/** Whether one of the two types of data is sent, and which of it; null filters send all. */
export interface SiemDataType {
  readonly isSent: boolean;
  /** In the grammar of the cloud-apps surface, as they were written. */
  readonly filters: Readonly<Record<string, unknown>> | null;
}

export interface SiemSettings {
  readonly format: (typeof siemFormats)[number];
  readonly timeFormat: (typeof siemTimeFormats)[number];
  readonly includesPri: boolean;
  readonly includesSystemName: boolean;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly protocol: (typeof siemProtocols)[number];
  readonly alerts: SiemDataType;
  readonly activities: SiemDataType;
}

export const settingNames = [
  'format',
  'timeFormat',
  'includesPri',
  'includesSystemName',
  'remoteHost',
  'remotePort',
  'protocol',
  'alerts',
  'activities',
] as const satisfies readonly (keyof SiemSettings)[];

/** What the documented wizard begins with. */
export const initialSettings = {
  format: 'generic-cef',
  timeFormat: 'rfc5424',
  includesPri: false,
  includesSystemName: false,
  protocol: 'tcp',
  alerts: { isSent: true, filters: null },
  activities: { isSent: true, filters: null },
} as const satisfies Partial<SiemSettings>;

/** Kinds of trouble that an agent may report; each has the documented words. */
export const siemTroubles = {
  internal: 'Internal error',
  send: 'Data server send error',
  connection: 'Data server connection error',
  agent: 'SIEM agent error',
  notification: 'SIEM agent notification error',
} as const;
export type SiemTrouble = keyof typeof siemTroubles;

export interface SiemProblem {
  readonly kind: SiemTrouble;
  /** A sentence of the agent. */
  readonly detail: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** What an agent says of itself, last. */
export interface SiemReport {
  readonly version: string;
  readonly systemName: string;
  readonly problems: readonly SiemProblem[];
  readonly alertsSent: number;
  readonly activitiesSent: number;
  /** When it last gave something to the SIEM; null before. */
  readonly lastSentAt: number | null;
}

const filterBytesMax = 65_536;

/** Throws InvalidInput for what no agent can be set to. Filters have been parsed before. */
export function checkSettings(settings: SiemSettings): SiemSettings {
  const remoteHost = settings.remoteHost.trim();
  if (!isHost(remoteHost)) {
    throw new InvalidInput('remoteHost', 'remoteHost must be a host name or an IP address, without scheme and port.');
  }
  if (!Number.isInteger(settings.remotePort) || settings.remotePort < 1 || settings.remotePort > 65_535) {
    throw new InvalidInput('remotePort', 'remotePort must be a number from 1 to 65535.');
  }
  if (!settings.alerts.isSent && !settings.activities.isSent) {
    throw new InvalidInput('alerts', 'An agent sends alerts, activities or both. Disable it instead.');
  }
  for (const type of ['alerts', 'activities'] as const) {
    const { filters } = settings[type];
    if (filters && Buffer.byteLength(JSON.stringify(filters)) > filterBytesMax) {
      throw new InvalidInput(`${type}.filters`, `The filters of ${type} are longer than ${filterBytesMax} bytes.`);
    }
  }
  return { ...settings, remoteHost };
}

/** A name of letters, digits, hyphens and dots, or an address of either family. */
function isHost(text: string): boolean {
  if (/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text)) return URL.canParse(`http://[${text}]/`);
  return text.length <= 253 && /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*$/.test(text);
}
