// What stands at the columns of a chart over time.
import { localText } from '../../../components/local-time.ts';
import type { Format } from '../../../i18n/format.ts';

/** ISO times, all named alike: days where each begins one for the reader, and no more of the rest than tells them apart. */
export function timeNames(times: readonly string[], timeZone: string, format: Format): readonly string[] {
  const texts = times.filter((time) => time !== '').map((time) => localText(Date.parse(time), timeZone));
  if (texts.every((text) => text.endsWith('T00:00:00'))) return times.map((time) => format.date(time || null));
  const isOfMinutes = texts.every((text) => text.endsWith(':00'));
  return times.map((time) => (isOfMinutes ? format.brief(time || null) : format.exact(time || null)));
}
