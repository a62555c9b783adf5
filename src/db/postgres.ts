import { randomUUID } from 'node:crypto';
import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import { secondMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { type Invalidations, invalidationChannel } from './invalidations.ts';

const heartbeatMs = 400;
/** How long to wait for a connection, of the pool or to the server, before the request fails. */
const connectMsMax = 5 * secondMs;

/** bigint columns hold times and counts, all of which a number holds exactly. */
function readBigint(text: string): number {
  return Number(text);
}

export interface PostgresParts {
  dialect: Dialect;
  pool: pg.Pool;
}

export function postgresDialect(url: string, connectionsMax: number): PostgresParts {
  const types: pg.CustomTypesConfig = {
    getTypeParser: ((oid: number, format?: 'text') =>
      oid === pg.types.builtins.INT8
        ? readBigint
        : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
  };
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    types,
    application_name: 'sallyport',
    connectionTimeoutMillis: connectMsMax,
    keepAlive: true,
  });
  // Without a listener a broken idle connection would end the process; the next query reports it to its caller.
  pool.on('error', () => {});
  return { dialect: new PostgresDialect({ pool }), pool };
}

/** What a process tells itself over the channel begins with this; tenant ids never do. */
const beatPrefix = 'beat ';

/**
 * Hears of changes that other processes committed (LISTEN/NOTIFY) and passes them on. Every heartbeat is sent to itself
 * over the same channel: while it does not come back (a lost connection, a pooler that swallows notifications), caches
 * are told to hold nothing, so that a lost message can delay no revocation.
 */
export async function listenForChanges(url: string, invalidations: Invalidations): Promise<{ close(): Promise<void> }> {
  let client: pg.Client | undefined;
  let closed = false;
  let awaited: { beat: string; heard: () => void } | undefined;

  function hear({ payload }: pg.Notification): void {
    if (payload === awaited?.beat) awaited?.heard();
    else if (payload && !payload.startsWith(beatPrefix)) invalidations.publish(payload as TenantId); // Sent by `change` only.
  }

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'sallyport-listen',
      connectionTimeoutMillis: connectMsMax,
    });
    fresh.on('error', () => {});
    fresh.on('end', () => {
      if (client === fresh) invalidations.setTrusted(false);
    });
    fresh.on('notification', hear);
    try {
      await fresh.connect();
      await fresh.query(`listen ${invalidationChannel}`);
      return fresh;
    } catch (error) {
      fresh.end().catch(() => {});
      throw error;
    }
  }

  async function beat(): Promise<void> {
    try {
      client ??= await connect();
      const own = `${beatPrefix}${randomUUID()}`;
      const returned = new Promise<void>((resolve) => {
        awaited = { beat: own, heard: resolve };
      });
      const sent = client.query('select pg_notify($1, $2)', [invalidationChannel, own]);
      await withDeadline(Promise.all([sent, returned]), secondMs / 2);
      if (!closed) invalidations.setTrusted(true);
    } catch {
      drop();
    }
  }

  function drop(): void {
    invalidations.setTrusted(false);
    const lost = client;
    client = undefined;
    lost?.end().catch(() => {});
  }

  async function beatOn(): Promise<void> {
    await beat();
    if (closed) drop();
    else timer = setTimeout(beatOn, heartbeatMs);
  }

  invalidations.setTrusted(false);
  client = await connect();
  await beat();
  let timer = setTimeout(beatOn, heartbeatMs);
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}

async function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
