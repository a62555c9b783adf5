// The whole record of an alert as JSON text. Ticks exceed what a JSON number holds exactly and are written as text.
import type { Alert, AlertDraft } from './alert.ts';

export function alertToText(alert: Alert): string {
  return toText(alert);
}

/** Of an alert that is not stored yet. */
export function draftToText(draft: AlertDraft): string {
  return toText(draft);
}

function toText(of: Alert | AlertDraft): string {
  return JSON.stringify(of, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

type Ticks = 'createdTicks' | 'firstActivityTicks' | 'lastActivityTicks' | 'updatedTicks' | 'resolvedTicks';
type Written = Omit<Alert, Ticks> & Record<Exclude<Ticks, 'resolvedTicks'>, string> & { resolvedTicks: string | null };

/** Reads what {@link alertToText} wrote. */
export function alertFromText(text: string): Alert {
  const written = JSON.parse(text) as Written; // Nothing else is ever stored as an alert's body.
  return {
    ...written,
    createdTicks: BigInt(written.createdTicks),
    firstActivityTicks: BigInt(written.firstActivityTicks),
    lastActivityTicks: BigInt(written.lastActivityTicks),
    updatedTicks: BigInt(written.updatedTicks),
    resolvedTicks: written.resolvedTicks === null ? null : BigInt(written.resolvedTicks),
  };
}
