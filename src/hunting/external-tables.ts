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
import { minuteMs, secondMs } from '../lib/clock.ts';
import { http } from '../lib/http.ts';
import type { TenantId } from '../lib/ids.ts';
import { hostOf, isReachable, type ReachSettings, reachableLookup, resolveByDns } from '../notifications/reachable.ts';
import { readExternal } from './external-reading.ts';
import type { ExternalFile } from './external-records.ts';
import { FairTurns } from './run-turns.ts';

/** So long a file is not asked for again. */
const freshMs = 5 * minuteMs;
/** Longer than a query waits and runs once it was compiled with the table. */
const keptMs = 20 * minuteMs;
const filesMax = 10;
/** Of all tables together, as far as they are counted; what one tenant had read may be half of it. */
const heldBytesMax = 134_217_728;
/** What the engine keeps of a text besides its bytes. */
const cellBytes = 16;

interface Kept {
  readonly tenantId: TenantId;
  readonly table: string;
  readonly readAt: number;
  readonly bytes: number;
}

interface KeptTables {
  /** The oldest first. */
  readonly tables: Map<string, Kept>;
  /** Sources that are read at a time: each takes several times the memory of its files. */
  readonly turns: FairTurns;
}

/** Of a process. */
const keptOf = new WeakMap<EventStore, KeptTables>();

/** Why a file was not read; a sentence for whoever wrote the query. */
class NotRead extends Error {}

type Reader = Pick<Ctx, 'events' | 'config' | 'clock' | 'caller'>;

/** The table with the rows of an external source, fetched or kept, or a sentence about why there is none. */
export async function externalTable(reader: Reader, external: ExternalSource): Promise<FetchedSource | string> {
  const { events } = reader;
  try {
    const urls = external.urls.map((each) => allowedUrl(each, reader));
    if (urls.length > filesMax) return `externaldata reads at most ${filesMax} files at once.`;
    const kept = keptOf.get(events) ?? { tables: new Map(), turns: new FairTurns({ atOnce: 2, perTenant: 1 }) };
    keptOf.set(events, kept);
    const key = createHash('sha256').update(JSON.stringify(external)).digest('hex');
    const table = `$external ${key}`;
    if (!(await isFresh(reader, kept.tables, key))) {
      await inTurn(reader, kept, async () => {
        // Whoever was in front may have read the same.
        if (!(await isFresh(reader, kept.tables, key))) await readTable(reader, kept.tables, key, { external, urls });
      });
    }
    return { external, source: heldName(table) };
  } catch (error) {
    if (error instanceof NotRead) return error.message;
    throw error;
  }
}

async function isFresh({ events, clock }: Reader, tables: KeptTables['tables'], key: string): Promise<boolean> {
  const found = tables.get(key);
  return found !== undefined && clock() - found.readAt <= freshMs && (await holds(events, found.table));
}

async function inTurn({ caller, config }: Reader, { turns }: KeptTables, work: () => Promise<void>): Promise<void> {
  const { tenantId } = caller;
  if (turns.waitingOf(tenantId) >= config.huntingWaitingMax) {
    throw new NotRead('Too many external files are asked for at the moment. Try again in a moment.');
  }
  const endsAt = performance.now() + config.huntingSecondsMax * secondMs;
  await turns.begin(tenantId, endsAt, new AbortController().signal);
  try {
    await work();
  } finally {
    turns.end(tenantId);
  }
}

interface Wanted {
  readonly external: ExternalSource;
  readonly urls: readonly URL[];
}

async function readTable(
  reader: Reader,
  tables: KeptTables['tables'],
  key: string,
  { external, urls }: Wanted,
): Promise<void> {
  const { events, clock, caller } = reader;
  const { tenantId } = caller;
  await forgetOld(events, tables, clock());
  const files: ExternalFile[] = [];
  let bytes = 0;
  for (const url of urls) {
    const file = await readBytes(url, reader);
    bytes += file.length;
    requireRoom(tables, key, tenantId, bytes);
    files.push({ path: url.pathname, bytes: file });
  }
  const read = await readExternal({ files, external });
  if ('problem' in read) throw new NotRead(read.problem);
  bytes += read.rowCount * external.columns.length * cellBytes;
  requireRoom(tables, key, tenantId, bytes);
  const table = `$external ${key}`;
  // Counted before it is there: others look meanwhile.
  tables.delete(key);
  tables.set(key, { tenantId, table, readAt: clock(), bytes });
  try {
    await events.hold(table, rowsSql(read.json, external.columns.length));
  } catch (error) {
    tables.delete(key);
    throw error;
  }
}

function requireRoom(tables: KeptTables['tables'], key: string, tenantId: TenantId, bytes: number): void {
  const others = [...tables].filter(([other]) => other !== key).map(([, each]) => each);
  const all = others.reduce((sum, each) => sum + each.bytes, bytes);
  const own = others.reduce((sum, each) => sum + (each.tenantId === tenantId ? each.bytes : 0), bytes);
  if (all <= heldBytesMax && own <= heldBytesMax / 2) return;
  throw new NotRead('Too much external data is held at the moment. Try again in a few minutes.');
}

/** Removes the tables that no query uses any more. */
async function forgetOld(events: EventStore, tables: KeptTables['tables'], now: number): Promise<void> {
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

/** Rows with fewer fields than columns end with empty ones. */
function rowsSql(rows: string, columns: number): Sql {
  const names = Array.from({ length: columns }, (_, index) => `coalesce("row"[${index + 1}], '') as "c${index}"`);
  const list: Sql = { text: names.join(', '), values: [] };
  return sql`select ${list} from (select unnest(from_json(${rows}, '[["VARCHAR"]]')) as "row") as "rows"`;
}

async function readBytes(url: URL, { config }: Reader): Promise<Buffer> {
  const { externalDataBytesMax: bytesMax, externalDataSecondsMax: seconds } = config;
  const reach: ReachSettings = { webhookAllowedRanges: [], webhookLoopbackHttp: config.webhookLoopbackHttp };
  const host = hostOf(url);
  const unreachable = 'externaldata reads from public addresses only.';
  if (isIP(host) !== 0 && !isReachable(host, reach)) throw new NotRead(unreachable);
  const signal = AbortSignal.timeout(seconds * 1000);
  return await new Promise<Buffer>((resolve, reject) => {
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
}
