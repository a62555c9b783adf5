// Ten thousand rows with every column of DeviceProcessEvents, asked for over HTTP, from the first byte sent to the last
// one received, against the same engine giving the same rows as JSON text (`to_json`) that nobody reads, turn by turn.
import { huntingCatalogue } from '../src/hunting/hunting.ts';
import { beginHunting, type HuntingStory } from '../test/support/hunting-calls.ts';
import { startTestServer } from '../test/support/server.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { timedCalls } from './support/hunting-client.ts';
import { processEvents } from './support/process-events.ts';

export const bench: Bench = {
  name: '10,000 wide rows over HTTP, first byte to last',
  against: 'the engine giving the same rows as JSON text',
  atMost: 2,
  run,
};

const atOnce = 250;

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const rows = smoke ? 100 : 10_000;
  const settings = { sessionRequestsPerMinute: 100_000, huntingSecondsPerCycle: 100_000, huntingDays: 3650 };
  const server = await startTestServer({ settings });
  try {
    const hunting = await beginHunting(server, 0);
    const records = processEvents(rows).map((line): unknown => JSON.parse(line));
    for (let from = 0; from < rows; from += atOnce) await hunting.ingest(records.slice(from, from + atOnce));
    const rounds = smoke ? 1 : 9;
    const [overHttp, alone]: [number[], number[]] = [[], []];
    let bytes = 0;
    for (let round = 0; round <= rounds; round += 1) {
      const engine = await timeOfEngine(hunting, rows);
      const authorization = `Bearer ${hunting.admin.session}`;
      const query = 'DeviceProcessEvents';
      const [call] = await timedCalls({ port: server.port, authorization, query, count: 1, pauseMs: 0 });
      // The first round warms up.
      if (round === 0 || !call) continue;
      bytes = call.bytes;
      overHttp.push(call.ms);
      alone.push(engine);
      log(`round ${round}: engine ${engine.toFixed(0)} ms, over HTTP ${call.ms.toFixed(0)} ms`);
    }
    return {
      ratio: median(overHttp) / median(alone),
      detail: `${rows} rows, ${(bytes / 1e6).toFixed(1)} MB: ${median(overHttp).toFixed(0)} ms, the engine ${median(alone).toFixed(0)} ms`,
    };
  } finally {
    await server.dispose();
  }
}

async function timeOfEngine({ server, tenantId }: HuntingStory, rows: number): Promise<number> {
  const table = huntingCatalogue().tables.find(({ name }) => name === 'DeviceProcessEvents');
  const names = table?.columns.map(({ name }) => `"${name}"`).join(', ') ?? '';
  const sql = `select to_json(r)::VARCHAR from (select ${names} from ${table?.source} where "${table?.tenantColumn}" = $1) as r`;
  const begun = performance.now();
  let count = 0;
  const query = { sql, values: [{ uuid: tenantId }], secondsMax: 60, rowsMax: rows };
  for await (const chunk of server.services.events.hunt(query)) count += chunk.rowCount;
  if (count !== rows) throw new Error(`Of ${rows} rows ${count} came back.`);
  return performance.now() - begun;
}
