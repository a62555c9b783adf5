/** Where every part of the server reads the time, so that a test can move it. Returns epoch milliseconds (UTC). */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** ISO 8601 in UTC, as every edge of the program writes times; null stays null. */
export function isoTime(epochMs: number): string;
export function isoTime(epochMs: number | null): string | null;
export function isoTime(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}

const isoPattern = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads an ISO 8601 time that says its zone, such as 2027-01-31T00:00:00Z. Undefined for anything else: Date.parse alone
 * takes "1" for a year, times without a zone as this machine's, and 30 February as a day in March.
 */
export function parseIsoTime(text: string): number | undefined {
  const [, date] = isoPattern.exec(text) ?? [];
  const at = Date.parse(text);
  if (date === undefined || Number.isNaN(at)) return undefined;
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date) ? at : undefined;
}
