// The settings that the server gives an agent. They decide what leaves this machine and where to, so that nothing is
// guessed: what is not understood is an error.
import type { Dialect } from './cef.ts';
import { number, object, text } from './records.ts';
import type { TimeFormat } from './syslog.ts';

export type Protocol = 'tcp' | 'udp' | 'tls';

export interface Target {
  readonly format: Dialect;
  readonly timeFormat: TimeFormat;
  readonly includesPri: boolean;
  readonly includesSystemName: boolean;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly protocol: Protocol;
  readonly sends: { readonly alerts: boolean; readonly activities: boolean };
}

export interface Settings {
  readonly id: string;
  readonly name: string;
  readonly portalUrl: string;
  readonly isEnabled: boolean;
  readonly revision: number;
  /** Null while nobody has set the agent up. */
  readonly target: Target | null;
}

/** Settings of a newer server than this agent knows, or no settings at all. */
export class UnknownSettings extends Error {
  override readonly name = 'UnknownSettings';
}

const formats: readonly Dialect[] = ['generic-cef', 'arcsight-cef'];
const timeFormats: readonly TimeFormat[] = ['rfc5424', 'rfc3164', 'rfc3164-with-year'];
const protocols: readonly Protocol[] = ['tcp', 'udp', 'tls'];

/** Throws UnknownSettings. */
export function parseSettings(value: unknown): Settings {
  const given = object(value);
  const id = text(given.id);
  if (id === '') throw new UnknownSettings('The answer of the server holds no settings. Is it a Sallyport server?');
  return {
    id,
    name: text(given.name),
    portalUrl: text(given.portalUrl),
    isEnabled: given.isEnabled === true,
    revision: number(given.revision) ?? 0,
    target: given.settings === null || given.settings === undefined ? null : parseTarget(object(given.settings)),
  };
}

function parseTarget(given: Readonly<Record<string, unknown>>): Target {
  return {
    format: oneOf('format', given.format, formats),
    timeFormat: oneOf('timeFormat', given.timeFormat, timeFormats),
    includesPri: given.includesPri === true,
    includesSystemName: given.includesSystemName === true,
    remoteHost: text(given.remoteHost),
    remotePort: number(given.remotePort) ?? 0,
    protocol: oneOf('protocol', given.protocol, protocols),
    sends: { alerts: object(given.alerts).isSent === true, activities: object(given.activities).isSent === true },
  };
}

function oneOf<Name extends string>(field: string, value: unknown, known: readonly Name[]): Name {
  const found = known.find((each) => each === value);
  if (found === undefined)
    throw new UnknownSettings(`This agent does not know the ${field} that the server gives. Update it.`);
  return found;
}
