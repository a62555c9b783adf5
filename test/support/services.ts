// Everything that a noun or a server needs, real but for the clock.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { type Config, loadConfig, type Mode } from '../../src/config.ts';
import type { Services } from '../../src/context.ts';
import type { ControlStore } from '../../src/db/store.ts';
import { openEventStore } from '../../src/events/events.ts';
import type { MasterKey } from '../../src/lib/seal.ts';
import { buildNames } from '../../src/listening/names.ts';
import { deriveKeys } from '../../src/master-key.ts';
import { openSigningKeys } from '../../src/signing/signing-keys.ts';
import { TestClock } from './clock.ts';
import { openTestStore, type TestStore } from './store.ts';

export interface TestServices extends Services {
  /** The clock behind `services.clock`; move it with `testClock.advance(hourMs)`. */
  readonly testClock: TestClock;
  /** The test's own data folder; removed by `dispose`. */
  readonly dataFolder: string;
  /** Where the control store lies, and how to open it a second time. */
  readonly testStore: TestStore;
  /** Closes stores and removes every file. */
  dispose(): Promise<void>;
}

export interface ServicesOptions {
  /** Settings that differ from their defaults, by their names in the configuration file. */
  readonly settings?: Partial<Config>;
  readonly mode?: Partial<Mode>;
  readonly testClock?: TestClock;
}

/** A log that says nothing: Fastify's own logger at level silent. */
export const silentLog: Services['log'] = fastify({ logger: { level: 'silent' } }).log;

/** Services with a fresh control store, a fresh event store and the fake clock. Always `await services.dispose()`. */
export async function testServices(options: ServicesOptions = {}): Promise<TestServices> {
  const testClock = options.testClock ?? new TestClock();
  const dataFolder = await mkdtemp(join(tmpdir(), 'sallyport-data-'));
  const config = testConfig(dataFolder, options);
  const testStore = await openTestStore(testClock.now);
  const events = await openEventStore({
    folder: dataFolder,
    memoryBytesMax: config.eventMemoryBytesMax,
    querySecondsMax: config.querySecondsMax,
    queriesAtOnceMax: config.queriesAtOnceMax,
  });
  const shared = { store: testStore.store, clock: testClock.now, log: silentLog, config, keys: testKeys() };
  return {
    ...shared,
    events,
    names: buildNames(config),
    signing: openSigningKeys(shared),
    testClock,
    dataFolder,
    testStore,
    async dispose() {
      await events.close();
      await testStore.dispose();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** The same process's services seen from a second node: its own control store on the same database (PostgreSQL only). */
export async function secondNode(first: TestServices): Promise<Services & { readonly store: ControlStore }> {
  const store = await first.testStore.openAnother();
  return { ...first, store, signing: openSigningKeys({ ...first, store }) };
}

/** The defaults, whatever this machine's environment says, with the given settings changed. */
export function testConfig(dataFolder: string, options: ServicesOptions = {}): Config {
  const mode: Mode = { isDemo: false, vendorHosts: false, ...options.mode };
  return loadConfig(mode, {}, { dataFolder, port: 0, logLevel: 'silent', ...options.settings }).config;
}

export function testKeys(): Services['keys'] {
  return deriveKeys(randomBytes(32) as MasterKey); // A random key is as good a master key as one from a file.
}
