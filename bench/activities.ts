// GET /api/v1/activities/?limit=100 through HTTP, against the bare query for the same rows, fetched: what authentication,
// throttling, counting the total and HTTP cost on top of the engine.
import { insertActivities, listStoredActivities } from '../src/activities/store.ts';
import { name, sql } from '../src/events/sql.ts';
import { makeTenant } from '../test/support/accounts.ts';
import { madeActivity } from '../test/support/activities.ts';
import { makePerson, makeToken, startTestServer } from '../test/support/server.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { LeanClient } from './support/client.ts';

const pageRows = 100;
/** Records of the documented kind are about this long. */
const recordBytes = 1500;
const batchRows = 8192;

export const bench: Bench = {
  name: 'GET /api/v1/activities/?limit=100 through HTTP',
  against: 'the bare DuckDB query for the same rows, fetched',
  atLeast: 0.7,
  run,
};

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const rows = smoke ? 5000 : 100_000;
  const [rounds, callsPerRound] = smoke ? [3, 3] : [60, 5];
  const server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000 } });
  const { events } = server.services;
  const client = await LeanClient.open(server.port);
  try {
    const tenant = await makeTenant(server.services);
    const token = await makeToken(server, await makePerson(server, tenant, 'security-administrator'));
    for (let start = 0; start < rows; start += batchRows) {
      await insertActivities(events, tenant.id, sampleRows(start, Math.min(batchRows, rows - start)));
    }
    log(`${rows} activities stored`);
    // Every call asks another question, so that what an engine or a server may remember of earlier ones is no help.
    let asked = 0;
    const bare = async () => {
      const where = sql`${name('timestamp')} >= ${asked++}`;
      const page = { where, sortBy: 'timestamp', direction: 'desc', skip: 0, limit: pageRows } as const;
      return (await listStoredActivities(events, tenant.id, page)).length;
    };
    const throughHttp = () => client.call(pageRequest(server.port, token.value, asked++));
    const expectedBytes = await throughHttp();
    const times = { bare: [] as number[], http: [] as number[] };
    for (let round = 0; round <= rounds; round++) {
      const bareMs = await timed(callsPerRound, bare, (count) => count === pageRows);
      const httpMs = await timed(callsPerRound, throughHttp, (bytes) => bytes === expectedBytes);
      // The first round warms up.
      if (round > 0) {
        times.bare.push(bareMs);
        times.http.push(httpMs);
      }
    }
    const [bareMs, httpMs] = [median(times.bare), median(times.http)];
    // Each round compares neighbours in time, so that whatever else the machine does meets both alike.
    const ratios = times.bare.map((ms, round) => ms / (times.http[round] ?? Number.NaN));
    return {
      ratio: median(ratios),
      detail: `bare ${bareMs.toFixed(2)} ms, HTTP ${httpMs.toFixed(2)} ms a call, medians of ${rounds} alternating rounds of ${callsPerRound}, ${rows} activities`,
    };
  } finally {
    client.close();
    await server.dispose();
  }
}

function sampleRows(start: number, count: number) {
  return Array.from({ length: count }, (_, offset) => {
    const index = start + offset;
    const plain = { _id: `${index}`, user: { userName: `user${index % 500}@contoso.example` }, padding: '' };
    const padding = `${index} file activity of the sample `
      .repeat(60)
      .slice(0, recordBytes - JSON.stringify(plain).length);
    return madeActivity(index, { record: JSON.stringify({ ...plain, padding }) });
  });
}

/** Milliseconds a call. */
async function timed(
  calls: number,
  call: () => Promise<number>,
  isRight: (result: number) => boolean,
): Promise<number> {
  const start = performance.now();
  for (let done = 0; done < calls; done++) {
    const result = await call();
    if (!isRight(result)) throw new Error(`A call gave ${result}.`);
  }
  return (performance.now() - start) / calls;
}

/** Asks for the newest page since that time, which is before all of the sample. */
function pageRequest(port: number, token: string, since: number): string {
  const filters = encodeURIComponent(JSON.stringify({ date: { gte: since } }));
  const path = `/api/v1/activities/?limit=${pageRows}&filters=${filters}`;
  return `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nAuthorization: Token ${token}\r\n\r\n`;
}
