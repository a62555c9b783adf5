// Reads lines of a log with one parser, without files and threads: for tests of parsers.
import { Line } from '../../src/discovery/formats/line.ts';
import type { LogParser, SkipReason } from '../../src/discovery/formats/reader.ts';
import { Transaction } from '../../src/discovery/formats/transaction.ts';
import { parserOf } from '../../src/discovery/parsers.ts';
import type { LogKind } from '../../src/discovery/sources.ts';

/** A transaction with only what the line tells. */
export interface ReadTransaction {
  readonly time: string;
  readonly url?: string;
  readonly destination?: string;
  readonly user?: string;
  readonly source?: string;
  readonly machine?: string;
  readonly uploaded?: number;
  readonly downloaded?: number;
  readonly total?: number;
  readonly isBlocked?: true;
}

export type ReadRecord = ReadTransaction | { readonly skipped: SkipReason };

/** The moment at which the clock of the tests stands. */
const testTime = Date.parse('2026-11-21T09:00:00Z');

function cut(text: string, records: LogParser['records']): string[] {
  if (typeof records === 'object') {
    const { element } = records;
    return text.match(new RegExp(`<${element}[\\s>][\\s\\S]*?</${element}>|<${element}\\s[^>]*/>`, 'gu')) ?? [];
  }
  const lines = text.split(/\r?\n/u);
  if (records === 'lines') return lines.filter((line) => line !== '');
  const joined: string[] = [];
  let open = '';
  for (const line of lines) {
    open = open === '' ? line : `${open}\n${line}`;
    if (open.split('"').length % 2 === 0) continue;
    joined.push(open);
    open = '';
  }
  return [...joined, open].filter((record) => record !== '');
}

function known(found: Transaction): ReadTransaction {
  const texts = (['url', 'destination', 'user', 'source', 'machine'] as const).flatMap((name) =>
    found[name].isEmpty ? [] : [[name, found[name].text()]],
  );
  const numbers = (['uploaded', 'downloaded', 'total'] as const).flatMap((name) =>
    Number.isNaN(found[name]) ? [] : [[name, found[name]]],
  );
  const time = Number.isNaN(found.time) ? 'none' : new Date(found.time).toISOString();
  const blocked = found.isBlocked ? { isBlocked: true as const } : {};
  return { time, ...Object.fromEntries([...texts, ...numbers]), ...blocked };
}

/**
 * What the parser makes of each record of the text: header lines give none. `receivedAt` (epoch milliseconds) is the tests' clock
 * when it is left out.
 */
export async function readLog(
  parserOrKind: LogParser | LogKind,
  text: string,
  { receivedAt = testTime }: { readonly receivedAt?: number } = {},
): Promise<ReadRecord[]> {
  const parser = typeof parserOrKind === 'string' ? await parserOf(parserOrKind) : parserOrKind;
  if (parser === undefined) throw new Error(`There is no parser of ${parserOrKind}.`);
  const { headers } = parser;
  const reader = parser.open({ receivedAt });
  const transaction = new Transaction();
  const results: ReadRecord[] = [];
  for (const [index, record] of cut(text, parser.records).entries()) {
    // The line lies between others, so that a reader that leaves it is noticed.
    const line = Line.of(`"x ${record}" y`);
    line.start = 3;
    line.end -= 3;
    const isHeader =
      headers === 'first-line'
        ? index === 0 && (reader.isHeader?.(line) ?? true)
        : typeof headers === 'object' && record.startsWith(headers.prefix);
    if (isHeader) {
      reader.header?.(line);
      continue;
    }
    transaction.clear();
    const skipped = reader.read(line, transaction);
    results.push(skipped === null ? known(transaction) : { skipped });
  }
  return results;
}
