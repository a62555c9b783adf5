// A server process from its settings to "ready", and back down again without losing what was acknowledged.
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { type Config, ConfigProblem } from '../config.ts';
import type { Services } from '../context.ts';
import { type ControlStore, openControlStore } from '../db/store.ts';
import { listTenantSlugs } from '../directory/tenants.ts';
import { type EventStore, openEventStore } from '../events/events.ts';
import { systemClock } from '../lib/clock.ts';
import { type PreparedTls, prepareTls } from '../listening/certificates.ts';
import { checkConsistency } from '../listening/consistency.ts';
import { buildNames, genericUrl } from '../listening/names.ts';
import { deriveKeys, loadMasterKey } from '../master-key.ts';
import { openSigningKeys } from '../signing/signing-keys.ts';
import { beginDeployment, type DeploymentKind, findDeployment, hasKeysOf } from './deployment.ts';
import { openLocalSocket } from './local-socket.ts';

export interface Running {
  readonly url: string;
  readonly services: Services;
  /** Certificate of our own authority; null when clients need none of ours. */
  readonly caFile: string | null;
  /** What the operator should know, each a sentence. */
  readonly notices: readonly string[];
  /** Lets running requests end, writes what waits, closes the stores. Safe to call twice. */
  stop(): Promise<void>;
}

export const masterKeyFileName = 'master.key';
export const controlStoreFileName = 'control.sqlite';
export const demoFileName = 'demo.json';

/** A demo whose first start was interrupted before its passwords were written down; `files` are all that it left. */
export class UnfinishedDemo extends Error {
  override readonly name = 'UnfinishedDemo';
  readonly files: readonly string[];
  constructor(dataFolder: string) {
    super(`The demo in ${dataFolder} was never finished.`);
    const own = /^(control\.sqlite|events|hunting|discovery|demo\.json|master\.key|tls|local\.sock)/;
    // The control store last: as long as it is there, it says whose the rest is.
    this.files = readdirSync(dataFolder)
      .filter((name) => own.test(name))
      .sort()
      .reverse();
  }
}

/** Running requests get this long after SIGTERM before their connections are cut. */
const drainMs = 20_000;

/** Changes come in bursts; the list of tenants is looked at once they have settled. */
const tenantSettleMs = 100;

/** A server that just became ready answers those who waited for it before it loads what nobody has asked for yet. */
const settledMs = 500;

/** Called when stores are open and before the server listens; the demo makes its tenants here. */
export type Prepare = (services: Services) => Promise<void>;

/**
 * Opens the stores and listens. Throws a ConfigProblem, sentences for the operator, when settings contradict each other
 * or the data folder is not what the mode expects; nothing listens then.
 */
export async function startServer(
  config: Config,
  kind: DeploymentKind,
  prepare: Prepare = async () => {},
): Promise<Running> {
  const { problems, warnings } = checkConsistency(config);
  if (problems.length > 0) throw new ConfigProblem(problems.join('\n'));
  if (kind === 'demo') refuseForeignFolder(config.dataFolder);
  // Everything that this process writes is its operator's alone.
  if (process.platform !== 'win32') process.umask(0o077);
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') chmodSync(config.dataFolder, 0o700);
  const log = pino({ level: config.logLevel, redact: ['req.headers.authorization', 'req.headers.cookie'] });
  // The event store's engine opens in threads of its own; meanwhile the rest of the program is loaded.
  const [[store, events], { buildServer, loadTheRest }] = await Promise.all([
    openStores(config, log),
    import('../server.ts'),
  ]);
  try {
    const keys = await openDeployment(config, kind, store);
    const port = config.port === 0 ? await freePort(config.listenAddress) : config.port;
    const names = buildNames(config, port);
    const signing = openSigningKeys({ store, clock: systemClock, log, config, keys });
    const services: Services = { store, events, clock: systemClock, log, config, keys, names, signing };
    const { takeBackFollowers } = await import('../activities/restored.ts');
    await takeBackFollowers(services);
    await prepare(services);
    const slugs = await listTenantSlugs(store.db);
    const tls = await prepareTls(config, names, slugs, systemClock);
    const app = await buildServer(services, tls && { cert: tls.cert, key: tls.key });
    if (tls) followTenants(services, tls, app, slugs);
    await app.listen({ host: config.listenAddress, port });
    const local = await openLocalSocket(services);
    setTimeout(loadTheRest, settledMs).unref();
    const following = followSoon(services);
    const notices = [...warnings, ...(tls?.notices ?? []), ...(local.problem ? [local.problem] : [])];
    return {
      url: genericUrl(names),
      services,
      caFile: tls?.caFile ?? null,
      notices,
      stop: stopOnce(app, local, following, store, events),
    };
  } catch (error) {
    await Promise.allSettled([store.close(), events.close()]);
    throw error;
  }
}

/**
 * A deployment on PostgreSQL leaves key, certificates and events in its folder but no control store that could say so. The
 * demo, which begins anew when it was interrupted, must not take them for its own.
 */
function refuseForeignFolder(folder: string): void {
  if (existsSync(join(folder, controlStoreFileName))) return;
  if (![masterKeyFileName, 'tls'].some((name) => existsSync(join(folder, name)))) return;
  throw new ConfigProblem(
    `${folder} holds files of another deployment. Set SALLYPORT_DATA to another folder for the demo.`,
  );
}

async function openStores(config: Config, log: Services['log']): Promise<[ControlStore, EventStore]> {
  const where =
    config.databaseUrl === null
      ? { sqliteFile: join(config.dataFolder, controlStoreFileName) }
      : { postgresUrl: config.databaseUrl, connectionsMax: config.databaseConnectionsMax };
  // The event store first: its lock is what keeps a second process out of the folder.
  const events = await openEventStore({
    folder: config.dataFolder,
    memoryBytesMax: config.eventMemoryBytesMax,
    querySecondsMax: config.querySecondsMax,
    queriesAtOnceMax: config.queriesAtOnceMax,
    log,
  });
  try {
    return [await openControlStore(where, systemClock()), events];
  } catch (error) {
    await events.close();
    throw error;
  }
}

/** Makes sure that the store is of this kind and was made with this master key; returns the keys. */
async function openDeployment(config: Config, kind: DeploymentKind, store: ControlStore): Promise<Services['keys']> {
  const deployment = await findDeployment(store.db);
  if (kind === 'server' && (deployment?.kind === 'demo' || existsSync(join(config.dataFolder, demoFileName)))) {
    throw new ConfigProblem(
      `${config.dataFolder} holds a demo, whose passwords lie in ${demoFileName}. Set SALLYPORT_DATA to another folder for real use.`,
    );
  }
  if (kind === 'demo' && deployment?.kind === 'server') {
    throw new ConfigProblem(
      `${config.dataFolder} holds a real deployment. Set SALLYPORT_DATA to another folder for the demo.`,
    );
  }
  if (kind === 'demo' && deployment?.isComplete === false) throw new UnfinishedDemo(config.dataFolder);
  const file = join(config.dataFolder, masterKeyFileName);
  const keys = deriveKeys(readMasterKey(config, file, deployment === undefined));
  if (!deployment) await beginDeployment(store.db, kind, keys);
  const settled = deployment ?? (await findDeployment(store.db));
  if (settled && !hasKeysOf(settled, keys)) {
    throw new ConfigProblem(
      'The master key is not the one that this store was made with. Restore master.key from your backup, or set SALLYPORT_MASTER_KEY to the right value.',
    );
  }
  return keys;
}

function readMasterKey(config: Config, file: string, mayCreate: boolean) {
  try {
    return loadMasterKey(config.masterKey, file, mayCreate);
  } catch (error) {
    throw new ConfigProblem(error instanceof Error ? error.message : String(error));
  }
}

/** A port that is free now, so that names and certificates can be made before listening on it. */
async function freePort(host: string): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, host, resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('No free port was found.');
  return address.port;
}

/** A tenant that is made later gets its host into the certificate without a restart, a moment after it was made. */
function followTenants(services: Services, tls: PreparedTls, app: FastifyInstance, slugsNow: readonly string[]): void {
  let certified = slugsNow.join();
  let isWaiting = false;
  const renew = async (): Promise<void> => {
    isWaiting = false;
    const slugs = await listTenantSlugs(services.store.db);
    if (slugs.join() === certified) return;
    const renewed = await tls.refresh(slugs);
    // The app was built with TLS options, so its server is a TLS server.
    if (renewed) (app.server as unknown as TlsServer).setSecureContext(renewed);
    certified = slugs.join();
  };
  services.store.invalidations.subscribe(() => {
    if (isWaiting) return;
    isWaiting = true;
    const failed = (error: unknown) =>
      services.log.error({ err: error }, 'the certificate could not be renewed for a new tenant');
    setTimeout(() => renew().catch(failed), tenantSettleMs).unref();
  });
}

/** Begins to follow activities when the server has settled, with what is loaded only then. */
function followSoon(services: Services): { stop(): Promise<void> } {
  let begun: Promise<{ stop(): Promise<void> }> | undefined;
  const timer = setTimeout(() => {
    begun = import('./followers.ts').then(({ followEverything }) => followEverything(services));
    begun.catch((error: unknown) => services.log.error({ err: error }, 'activities are not followed'));
  }, settledMs);
  timer.unref();
  return {
    async stop() {
      clearTimeout(timer);
      const following = await begun?.catch(() => undefined);
      await following?.stop();
    },
  };
}

function stopOnce(
  app: FastifyInstance,
  local: { close(): Promise<void> },
  following: { stop(): Promise<void> },
  store: ControlStore,
  events: EventStore,
): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  return () => {
    stopping ??= (async () => {
      const cut = setTimeout(() => app.server.closeAllConnections(), drainMs);
      await local.close();
      await app.close();
      clearTimeout(cut);
      await following.stop();
      await events.close();
      await store.close();
    })();
    return stopping;
  };
}
