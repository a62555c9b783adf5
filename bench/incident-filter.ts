// The first page of the open incidents of a tenant that has collected many, through HTTP with an app's token, against the
// same of a small tenant. Where there are many, the open ones are the oldest: nothing but the filter leads to them.
import { ingestIncidents } from '../src/incidents/ingest.ts';
import { appToken, makeStory } from '../test/support/bearers.ts';
import { sampleAlert, sampleIncident, timeAt } from '../test/support/incidents.ts';
import { ctxOf, inPieces } from '../test/support/ingestion.ts';
import { startTestServer, type TestServer } from '../test/support/server.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { LeanClient } from './support/client.ts';

const alertsEach = 5;
/** Of both tenants, so that the pages are alike. */
const openMin = 100;
const incidentBytes = 4000;
const incidentsAtOnce = 1000;
const path = "/api/incidents?$filter=status+eq+'Active'";

export const bench: Bench = {
  name: "100,000 alerts in 20,000 incidents: first page of /api/incidents?$filter=status eq 'Active', time",
  against: 'the same with 1,000 alerts in 200 incidents',
  atMost: 2,
  run,
};

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const rounds = smoke ? 3 : 200;
  const settings = {
    appRequestsPerMinute: 1_000_000,
    incidentListsPerMinute: 1_000_000,
    incidentCallsPerHour: 1_000_000,
  };
  const server = await startTestServer({ settings });
  try {
    const few = await startSide(server, 200, log);
    const many = await startSide(server, smoke ? 1000 : 20_000, log);
    const times = { few: [] as number[], many: [] as number[] };
    for (let round = -20; round < rounds; round++) {
      const [fewMs, manyMs] = [await few.timePage(), await many.timePage()];
      if (round < 0) continue;
      times.few.push(fewMs);
      times.many.push(manyMs);
    }
    few.stop();
    many.stop();
    const [fewMs, manyMs] = [median(times.few), median(times.many)];
    const detail = `${manyMs.toFixed(2)} against ${fewMs.toFixed(2)} ms, medians of ${rounds} alternating calls`;
    return { ratio: manyMs / fewMs, detail };
  } finally {
    await server.dispose();
  }
}

interface Side {
  /** Milliseconds that the page takes. */
  timePage(): Promise<number>;
  stop(): void;
}

async function startSide(server: TestServer, incidents: number, log: BenchOptions['log']): Promise<Side> {
  const story = await makeStory(server.services);
  const open = Math.max(openMin, incidents / 10);
  const ctx = ctxOf(server.services, story.tenant);
  for (let start = 1; start <= incidents; start += incidentsAtOnce) {
    const count = Math.min(incidentsAtOnce, incidents - start + 1);
    const lines = Array.from({ length: count }, (_, offset) => line(start + offset, open)).join('\n');
    await ingestIncidents(ctx, inPieces(lines), 'bench');
  }
  log(`${incidents} incidents stored`);
  const token = await appToken(server.services, story);
  const request = `GET ${path} HTTP/1.1\r\nHost: localhost:${server.port}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  let client: LeanClient | undefined;
  return {
    async timePage() {
      // Opened with the first call: while the other side is stored, the server would close an idle connection.
      client ??= await LeanClient.open(server.port);
      const startedAt = performance.now();
      const bytes = await client.call(request);
      const ms = performance.now() - startedAt;
      if (bytes < openMin * incidentBytes) throw new Error(`The answer has ${bytes} bytes: no full page.`);
      return ms;
    },
    stop: () => client?.close(),
  };
}

function line(id: number, open: number): string {
  const time = timeAt(id * 10_000_000);
  const alerts = Array.from({ length: alertsEach }, (_, index) => sampleAlert(id * 10 + index, time));
  return JSON.stringify(sampleIncident(id, { status: id <= open ? 'Active' : 'Resolved', alerts }));
}
