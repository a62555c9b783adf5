import { dayMs, hourMs, minuteMs, secondMs } from '../../lib/clock.ts';
import { GraphProblem } from './errors.ts';

const pattern = /^P(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/;

/** ISO 8601 durations without months and years, which are of no fixed length: PT8H, P1DT30M, P365D. In milliseconds. */
export function parseDuration(text: string, at: string): number {
  const [whole, ...parts] = pattern.exec(text.trim().toUpperCase()) ?? [];
  const [weeks, days, hours, minutes, seconds] = parts.map((part) => Number(part ?? 0));
  if (whole === undefined || /[PT]$/.test(whole)) {
    throw new GraphProblem(`Invalid value specified for property '${at}': it must be a duration such as PT8H or P30D.`);
  }
  const inDays = ((weeks ?? 0) * 7 + (days ?? 0)) * dayMs;
  return inDays + (hours ?? 0) * hourMs + (minutes ?? 0) * minuteMs + (seconds ?? 0) * secondMs;
}

/** The shortest way to write so many milliseconds, in hours, minutes and seconds as the documented service does. */
export function formatDuration(milliseconds: number): string {
  const hours = Math.floor(milliseconds / hourMs);
  const minutes = Math.floor((milliseconds % hourMs) / minuteMs);
  const seconds = Math.floor((milliseconds % minuteMs) / secondMs);
  const parts = [hours > 0 ? `${hours}H` : '', minutes > 0 ? `${minutes}M` : '', seconds > 0 ? `${seconds}S` : ''];
  return `PT${parts.join('') || '0S'}`;
}
