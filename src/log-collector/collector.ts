// The log collector: takes in what appliances send, keeps it on the disk until the server has it, and learns from the server
// what to take in. It goes on receiving whatever becomes of the server.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { type AgentServer, openServer, ServerRefusal } from '../agent-client/server.ts';
import { StateFolder } from '../agent-client/state-folder.ts';
import { pause } from '../agent-client/waiting.ts';
import { receiveFtp } from './ftp/server.ts';
import { Inputs } from './inputs.ts';
import type { Receiver, TlsFiles } from './receivers.ts';
import {
  type CollectorReport,
  type CollectorSettings,
  formerOf,
  parseSettings,
  reportPath,
  settingsPath,
} from './settings.ts';
import { Spool } from './spool.ts';
import { type CollectorStatus, writeStatus } from './status.ts';
import { throttled } from './throttled.ts';
import { TokenRefused, Uploader } from './uploader.ts';

export interface CollectorOptions {
  readonly server: { readonly url: string; readonly caFile: string | null; readonly proxy: URL | null };
  readonly token: string;
  readonly version: string;
  readonly stateFolder: string;
  /** The address that ports are opened on. */
  readonly host: string;
  readonly tls: TlsFiles | null;
  readonly ftp: FtpSettings | null;
  readonly spoolBytesMax: number;
  /** A piece of a log is closed and sent when it is so large, or so old. */
  readonly segmentBytesMax: number;
  readonly flushMs: number;
  readonly fileBytesMax: number;
  /** The server is asked for settings and told of the state so often. */
  readonly pollMs: number;
  readonly log: (message: string) => void;
}

export interface FtpSettings {
  readonly port: number;
  readonly userName: string;
  readonly password: string;
  readonly publicAddress: string | null;
  readonly firstPassivePort: number;
  readonly lastPassivePort: number;
}

const settingsFile = 'settings.json';
const tickMs = 1000;

export class Collector {
  readonly #options: CollectorOptions;
  readonly #folder: StateFolder;
  readonly #spool: Spool;
  readonly #inputs: Inputs;
  readonly #server: AgentServer;
  readonly #uploader: Uploader;
  readonly #ending = new AbortController();
  readonly #startedAt = Date.now();
  #settings: CollectorSettings | null = null;
  #ftp: Receiver | null = null;
  #serverAnsweredAt: number | null = null;
  #serverProblem: string | null = null;
  #ftpProblem: string | null = null;
  #running: Promise<unknown> | undefined;
  #droppedBefore = 0;
  #keptText = '';
  #tickProblem: string | null = null;

  /** Takes the state folder; throws StateFolderTaken when another collector works with it. */
  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#folder = StateFolder.open(options.stateFolder);
    const { spoolBytesMax: bytesMax, segmentBytesMax } = options;
    this.#spool = new Spool({ folder: join(options.stateFolder, 'spool'), bytesMax, segmentBytesMax });
    const { host, tls, fileBytesMax, log } = options;
    this.#inputs = new Inputs(this.#spool, { host, tls, fileBytesMax, log });
    const userAgent = `sallyport-log-collector/${options.version}`;
    this.#server = openServer({ ...options.server, token: options.token, userAgent });
    this.#uploader = new Uploader(this.#server, this.#spool, () => this.#inputs.uploading());
  }

  /** Begins with the settings that it had before, whether the server answers or not; it waits for the server if it had none. */
  async start(): Promise<void> {
    const kept = this.#keptSettings();
    if (kept) await this.#apply(kept);
    else await this.#ask();
    const { signal } = this.#ending;
    this.#running = Promise.all([this.#upload(signal), this.#poll(signal, kept !== null), this.#tick(signal)]);
  }

  #keptSettings(): CollectorSettings | null {
    const kept = this.#folder.read(settingsFile);
    if (kept === null) return null;
    try {
      const given: unknown = JSON.parse(kept);
      this.#inputs.remember(formerOf(given));
      return parseSettings(given);
    } catch {
      this.#options.log(`${settingsFile} of the state folder is damaged: the server is asked for the settings.`);
      return null;
    }
  }

  status(): CollectorStatus {
    const { inputs, ...report } = this.#report();
    return {
      ...report,
      name: this.#settings?.name ?? null,
      server: this.#server.origin,
      pid: process.pid,
      updatedAt: Date.now(),
      serverAnsweredAt: this.#serverAnsweredAt,
      ftpPort: this.#ftp?.port ?? null,
      inputs: inputs.flatMap((each) => {
        const open = this.#inputs.all().get(each.id);
        if (!open) return [];
        const { name, source, receiverType } = open.input;
        const { receiver } = open;
        const connections = receiver?.connections() ?? 0;
        return [{ ...each, name, source, receiverType, port: receiver?.port ?? null, connections }];
      }),
    };
  }

  #report(): CollectorReport {
    return {
      version: this.#options.version,
      systemName: hostname(),
      startedAt: this.#startedAt,
      bytesWaiting: this.#spool.bytes,
      bytesWaitingMax: this.#spool.bytesMax,
      inputs: [...this.#inputs.all().values()].map(({ input, counts }) => {
        const channel = this.#spool.channel(input.id);
        return counts.report(input, channel.bytes, channel.dropped);
      }),
      problem: this.#serverProblem ?? this.#uploader.problem ?? this.#ftpProblem ?? this.#tickProblem,
    };
  }

  /** Asks for the settings and tells how it is. Failures are kept as what is wrong, and it is asked again later. */
  async #ask(): Promise<void> {
    try {
      const settings = parseSettings(await this.#server.call('GET', settingsPath));
      this.#serverAnsweredAt = Date.now();
      const isOpen = this.#ftpProblem === null && !this.#hasClosedInputs();
      if (settings.revision !== this.#settings?.revision || !isOpen) await this.#apply(settings);
      this.#keepSettings(settings);
      await this.#server.call('POST', reportPath, this.#report());
      this.#serverProblem = null;
    } catch (error) {
      const advice =
        error instanceof ServerRefusal && error.isOfToken ? ' Restart the collector with its new token.' : '';
      const problem = messageOf(error) + advice;
      if (this.#serverProblem !== problem) this.#options.log(`The server: ${problem}`);
      this.#serverProblem = problem;
    }
  }

  /** For a start without the server. A full disk must not keep the server from learning of it. */
  #keepSettings(settings: CollectorSettings): void {
    const text = JSON.stringify({ ...settings, former: this.#inputs.former() });
    if (text === this.#keptText) return;
    try {
      this.#folder.write(settingsFile, text);
      this.#keptText = text;
    } catch (error) {
      this.#options.log(`The settings could not be written: ${messageOf(error)}`);
    }
  }

  #hasClosedInputs(): boolean {
    return [...this.#inputs.all().values()].some(({ counts }) => counts.receivingProblem !== null);
  }

  async #apply(settings: CollectorSettings): Promise<void> {
    this.#settings = settings;
    await this.#inputs.apply(settings.inputs);
    const wantsFtp = this.#inputs.directories().length > 0;
    if (wantsFtp && !this.#ftp) this.#ftp = await this.#openFtp();
    if (!wantsFtp && this.#ftp) {
      await this.#ftp.close();
      this.#ftp = null;
    }
    if (!wantsFtp) this.#ftpProblem = null;
  }

  async #openFtp(): Promise<Receiver | null> {
    const { ftp, tls, host, log } = this.#options;
    this.#ftpProblem = null;
    if (!ftp) {
      this.#ftpProblem = 'There are data sources that come by FTP: give the FTP password with --ftp-password-file.';
      return null;
    }
    const { port, userName, password, publicAddress, firstPassivePort: firstPort, lastPassivePort: lastPort } = ftp;
    const secureContext = tls ? createSecureContext({ cert: tls.certificate, key: tls.key }) : null;
    try {
      return await receiveFtp(
        { host, port },
        {
          ...{ userName, password, publicAddress, secureContext, passive: { host, firstPort, lastPort } },
          directories: () => this.#inputs.directories(),
          complain: throttled((message) => log(`FTP: ${message}`)),
        },
      );
    } catch (error) {
      this.#ftpProblem = `The FTP port ${port} cannot be opened: ${messageOf(error)}`;
      log(this.#ftpProblem);
      return null;
    }
  }

  async #upload(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#uploader.run(signal);
      } catch (error) {
        const isToken = error instanceof TokenRefused;
        const message = messageOf(error);
        this.#uploader.problem = message;
        this.#options.log(
          `${isToken ? 'The token is refused; what comes in is kept' : 'An upload failed'}: ${message}`,
        );
        const waitMs = isToken ? 10 * this.#options.pollMs : this.#options.pollMs;
        await this.#uploader.packWaiting(waitMs, signal).catch(() => pause(waitMs, signal));
      }
    }
  }

  async #poll(signal: AbortSignal, isDue: boolean): Promise<void> {
    if (isDue) await this.#ask();
    for (;;) {
      await pause(this.#options.pollMs, signal);
      if (signal.aborted) return;
      await this.#ask();
    }
  }

  async #tick(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#housekeep();
        this.#tickProblem = null;
      } catch (error) {
        // A full disk takes no status either; what comes in is looked after by the spool.
        const problem = messageOf(error);
        if (this.#tickProblem !== problem) this.#options.log(`The state could not be written: ${problem}`);
        this.#tickProblem = problem;
      }
      await pause(tickMs, signal);
    }
  }

  #housekeep(): void {
    this.#spool.sync();
    for (const channel of this.#spool.channels()) channel.closeOlderThan(this.#options.flushMs);
    const dropped = this.#spool.channels().reduce((sum, channel) => sum + channel.dropped.bytes, 0);
    if (dropped > this.#droppedBefore) {
      const { spoolBytesMax, log } = this.#options;
      log(`${dropped - this.#droppedBefore} bytes were dropped, the oldest first: ${spoolBytesMax} may wait.`);
      this.#droppedBefore = dropped;
    }
    writeStatus(this.#folder, this.status());
  }

  /** What came in stays on the disk and goes to the server at the next start. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#ftp?.close();
    await this.#inputs.close();
    await this.#running;
    this.#spool.close();
    this.#server.close();
    this.#folder.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Reads the three files that TLS needs; null when none is named. Throws what the system says of one that cannot be read. */
export function readTlsFiles(
  certificate: string | null,
  key: string | null,
  authorities: string | null,
): TlsFiles | null {
  if (certificate === null && key === null) return null;
  if (certificate === null || key === null) throw new Error('--tls-certificate and --tls-key belong together.');
  return {
    certificate: readFileSync(certificate),
    key: readFileSync(key),
    authorities: authorities === null ? Buffer.alloc(0) : readFileSync(authorities),
  };
}
