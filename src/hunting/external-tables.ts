// externaldata: files from elsewhere as tables. Only addresses that the operator has listed are read, over https, and only
// where they lead to public addresses: whoever writes queries chooses what is read, and this server may reach what that
// person may not (server-side request forgery).
import { createHash } from 'node:crypto';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Ctx } from '../context.ts';
import type { EventStore } from '../events/events.ts';
import { heldName, holds } from '../events/held.ts';
import { type Sql, sql } from '../events/sql.ts';
import type { ExternalSource } from '../kql/ir.ts';
import type { FetchedSource } from '../kql/two-pass.ts';
import { minuteMs } from '../lib/clock.ts';
import { http } from '../lib/http.ts';
import { hostOf, isReachable, type ReachSettings, reachableLookup, resolveByDns } from '../notifications/reachable.ts';
import { externalRows, type TextRow } from './external-records.ts';

/** So long a file is not asked for again. */
const freshMs = 5 * minuteMs;
/** Longer than a query waits and runs once it was compiled with the table. */
const keptMs = 20 * minuteMs;
const filesMax = 10;
/** Of all tables together, as far as their texts are counted. */
const heldBytesMax = 134_217_728;

interface Kept {
  readonly table: string;
  readonly readAt: number;
  readonly bytes: number;
}

/** The tables of a process, the oldest first. */
const kept = new WeakMap<EventStore, Map<string, Kept>>();

/** Why a file was not read; a sentence for whoever wrote the query. */
class NotRead extends Error {}

type Reader = Pick<Ctx, 'events' | 'config' | 'clock'>;

/** The table with the rows of an external source, fetched or kept, or a sentence about why there is none. */
export async function externalTable(reader: Reader, external: ExternalSource): Promise<FetchedSource | string> {
  const { events, clock } = reader;
  try {
    const urls = external.urls.map((each) => allowedUrl(each, reader));
    if (urls.length > filesMax) return `externaldata reads at most ${filesMax} files at once.`;
    const tables = kept.get(events) ?? new Map<string, Kept>();
    kept.set(events, tables);
    await forgetOld(events, tables, clock());
    const key = createHash('sha256').update(JSON.stringify(external)).digest('hex');
    const table = `$external ${key}`;
    const found = tables.get(key);
    if (!found || clock() - found.readAt > freshMs || !(await holds(events, table))) {
      const { rows, bytes } = await readAll(urls, external, reader);
      const held = [...tables.values()].reduce((sum, each) => sum + each.bytes, bytes);
      if (held > heldBytesMax) return 'Too much external data is held at the moment. Try again in a few minutes.';
      await events.hold(table, rowsSql(rows, external.columns.length));
      tables.set(key, { table, readAt: clock(), bytes });
    }
    return { external, source: heldName(table) };
  } catch (error) {
    if (error instanceof NotRead) return error.message;
    throw error;
  }
}

/** Removes the tables that no query uses any more. */
async function forgetOld(events: EventStore, tables: Map<string, Kept>, now: number): Promise<void> {
  for (const [key, { table, readAt }] of tables) {
    if (now - readAt <= keptMs) continue;
    tables.delete(key);
    await events.hold(table, null);
  }
}

/** The URL, if it is one of those that the setting lists. */
function allowedUrl(text: string, { config }: Reader): URL {
  const refuse = (): never => {
    throw new NotRead(
      'externaldata may not read this address. The setting externalDataUrls lists the ones that an administrator allows.',
    );
  };
  if (text.length > 2000 || !URL.canParse(text)) return refuse();
  const url = new URL(text);
  // What a server might take for a way up again.
  if (url.username !== '' || url.password !== '' || /%2f|%5c|\\/i.test(url.pathname)) return refuse();
  const isListed = config.externalDataUrls.some((each) => {
    if (!URL.canParse(each)) return false;
    const listed = new URL(each);
    const isBelow = listed.pathname.endsWith('/') && listed.search === '' && url.pathname.startsWith(listed.pathname);
    return listed.origin === url.origin && (isBelow || listed.href === url.href);
  });
  if (!isListed) return refuse();
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && config.webhookLoopbackHttp)) {
    throw new NotRead('externaldata reads https addresses only.');
  }
  return url;
}

async function readAll(
  urls: readonly URL[],
  external: ExternalSource,
  reader: Reader,
): Promise<{ readonly rows: TextRow[]; readonly bytes: number }> {
  const all: TextRow[] = [];
  let bytes = 0;
  for (const url of urls) {
    const text = await readText(url, reader);
    bytes += text.length;
    const rows = externalRows(text, url.pathname, external);
    if (typeof rows === 'string') throw new NotRead(rows);
    for (const row of rows) all.push(row);
  }
  return { rows: all, bytes };
}

/** Rows with fewer fields than columns end with empty ones. */
function rowsSql(rows: readonly TextRow[], columns: number): Sql {
  const names = Array.from({ length: columns }, (_, index) => `coalesce("row"[${index + 1}], '') as "c${index}"`);
  const list: Sql = { text: names.join(', '), values: [] };
  return sql`select ${list} from (select unnest(from_json(${JSON.stringify(rows)}, '[["VARCHAR"]]')) as "row") as "rows"`;
}

async function readText(url: URL, { config }: Reader): Promise<string> {
  const { externalDataBytesMax: bytesMax, externalDataSecondsMax: seconds } = config;
  const reach: ReachSettings = { webhookAllowedRanges: [], webhookLoopbackHttp: config.webhookLoopbackHttp };
  const host = hostOf(url);
  const unreachable = 'externaldata reads from public addresses only.';
  if (isIP(host) !== 0 && !isReachable(host, reach)) throw new NotRead(unreachable);
  const signal = AbortSignal.timeout(seconds * 1000);
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).get(url, {
      agent: false,
      headers: { 'accept-encoding': 'identity' },
      lookup: reachableLookup(reach, resolveByDns),
      signal,
    });
    request.on('socket', (socket) =>
      socket.once('connect', () => {
        // Whatever the look-up said, this is who is at the other end.
        if (!isReachable(socket.remoteAddress ?? '', reach)) request.destroy(new NotRead(unreachable));
      }),
    );
    request.on('response', (response) => {
      const { statusCode = 0 } = response;
      if (statusCode !== 200) {
        request.destroy(new NotRead(`An external file could not be read: the answer was ${statusCode}.`));
        return;
      }
      const parts: Buffer[] = [];
      let length = 0;
      response.on('data', (part: Buffer) => {
        length += part.length;
        if (length > bytesMax) request.destroy(new NotRead(`An external file has more than ${bytesMax} bytes.`));
        else parts.push(part);
      });
      response.on('error', reject);
      response.on('end', () => resolve(Buffer.concat(parts)));
    });
    request.on('error', reject);
  }).catch((error: unknown) => {
    if (error instanceof NotRead) throw error;
    throw new NotRead(
      signal.aborted
        ? `An external file could not be read within ${seconds} s.`
        : 'An external file could not be read: the connection failed.',
    );
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new NotRead('An external file is not UTF-8 text.');
  }
}
