// For whoever runs the server: is it alive, may it get traffic, how is it doing.
import { statfs } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Services } from '../context.ts';
import { isInRanges } from '../lib/addresses.ts';
import { StoreUnavailable } from '../lib/failures.ts';
import type { RequestCounts } from './request-counts.ts';

/** Asked of every request, so it takes no more than a look at the beginning. */
export function isHealthPath(url: string): boolean {
  return (url.startsWith('/healthz') || url.startsWith('/readyz') || url.startsWith('/metrics')) && isWhole(url);
}

function isWhole(url: string): boolean {
  const path = url.split('?', 1)[0];
  return path === '/healthz' || path === '/readyz' || path === '/metrics';
}

/** `/healthz` the process answers; `/readyz` both stores do and the disk has room; `/metrics` for Prometheus. */
export function healthRoutes(app: FastifyInstance, services: Services, requests: RequestCounts): void {
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
    return reply.type(registry.contentType).send(`${await registry.metrics()}${requests.text()}`);
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
