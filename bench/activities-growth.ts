// One user's day among a million activities of thirty days, newest first, through HTTP with the total, against the same
// among ten thousand: what a list costs when the store has grown.
import { insertActivities } from '../src/activities/store.ts';
import { dayMs } from '../src/lib/clock.ts';
import { makeTenant } from '../test/support/accounts.ts';
import { madeActivity, someTime } from '../test/support/activities.ts';
import { makePerson, makeToken, startTestServer } from '../test/support/server.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { LeanClient } from './support/client.ts';

const days = 30;
/** Of each user, in both stores: so the page and the total are alike. */
const activitiesPerUser = 10_000;
const batchRows = 8192;
const recordBytes = 1500;
/** Records come in about the order in which things happened. */
const lateMsMax = 10 * 60_000;

export const bench: Bench = {
  name: '1,000,000 activities over 30 days: one user and one day, newest first, 100 rows and the total, time',
  against: 'the same with 10,000 activities',
  atMost: 4,
  run,
};

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const rounds = smoke ? 3 : 40;
  const few = await startSide(smoke ? 2000 : 10_000, log);
  const many = await startSide(smoke ? 20_000 : 1_000_000, log);
  try {
    const times = { few: [] as number[], many: [] as number[] };
    for (let round = -5; round < rounds; round++) {
      const [fewMs, manyMs] = [await few.timeDay(round + 5), await many.timeDay(round + 5)];
      if (round < 0) continue;
      times.few.push(fewMs);
      times.many.push(manyMs);
    }
    const [fewMs, manyMs] = [median(times.few), median(times.many)];
    const detail = `${manyMs.toFixed(2)} against ${fewMs.toFixed(2)} ms, medians of ${rounds} alternating calls`;
    return { ratio: manyMs / fewMs, detail };
  } finally {
    await few.stop();
    await many.stop();
  }
}

interface Side {
  /** Milliseconds that the page of that day takes; every call asks for another day or user. */
  timeDay(round: number): Promise<number>;
  stop(): Promise<void>;
}

async function startSide(rows: number, log: BenchOptions['log']): Promise<Side> {
  const server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000 } });
  const tenant = await makeTenant(server.services);
  const token = await makeToken(server, await makePerson(server, tenant, 'security-administrator'));
  const users = Math.max(1, Math.round(rows / activitiesPerUser));
  for (let start = 0; start < rows; start += batchRows) {
    await insertActivities(
      server.services.events,
      tenant.id,
      sampleRows(start, Math.min(batchRows, rows - start), rows, users),
    );
  }
  log(`${rows} activities of ${users} users stored`);
  let client: LeanClient | undefined;
  return {
    async timeDay(round) {
      const day = someTime + (1 + (round % (days - 2))) * dayMs;
      const filters = {
        'user.username': { eq: [nameOf(round % users)] },
        date: { gte: day, lte: day + dayMs },
      };
      const query = new URLSearchParams({ limit: '100', filters: JSON.stringify(filters) });
      const request = `GET /api/v1/activities/?${query} HTTP/1.1\r\nHost: localhost:${server.port}\r\nAuthorization: Token ${token.value}\r\n\r\n`;
      // Opened with the first call: while the other side is stored, the server would close an idle connection.
      client ??= await LeanClient.open(server.port);
      const startedAt = performance.now();
      const bytes = await client.call(request);
      const ms = performance.now() - startedAt;
      if (bytes < recordBytes) throw new Error(`The answer has ${bytes} bytes: no page.`);
      return ms;
    },
    async stop() {
      client?.close();
      await server.dispose();
    },
  };
}

function sampleRows(start: number, count: number, rows: number, users: number) {
  return Array.from({ length: count }, (_, offset) => {
    const index = start + offset;
    const late = (index * 7919) % lateMsMax;
    const timestamp = someTime + Math.floor((index / rows) * days * dayMs) - late;
    const made = madeActivity(index, { timestamp, userName: nameOf(index % users) });
    return { ...made, record: JSON.stringify({ _id: made.id, timestamp, filling: 'x'.repeat(recordBytes) }) };
  });
}

function nameOf(user: number): string {
  return `user${user}@contoso.example`;
}
