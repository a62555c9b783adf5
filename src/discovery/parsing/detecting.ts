// What kind of log is it? The first records are read as what the log was said to be; when that fits badly, as everything else.
import type { LogParser } from '../formats/reader.ts';
import { findSource, type LogSource, logSources } from '../sources.ts';
import { findParser, getParser, kindOf, type NamedKind } from './kinds.ts';
import { type BadInSlice, SliceReader } from './reading.ts';
import type { BadRecord } from './refused.ts';

/** So many records are enough to tell kinds apart. */
const recordsMax = 1000;
const lineBytesMax = 65_536;
/** A log of which fewer records have the right shape is another log. */
const fitsLeast = 0.1;
/** So much must be right of a kind that nobody named. */
const guessLeast = 0.5;

/** Shares of the records, 0 to 1. */
interface Fit {
  /** Tell of a transaction. */
  readonly used: number;
  /** Have the right shape. */
  readonly shaped: number;
  readonly bad: readonly BadInSlice[];
}

export interface Judgement {
  readonly fits: boolean;
  /** All of them have the right shape without any syslog header. */
  readonly isBare: boolean;
  /** Name of the source that fits best, when the named one does not. */
  readonly looksLike: string | null;
  readonly firstBad: readonly BadRecord[];
}

/** Says whether the first records of a log are of the kind that it is said to be. Throws LogRefused for a kind that is not read. */
export async function judge(sample: Buffer, named: NamedKind, receivedAt: number): Promise<Judgement> {
  if (!named.isSyslog) {
    const bare = fitOf(await getParser({ ...named, isBare: true }), false, sample, receivedAt);
    if (bare.shaped === 1) return { fits: true, isBare: true, looksLike: null, firstBad: [] };
  }
  const fit = fitOf(await getParser(named), named.isSyslog, sample, receivedAt);
  if (fit.shaped >= fitsLeast) return { fits: true, isBare: false, looksLike: null, firstBad: [] };
  const firstBad = fit.bad.map(({ line, reason, excerpt }) => ({ line: line + 1, reason, excerpt }));
  const best = await detectSource(sample, receivedAt);
  return {
    fits: false,
    isBare: false,
    looksLike: best === null || best.kind === named.kind ? null : best.name,
    firstBad,
  };
}

/**
 * The source that reads the beginning of a log best; null when none does. Kinds of one vendor come before general formats that read
 * the same. Loads every parser: for a thread, or for once.
 */
export async function detectSource(sample: Buffer, receivedAt: number): Promise<LogSource | null> {
  let best: { source: LogSource; score: number } | null = null;
  for (const source of logSources) {
    if (source.kind === 'CUSTOM_PARSER') continue;
    const parser = await findParser(kindOf(source, null));
    if (!parser) continue;
    const { used, shaped } = fitOf(parser, source.isSyslog, sample, receivedAt);
    if (used === 0 || shaped < guessLeast) continue;
    const score = used + shaped / 10 - (source.kind.startsWith('GENERIC_') ? 0.01 : 0) - (source.isSyslog ? 0.001 : 0);
    if (best === null || score > best.score) best = { source, score };
  }
  return best === null ? null : (findSource(best.source.name) ?? null);
}

function fitOf(parser: LogParser, isSyslog: boolean, sample: Buffer, receivedAt: number): Fit {
  const reader = new SliceReader({ parser, isSyslog, receivedAt, lineBytesMax });
  let used = 0;
  const take = () => {
    used++;
    return null;
  };
  const header = Buffer.alloc(0);
  try {
    reader.readSlice({ number: 0, header, headerBytes: 0, data: sample, dataBytes: sample.length }, take, recordsMax);
  } catch {
    // A parser that cannot stand another's log is not the one.
    return { used: 0, shaped: 0, bad: reader.bad };
  }
  const read = Math.max(reader.read, 1);
  const shapeless = reader.skipped.malformed + reader.skipped['too-long'];
  return {
    used: used / read,
    shaped: reader.read === 0 ? Number(reader.hasHeader) : 1 - shapeless / read,
    bad: reader.bad,
  };
}
