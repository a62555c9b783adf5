// For whoever runs the server: is it alive, may it get traffic, how is it doing.
import { statfs } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Services } from '../context.ts';
import { isInRanges } from '../lib/addresses.ts';
import { StoreUnavailable } from '../lib/failures.ts';

/** Asked of every request, so it takes no more than a look at the beginning. */
export function isHealthPath(url: string): boolean {
  return (url.startsWith('/healthz') || url.startsWith('/readyz') || url.startsWith('/metrics')) && isWhole(url);
}

function isWhole(url: string): boolean {
  const path = url.split('?', 1)[0];
  return path === '/healthz' || path === '/readyz' || path === '/metrics';
}

/** `/healthz` the process answers; `/readyz` both stores do and the disk has room; `/metrics` for Prometheus. */
export function healthRoutes(app: FastifyInstance, services: Services): void {
  const requests = watchRequests(app);
  let processMetrics: Promise<Registry> | undefined;
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const checks = {
      controlStore: await state(services.store.ping()),
      eventStore: await state(services.events.ping()),
      disk: await diskState(services),
    };
    const isReady = Object.values(checks).every((each) => each === 'ok');
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', checks });
  });

  app.get('/metrics', async (request, reply) => {
    // The numbers tell how busy a deployment is; that is for its operator.
    if (!isInRanges(request.ip, services.config.metricsFrom)) return reply.code(404).send({ detail: 'Not found.' });
    processMetrics ??= openProcessMetrics();
    const registry = await processMetrics;
    return reply.type(registry.contentType).send(`${await registry.metrics()}${requests()}`);
  });
}

async function state(check: Promise<void>): Promise<string> {
  try {
    await check;
    return 'ok';
  } catch (error) {
    return error instanceof StoreUnavailable ? error.message : 'It does not answer.';
  }
}

async function diskState(services: Services): Promise<string> {
  const disk = await statfs(services.config.dataFolder).catch(() => undefined);
  if (!disk) return 'The data folder cannot be read.';
  const freeBytes = disk.bavail * disk.bsize;
  return freeBytes >= services.config.diskReserveBytes
    ? 'ok'
    : `Only ${freeBytes} bytes are free; diskReserveBytes asks for ${services.config.diskReserveBytes}.`;
}

/** What the process uses. The library is loaded when somebody first reads it: a start need not wait for it. */
async function openProcessMetrics(): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });
  return registry;
}

/**
 * Counts and times every request of the whole server, by surface and status; paths and tenants stay out of the labels.
 * Returns what writes them in Prometheus' text format: the library's own way costs more per request than checking a token.
 */
function watchRequests(app: FastifyInstance): () => string {
  const counts = new Map<string, number>();
  const durations = new Map<string, Durations>();
  let started = 0;
  let finished = 0;
  app.addHook('onRequest', (_request, _reply, done) => {
    started++;
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    finished++;
    const surface = surfaceOf(request.url);
    const status = String(reply.statusCode);
    const labels = `surface="${surface}",method="${request.method}",status="${status}"`;
    counts.set(labels, (counts.get(labels) ?? 0) + 1);
    observe(durations, surface, reply.elapsedTime / 1000);
    done();
  });
  return () => `${countLines(counts)}${runningLines(started - finished)}${durationLines(durations)}`;
}

function countLines(counts: ReadonlyMap<string, number>): string {
  const name = 'sallyport_requests_total';
  const lines = ['', `# HELP ${name} Requests answered.`, `# TYPE ${name} counter`];
  for (const [labels, count] of counts) lines.push(`${name}{${labels}} ${count}`);
  return `${lines.join('\n')}\n`;
}

function runningLines(running: number): string {
  const name = 'sallyport_requests_running';
  return `\n# HELP ${name} Requests under way.\n# TYPE ${name} gauge\n${name} ${running}\n`;
}

/** Upper bounds in seconds. */
const durationBounds = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];

interface Durations {
  /** Requests up to each bound but beyond the one before; the last is for those beyond all. */
  readonly counts: number[];
  sum: number;
}

function observe(durations: Map<string, Durations>, surface: string, seconds: number): void {
  let known = durations.get(surface);
  if (!known) {
    known = { counts: new Array(durationBounds.length + 1).fill(0), sum: 0 };
    durations.set(surface, known);
  }
  let bucket = 0;
  while (bucket < durationBounds.length && seconds > (durationBounds[bucket] ?? 0)) bucket++;
  known.counts[bucket] = (known.counts[bucket] ?? 0) + 1;
  known.sum += seconds;
}

function durationLines(durations: ReadonlyMap<string, Durations>): string {
  const name = 'sallyport_request_seconds';
  const lines = ['', `# HELP ${name} Time from the request to its answer.`, `# TYPE ${name} histogram`];
  for (const [surface, { counts, sum }] of durations) {
    let total = 0;
    for (const [index, count] of counts.entries()) {
      total += count;
      lines.push(`${name}_bucket{le="${durationBounds[index] ?? '+Inf'}",surface="${surface}"} ${total}`);
    }
    lines.push(`${name}_sum{surface="${surface}"} ${sum}`, `${name}_count{surface="${surface}"} ${total}`);
  }
  return `${lines.join('\n')}\n`;
}

function surfaceOf(url: string): string {
  if (url.startsWith('/management/')) return 'management';
  if (url.startsWith('/api/') || url.startsWith('/cas/')) return 'cloud-apps';
  return 'other';
}
