// Times as a field for day and time holds them (`2027-01-31T10:15:00`), in the reader's time zone.

const minuteMs = 60_000;

/** The text for a time in epoch milliseconds; empty for what is none. `timeZone` is an IANA name; empty for the browser's. */
export function localText(ms: number, timeZone: string): string {
  if (!Number.isFinite(new Date(ms).getTime())) return '';
  return new Date(ms + offsetMs(ms, timeZone)).toISOString().slice(0, 19);
}

/** Epoch milliseconds of such a text; undefined when it is none. */
export function timeOfLocal(text: string, timeZone: string): number | undefined {
  const asUtc = Date.parse(`${text}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // The offset is known for a time, and the time only with the offset: where they change it takes a second look.
  const first = asUtc - offsetMs(asUtc, timeZone);
  return asUtc - offsetMs(first, timeZone);
}

/** How far local time is ahead of UTC at that moment. */
function offsetMs(ms: number, timeZone: string): number {
  if (timeZone === '') return -new Date(ms).getTimezoneOffset() * minuteMs;
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(ms);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return local - Math.floor(ms / 1000) * 1000;
}
