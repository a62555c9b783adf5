// Times and durations as people type and read them. On the wire they are ISO 8601 and seconds.

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const secondsMax = 100 * 365 * 86_400;

/** `90d`, `12h`, `1h30m`, `45s`, `2w` in seconds; undefined when it is no such duration, is zero or passes 100 years. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d{1,9}[smhdw])+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([smhdw])/g)) {
    seconds += Number(amount) * unitSeconds[unit as keyof typeof unitSeconds]; // The pattern admits only these.
  }
  return seconds > 0 && seconds <= secondsMax ? seconds : undefined;
}

const isoPattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** An ISO 8601 date or time as milliseconds; without an offset it is UTC. Undefined when it is none. */
export function parseIsoTime(text: string): number | undefined {
  if (!isoPattern.test(text)) return undefined;
  const hasOffset = !text.includes('T') || /(Z|[+-]\d{2}:\d{2})$/.test(text);
  const time = Date.parse(hasOffset ? text : `${text}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** A point in time given as ISO 8601, or as a duration from `now` in the given direction. Answers ISO 8601 UTC. */
export function parseMoment(text: string, now: number, direction: 'ahead' | 'back'): string | undefined {
  const seconds = parseDuration(text);
  if (seconds !== undefined) return new Date(now + (direction === 'ahead' ? 1 : -1) * seconds * 1000).toISOString();
  const time = parseIsoTime(text);
  return time === undefined ? undefined : new Date(time).toISOString();
}

const relativeSteps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** `3 hours ago`, `in 90 days`, in the language. */
export function relativeTime(time: number, now: number, language: string): string {
  const seconds = Math.round((time - now) / 1000);
  const [unit, size] = relativeSteps.find(([, step]) => Math.abs(seconds) >= step) ?? (['second', 1] as const);
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

/** `2026-11-21 08:17:05 UTC`; the text itself when it is no time. */
export function utcTime(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Seconds as the person would type them: `1h30m`. */
export function durationText(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  let text = '';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const amount = Math.floor(rest / unitSeconds[unit]);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * unitSeconds[unit];
  }
  return text || '0s';
}
