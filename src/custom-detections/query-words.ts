// What a query's text names, as far as that decides where a rule may be used: words outside of texts and comments. The
// compiler has the last word on everything else.
import { huntingTables } from '../hunting/schema/tables.ts';

export interface QueryWord {
  readonly text: string;
  /** Where it begins and ends in the query. */
  readonly start: number;
  readonly end: number;
}

export interface QueryWords {
  readonly words: readonly QueryWord[];
  readonly hasComments: boolean;
}

/** Comments, texts in every form, and names. */
const pieces =
  /\/\/[^\r\n]*|```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|[hH]?@"(?:[^"]|"")*"?|[hH]?@'(?:[^']|'')*'?|[hH]?"(?:[^"\\\r\n]|\\.)*"?|[hH]?'(?:[^'\\\r\n]|\\.)*'?|[A-Za-z_][\w-]*/g;

export function wordsOf(query: string): QueryWords {
  const words: QueryWord[] = [];
  let hasComments = false;
  for (const { 0: text, index } of query.matchAll(pieces)) {
    if (text.startsWith('//')) hasComments = true;
    else if (/^[A-Za-z_][\w-]*$/.test(text)) words.push({ text, start: index, end: index + text.length });
  }
  return { words, hasComments };
}

let known: ReadonlySet<string> | undefined;

/** Hunting tables that the query names, each once. */
export function tablesIn({ words }: QueryWords): string[] {
  known ??= new Set(huntingTables().map(({ name }) => name));
  return [...new Set(words.map(({ text }) => text).filter((text) => known?.has(text)))];
}

/** Tables that can be watched in near real time (https://learn.microsoft.com/defender-xdr/custom-detection-rules). */
const watchable = new Set([
  ...['AlertEvidence', 'CloudAppEvents', 'DeviceEvents', 'DeviceFileCertificateInfo', 'DeviceFileEvents'],
  ...['DeviceImageLoadEvents', 'DeviceLogonEvents', 'DeviceNetworkEvents', 'DeviceNetworkInfo', 'DeviceInfo'],
  ...['DeviceProcessEvents', 'DeviceRegistryEvents', 'EmailAttachmentInfo', 'EmailEvents'],
  ...['EmailPostDeliveryEvents', 'EmailUrlInfo', 'IdentityDirectoryEvents', 'IdentityLogonEvents'],
  ...['IdentityQueryEvents', 'UrlClickEvents'],
]);

/** Operators that look at more than the rows that come in, and names that a query cannot have then. */
const unwatchable = new Set([
  ...['join', 'union', 'lookup', 'externaldata', 'let', 'find', 'search', 'materialize', 'graph-match', 'make-graph'],
  ...['summarize', 'top', 'sort', 'order', 'take', 'limit', 'distinct', 'count', 'serialize', 'make-series', 'scan'],
  ...['partition', 'evaluate', 'fork', 'sample', 'sample-distinct', 'top-nested', 'invoke', 'datatable', 'range'],
  '_GetWatchlist',
]);

/**
 * Why the query cannot run in near real time, a sentence; undefined when it can. As documented, it names one of the
 * tables for it and nothing that looks at other rows than the one at hand.
 */
export function whyNotWatchable(query: string): string | undefined {
  const found = wordsOf(query);
  const tables = tablesIn(found);
  const [table, ...others] = tables;
  if (found.hasComments) return 'A query that runs in near real time (period 0) must not have comments.';
  if (table === undefined || found.words[0]?.text !== table) {
    return 'A query that runs in near real time (period 0) begins with the name of its table.';
  }
  if (others.length > 0)
    return `A query that runs in near real time (period 0) reads one table, not ${tables.join(', ')}.`;
  if (!watchable.has(table)) {
    return `${table} is not among the tables for near real time (period 0): ${[...watchable].sort().join(', ')}.`;
  }
  const operator = operatorsIn(query).find((name) => unwatchable.has(name));
  if (operator !== undefined) return `A query that runs in near real time (period 0) must not use ${operator}.`;
  const late = ['LatestDeliveryLocation', 'LatestDeliveryAction'].find((name) =>
    found.words.some(({ text }) => table === 'EmailEvents' && text === name),
  );
  return late && `${late} changes after an event has come in: near real time (period 0) has no such column.`;
}

/** Names behind a pipe, and those that stand for rows wherever they are. */
function operatorsIn(query: string): string[] {
  const anywhere = [
    'join',
    'union',
    'externaldata',
    'let',
    'materialize',
    'datatable',
    'find',
    'search',
    '_GetWatchlist',
  ];
  return wordsOf(query).words.flatMap(({ text, start }) => {
    const isBehindPipe = /\|\s*$/.test(query.slice(Math.max(0, start - 200), start));
    return isBehindPipe || (anywhere.includes(text) && !/\.\s*$/.test(query.slice(0, start))) ? [text] : [];
  });
}

/** The query over what came in within the time alone; both ends are epoch milliseconds. For watchable queries. */
export function whereCameIn(query: string, from: number, until: number): string {
  const [table] = wordsOf(query).words;
  if (!table) return query;
  const time = (at: number): string => `datetime(${new Date(at).toISOString()})`;
  const within = ` | where ingestion_time() between (${time(from)} .. ${time(until)})`;
  return query.slice(0, table.end) + within + query.slice(table.end);
}
