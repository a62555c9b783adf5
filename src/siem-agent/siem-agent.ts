// `sallyport siem-agent`: an ordinary client of the API that passes alerts and activities on to a SIEM. It asks for what
// lies behind its position, gives that over, and moves the position on when the SIEM has it (delivery.ts, progress.ts). It
// knows nothing of the server's code, and runs on any machine that reaches both.
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { openServer } from '../agent-client/server.ts';
import { StateFolder } from '../agent-client/state-folder.ts';
import { Backoff, pause } from '../agent-client/waiting.ts';
import { Delivery, type DeliveryOptions, Superseded } from './delivery.ts';
import type { Log } from './log.ts';
import { Problems } from './problems.ts';
import { Progress } from './progress.ts';
import { type DataType, type Report, ServerApi, ServerTrouble, TokenRefused } from './server-api.ts';
import type { Settings } from './settings.ts';
import { type AgentStatus, writeStatus } from './status.ts';

export interface AgentOptions extends DeliveryOptions {
  readonly server: string;
  readonly token: string;
  readonly stateFolder: string;
  readonly caFile: string | null;
  readonly proxy: URL | null;
  readonly pollSeconds: number;
  /** How often it says how it is, which is also how soon it learns of other settings. */
  readonly reportSeconds: number;
  readonly log: Log;
}

export { BrokenCheckpoint } from './progress.ts';
export { TokenRefused } from './server-api.ts';

/** Runs until `stop` is aborted. Throws TokenRefused, BrokenCheckpoint, StateFolderTaken, and what the state folder's disk says. */
export async function runSiemAgent(options: AgentOptions, stop: AbortSignal): Promise<void> {
  const folder = StateFolder.open(options.stateFolder);
  try {
    const progress = new Progress(folder);
    // Its failure ends the other part too.
    const end = new AbortController();
    const agent = new SiemAgent(options, folder, progress, AbortSignal.any([stop, end.signal]));
    const ending = (error: unknown): never => {
      end.abort();
      throw error;
    };
    const parts = await Promise.allSettled([agent.watch().catch(ending), agent.pump().catch(ending)]);
    agent.close();
    progress.close();
    for (const part of parts) if (part.status === 'rejected') throw part.reason;
  } finally {
    folder.close();
  }
}

const serverRetryMsMax = 60_000;

class SiemAgent {
  readonly #options: AgentOptions;
  readonly #folder: StateFolder;
  readonly #progress: Progress;
  readonly #stop: AbortSignal;
  readonly #api: ServerApi;
  readonly #server: ReturnType<typeof openServer>;
  readonly #delivery: Delivery;
  readonly #problems: Problems;
  #settings: Settings | undefined;
  /** Aborted when the settings change, and replaced. */
  #changed = new AbortController();
  /** Ends the pause between two reports. */
  #tell = new AbortController();
  #serverTrouble: string | null = null;

  constructor(options: AgentOptions, folder: StateFolder, progress: Progress, stop: AbortSignal) {
    const { server: url, token, caFile, proxy, version, log } = options;
    this.#options = options;
    this.#folder = folder;
    this.#progress = progress;
    this.#stop = stop;
    this.#server = openServer({ url, token, caFile, proxy, userAgent: `sallyport-siem-agent/${version}` });
    this.#api = new ServerApi(this.#server, proxy !== null);
    this.#problems = new Problems((problem) => {
      if (problem) log('error', `${problemTitles[problem.kind]}: ${problem.detail}`);
      else log('info', 'What was wrong is over.');
      this.#tell.abort();
    });
    this.#delivery = new Delivery(options, progress, this.#problems, log, stop);
    // A call that is under way when the agent is to stop is not waited for.
    stop.addEventListener('abort', () => this.#server.close(), { once: true });
  }

  /** Says how the agent is, and takes over what it is set to. */
  async watch(): Promise<void> {
    while (!this.#stop.aborted) {
      this.#tell = new AbortController();
      const settings = await this.#asking(() => this.#api.report(this.#report()));
      if (settings) this.#takeOver(settings);
      this.#writeStatus();
      await pause(this.#options.reportSeconds * 1000, AbortSignal.any([this.#stop, this.#tell.signal]));
      // What changes many times within a second is told of once.
      if (this.#tell.signal.aborted) await pause(1000, this.#stop);
    }
    this.#writeStatus();
  }

  #takeOver(settings: Settings): void {
    const known = this.#settings;
    // The name of the agent and the address of the portal have no revision.
    if (isDeepStrictEqual(known, settings)) return;
    this.#progress.claim(settings.id);
    this.#settings = settings;
    const { log } = this.#options;
    if (!settings.target) log('warning', `${settings.name} has no settings yet. Set it up at the server.`);
    else log('info', `${settings.name} ${settings.isEnabled ? 'sends' : 'is disabled at the server and waits'}.`);
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  #report(): Report {
    const { version, systemName } = this.#options;
    const { sent, lastSentAt } = this.#progress.checkpoint;
    return {
      ...{ version, systemName, lastSentAt },
      problems: this.#problems.list,
      alertsSent: sent.alerts,
      activitiesSent: sent.activities,
      isSiemDown: !this.#delivery.isWorking,
    };
  }

  /** Reads and gives over, type after type, until nothing is left; then looks again after a while. */
  async pump(): Promise<void> {
    while (!this.#stop.aborted) {
      let hasMore = false;
      for (const type of ['alerts', 'activities'] as const) hasMore = (await this.#pass(type)) || hasMore;
      if (hasMore) continue;
      await this.#repeat();
      const either = AbortSignal.any([this.#stop, this.#changed.signal]);
      await sleep(this.#options.pollSeconds * 1000, undefined, { signal: either }).catch(() => {});
    }
  }

  async #repeat(): Promise<void> {
    if (!this.#settings?.isEnabled) return;
    try {
      await this.#delivery.repeat(this.#changed.signal);
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
    }
  }

  /** One page of a type; true when there may be more. */
  async #pass(type: DataType): Promise<boolean> {
    const settings = this.#settings;
    const changed = this.#changed.signal;
    if (this.#stop.aborted || !settings?.isEnabled || !settings.target?.sends[type]) return false;
    const page = await this.#asking(() => this.#api.read(type, this.#progress.checkpoint.positions[type]));
    if (!page) return false;
    try {
      await this.#delivery.deliver(type, page.items, { settings, changed });
      await this.#delivery.pass(type, page.next);
      return page.hasMore;
    } catch (error) {
      if (error instanceof Superseded) return !this.#stop.aborted;
      throw error;
    }
  }

  /** Calls the server until it answers; undefined when the agent is to stop or what was asked for is out of date. */
  async #asking<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
    const backoff = new Backoff();
    while (!this.#stop.aborted) {
      try {
        const result = await call();
        if (this.#serverTrouble !== null) this.#options.log('info', 'The server answers again.');
        this.#serverTrouble = null;
        return result;
      } catch (error) {
        if (this.#stop.aborted) return undefined;
        if (error instanceof TokenRefused) {
          this.#options.log(
            'error',
            'Invalid token: the server does not know it. It was replaced, or the agent deleted.',
          );
          throw error;
        }
        if (!(error instanceof ServerTrouble)) throw error;
        if (error.isStale) {
          this.#tell.abort();
          return undefined;
        }
        if (this.#serverTrouble !== error.message) this.#options.log('warning', error.message);
        this.#serverTrouble = error.message;
        this.#writeStatus();
        const own = Math.min(backoff.next(), serverRetryMsMax);
        await pause(Math.max(own, (error.retryAfterSeconds ?? 0) * 1000), this.#stop);
      }
    }
    return undefined;
  }

  #writeStatus(): void {
    const { stateFolder, version, server } = this.#options;
    const { sent, lastSentAt } = this.#progress.checkpoint;
    const status: AgentStatus = {
      ...{ version, server, lastSentAt },
      at: Date.now(),
      pid: process.pid,
      isStopped: this.#stop.aborted,
      name: this.#settings?.name ?? null,
      isEnabled: this.#settings?.isEnabled ?? null,
      sent: { alerts: sent.alerts, activities: sent.activities },
      problems: this.#problems.list.map(({ kind, detail, since }) => ({ title: problemTitles[kind], detail, since })),
      serverTrouble: this.#serverTrouble,
    };
    writeStatus(this.#folder, status, (reason) =>
      this.#options.log('warning', `${stateFolder} cannot be written (${reason}).`),
    );
  }

  close(): void {
    this.#delivery.close();
    this.#server.close();
  }
}

/** The words of the documented agent (cloud-apps reference 4). */
const problemTitles = {
  internal: 'Internal error',
  send: 'Data server send error',
  connection: 'Data server connection error',
  agent: 'SIEM agent error',
  notification: 'SIEM agent notification error',
} as const;
