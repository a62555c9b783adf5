// Dates, numbers and sizes in the reader's language and time zone.
import { createContext, useContext } from 'react';

export interface Format {
  /** Day and time, to the minute. `null` is a dash. */
  dateTime(value: string | number | null | undefined): string;
  date(value: string | number | null | undefined): string;
  /** Day and time without the year, where there is no room for it. */
  brief(value: string | number | null | undefined): string;
  /** Day and time with seconds and zone, for evidence. */
  exact(value: string | number | null | undefined): string;
  /** "3 hours ago", "in 5 minutes". */
  relative(value: string | number | null | undefined, now?: number): string;
  number(value: number | null | undefined): string;
  /** 0.25 as 25 %. */
  percent(value: number | null | undefined): string;
  /** Bytes in the largest unit that keeps one digit in front, powers of 1,000. */
  bytes(value: number | null | undefined): string;
}

const none = '–';
const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** `timeZone` is an IANA name; empty for the browser's. */
export function makeFormat(language: string, timeZone: string): Format {
  const zone = timeZone === '' ? {} : { timeZone };
  // Each takes the browser milliseconds to make, and most pages need one or two.
  const dateTime = once(() => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', ...zone }));
  const date = once(() => new Intl.DateTimeFormat(language, { dateStyle: 'medium', ...zone }));
  const inBrief = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
  const brief = once(() => new Intl.DateTimeFormat(language, { ...inBrief, ...zone }));
  const exact = once(() => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long', ...zone }));
  const relative = once(() => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
  const number = once(() => new Intl.NumberFormat(language, { maximumFractionDigits: 2 }));
  const percent = once(() => new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }));
  const day = (value: string | number | null | undefined, as: () => Intl.DateTimeFormat) => {
    if (value === null || value === undefined) return none;
    const time = new Date(value);
    return Number.isNaN(time.getTime()) ? none : as().format(time);
  };
  return {
    dateTime: (value) => day(value, dateTime),
    date: (value) => day(value, date),
    brief: (value) => day(value, brief),
    exact: (value) => day(value, exact),
    relative(value, now = Date.now()) {
      if (value === null || value === undefined) return none;
      const distance = new Date(value).getTime() - now;
      const [unit, size] = steps.find(([, each]) => Math.abs(distance) >= each) ?? steps[3];
      return relative().format(Math.trunc(distance / size), unit);
    },
    number: (value) => (value === null || value === undefined ? none : number().format(value)),
    percent: (value) => (value === null || value === undefined ? none : percent().format(value)),
    bytes(value) {
      if (value === null || value === undefined) return none;
      let scaled = value;
      let place = 0;
      while (scaled >= 1000 && place < byteUnits.length - 1) {
        scaled /= 1000;
        place += 1;
      }
      const unit = byteUnits[place] ?? 'byte';
      const maximumFractionDigits = place === 0 || scaled >= 100 ? 0 : 1;
      return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits }).format(scaled);
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const FormatContext = createContext<Format>(makeFormat('en', ''));

export function useFormat(): Format {
  return useContext(FormatContext);
}
