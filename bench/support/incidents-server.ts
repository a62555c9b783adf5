// The server that bench/incidents.ts asks, in a process of its own, with incidents in its store. On a message it measures
// the bare query in the same process, so that both meet the same memory and the same store.
import { type Incident, isIncidentProblem, readIncident } from '../../src/incidents/incident.ts';
import { listBodies, storeIncidents } from '../../src/incidents/store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { appToken, makeStory } from '../../test/support/bearers.ts';
import { sampleAlert, sampleIncident, timeAt } from '../../test/support/incidents.ts';
import { freePort } from '../../test/support/postgres-server.ts';
import { startNode } from '../../test/support/server.ts';
import { testServices } from '../../test/support/services.ts';

/** What the process tells its parent when it listens. */
export interface Listening {
  readonly port: number;
  /** An app's access token. */
  readonly token: string;
}

/** What the parent may ask for: the bare query, again and again for so long. */
export interface BareRun {
  readonly durationMs: number;
}

/** The answer to it. */
export interface BareRate {
  readonly queriesPerSecond: number;
}

const pageRows = 50;
const batchRows = 500;
const manyCalls = 1_000_000;
const bodyBytesMax = 65_536;

const rows = Number(process.argv[2]);
const port = await freePort();
const base = await testServices({
  settings: {
    port,
    appRequestsPerMinute: manyCalls,
    incidentListsPerMinute: manyCalls,
    incidentCallsPerHour: manyCalls,
  },
});
const services = { ...base, clock: systemClock };
const node = await startNode(services, port);
const story = await makeStory(services);
for (let start = 1; start <= rows; start += batchRows) {
  const batch = Array.from({ length: Math.min(batchRows, rows - start + 1) }, (_, offset) => sample(start + offset));
  await base.store.transaction((trx) => storeIncidents(trx, story.tenant.id, batch));
}

// The parent ends us by closing the channel.
process.on('disconnect', () => void stop().then(() => process.exit(0)));
process.on('message', (message) => {
  const { durationMs } = message as BareRun; // The only message that bench/incidents.ts sends.
  void runBare(durationMs).then((rate) => process.send?.(rate));
});
process.send?.({ port, token: await appToken(services, story) } satisfies Listening);

async function runBare(durationMs: number): Promise<BareRate> {
  const startedAt = performance.now();
  const page = { where: null, after: null, skip: 0, limit: pageRows };
  let queries = 0;
  while (performance.now() - startedAt < durationMs) {
    const bodies = await listBodies(base.store.db, story.tenant.id, page, bodyBytesMax);
    if (bodies.length !== pageRows) throw new Error(`The query gave ${bodies.length} rows.`);
    queries++;
  }
  return { queriesPerSecond: queries / ((performance.now() - startedAt) / 1000) };
}

/** Two alerts each: about 3 kB. */
function sample(id: number): Incident {
  const alerts = [1, 2].map((alert) => sampleAlert(id * 10 + alert, timeAt(id)));
  const incident = readIncident(sampleIncident(id, { alerts }));
  if (isIncidentProblem(incident)) throw new Error(incident.reason);
  return incident;
}

async function stop(): Promise<void> {
  await node.stop();
  await base.dispose();
}
