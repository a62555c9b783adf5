// The servers that bench/incidents.ts asks, in one process of their own, so that they meet the same memory and the same
// file: the whole program, and plain node:http around the bare query. On a message it measures the bare query alone.
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { type Incident, isIncidentProblem, readIncident } from '../../src/incidents/incident.ts';
import { takeIn } from '../../src/incidents/taking-in.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { appToken, makeStory } from '../../test/support/bearers.ts';
import { sampleAlert, sampleIncident, timeAt } from '../../test/support/incidents.ts';
import { freePort } from '../../test/support/postgres-server.ts';
import { startNode } from '../../test/support/server.ts';
import { testServices } from '../../test/support/services.ts';

/** What the process tells its parent when it listens. */
export interface Listening {
  readonly port: number;
  /** Of plain node:http. */
  readonly plainPort: number;
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
const pieceLength = 32_768;

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
  await base.store.change(story.tenant.id, (trx) => takeIn(trx, story.tenant.id, batch, 0n, manyCalls));
}
const { where } = base.testStore;
if (!('sqliteFile' in where)) throw new Error('The bare query is one of SQLite.');
const bare = new DatabaseSync(where.sqliteFile, { readOnly: true });
const bareQuery = bare.prepare(
  'select "body" from "incidents" where "tenantId" = ? order by "updatedTicks" desc, "incidentId" desc limit ?',
);
/** The same rows sent as quickly as node:http can: lengths from the store, pieces that need no encoding. */
const plainQuery = bare.prepare(
  'select "body", "bodyBytes" from "incidents" where "tenantId" = ? order by "updatedTicks" desc, "incidentId" desc limit ?',
);
const plain = createServer((_request, response) => {
  const found = plainQuery.all(story.tenant.id, pageRows);
  const bytes = found.reduce((sum, { bodyBytes }) => sum + Number(bodyBytes) + 1, '{"value":['.length + 1);
  response.setHeader('content-type', 'application/json; charset=utf-8').setHeader('content-length', bytes);
  response.cork();
  let piece = '{"value":[';
  for (const [index, { body }] of found.entries()) {
    piece += index === 0 ? body : `,${body}`;
    if (piece.length < pieceLength) continue;
    response.write(piece, 'latin1');
    piece = '';
  }
  response.end(`${piece}]}`, 'latin1');
  response.uncork();
});
const plainPort = await freePort();
await new Promise<void>((resolve) => plain.listen(plainPort, '127.0.0.1', resolve));

// The parent ends us by closing the channel.
process.on('disconnect', () => void stop().then(() => process.exit(0)));
process.on('message', (message) => {
  const { durationMs } = message as BareRun; // The only message that bench/incidents.ts sends.
  process.send?.(runBare(durationMs));
});
process.send?.({ port, plainPort, token: await appToken(services, story) } satisfies Listening);

/** Texts of the page's bodies, with nothing of ours around the prepared statement. */
function runBare(durationMs: number): BareRate {
  const startedAt = performance.now();
  let queries = 0;
  while (performance.now() - startedAt < durationMs) {
    const found = bareQuery.all(story.tenant.id, pageRows);
    if (found.length !== pageRows) throw new Error(`The query gave ${found.length} rows.`);
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
  plain.close();
  plain.closeAllConnections();
  bare.close();
  await base.dispose();
}
