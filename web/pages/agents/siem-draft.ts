// What a person fills in about a SIEM agent.
import type { Filters } from '../../components/filter-model.ts';
import type { TextKey } from '../../i18n/texts.ts';
import type { SiemAgent, SiemBody } from './calls.ts';

export const formats = ['generic-cef', 'arcsight-cef'] as const;
export const timeFormats = ['rfc5424', 'rfc3164', 'rfc3164-with-year'] as const;
export const protocols = ['tcp', 'udp', 'tls'] as const;
export const dataTypes = ['alerts', 'activities'] as const;
export type DataType = (typeof dataTypes)[number];

export interface DataDraft {
  readonly choice: 'all' | 'some' | 'none';
  readonly filters: Filters;
  /** Nothing is missing or wrong in what was typed. */
  readonly isWhole: boolean;
}

export interface SiemDraft {
  readonly name: string;
  readonly format: (typeof formats)[number];
  readonly timeFormat: (typeof timeFormats)[number];
  readonly includesPri: boolean;
  readonly includesSystemName: boolean;
  readonly remoteHost: string;
  readonly remotePort: string;
  readonly protocol: (typeof protocols)[number];
  readonly alerts: DataDraft;
  readonly activities: DataDraft;
}

const everything: DataDraft = { choice: 'all', filters: {}, isWhole: true };

/** What the wizard begins with: what the agent is set to, or what new ones are. */
export function draftOf(agent: SiemAgent | undefined): SiemDraft {
  const settings = agent?.settings ?? undefined;
  return {
    name: agent?.name ?? '',
    format: settings?.format ?? 'generic-cef',
    timeFormat: settings?.timeFormat ?? 'rfc5424',
    includesPri: settings?.includesPri ?? false,
    includesSystemName: settings?.includesSystemName ?? false,
    remoteHost: settings?.remoteHost ?? '',
    remotePort: String(settings?.remotePort ?? 514),
    protocol: settings?.protocol ?? 'tcp',
    alerts: settings ? dataOf(settings.alerts) : everything,
    activities: settings ? dataOf(settings.activities) : everything,
  };
}

type Sent = NonNullable<SiemAgent['settings']>['alerts'];

function dataOf({ isSent, filters }: Sent): DataDraft {
  if (!isSent) return { ...everything, choice: 'none' };
  return filters === null ? everything : { choice: 'some', filters: filtersOf(filters), isWhole: true };
}

/** The server keeps only what its grammar of filters took. */
export function filtersOf(stored: NonNullable<Sent['filters']>): Filters {
  return stored as Filters; // Fields with operators each: a record of records.
}

export type SiemFaults = Readonly<Partial<Record<keyof SiemDraft, TextKey<'agents'>>>>;

/** The fields of each step, in the order of the wizard. */
export const steps = [
  ['name', 'format'],
  ['remoteHost', 'remotePort'],
  ['alerts', 'activities'],
] as const satisfies readonly (readonly (keyof SiemDraft)[])[];

/** What is certainly wrong; the server judges the rest. */
export function faultsOf(draft: SiemDraft): SiemFaults {
  const port = Number(draft.remotePort);
  return {
    ...(/^[A-Za-z0-9_-]{1,64}$/.test(draft.name) ? {} : { name: 'fault.name' as const }),
    ...(draft.remoteHost.trim() === '' ? { remoteHost: 'fault.host' as const } : {}),
    ...(Number.isInteger(port) && port >= 1 && port <= 65_535 ? {} : { remotePort: 'fault.port' as const }),
    ...(isRight(draft.alerts) ? {} : { alerts: 'fault.filters' as const }),
    ...(isRight(draft.activities) ? {} : { activities: 'fault.filters' as const }),
    ...(draft.alerts.choice === 'none' && draft.activities.choice === 'none'
      ? { activities: 'fault.nothingSent' as const }
      : {}),
  };
}

function isRight({ choice, filters, isWhole }: DataDraft): boolean {
  return choice !== 'some' || (isWhole && Object.keys(filters).length > 0);
}

export function bodyOf(draft: SiemDraft): SiemBody {
  const { alerts, activities, remotePort, ...rest } = draft;
  return { ...rest, remotePort: Number(remotePort), alerts: sentOf(alerts), activities: sentOf(activities) };
}

function sentOf({ choice, filters }: DataDraft) {
  return { isSent: choice !== 'none', filters: choice === 'some' ? filters : null };
}
