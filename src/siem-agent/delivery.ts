// Giving records to the SIEM: chunk after chunk, each taken before the next is sent, and the checkpoint moved on when it
// is. While the SIEM takes nothing, nothing more is read from the server.
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../agent-client/waiting.ts';
import { DatagramSender } from './datagram-sender.ts';
import type { Log } from './log.ts';
import { activityMessage, alertMessage, type MessageFormat } from './messages.ts';
import type { Problems } from './problems.ts';
import type { Checkpoint, Progress } from './progress.ts';
import { type Sender, SendFailure } from './sender.ts';
import type { DataType, Item } from './server-api.ts';
import type { Settings, Target } from './settings.ts';
import { StreamSender, type TlsFiles } from './stream-sender.ts';
import type { Framing } from './syslog.ts';

export interface DeliveryOptions {
  readonly version: string;
  readonly systemName: string;
  readonly framing: Framing;
  readonly tls: TlsFiles;
  /** Of a datagram. */
  readonly datagramBytesMax: number;
}

/** The settings changed while something was to be sent: the rest of it is read again under the new ones. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** What may come twice when the process is killed in the one moment that leaves it open (progress.ts). */
const chunkMessagesMax = 100;
const chunkCharsMax = 65_536;
const retryMsMax = 30_000;
const slowMs = 10_000;
const diskRetryMs = 5_000;
/** A chunk that is under way when the process is to stop gets so long. */
const graceMs = 3000;

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #progress: Progress;
  readonly #problems: Problems;
  readonly #log: Log;
  #sender: Sender | undefined;
  /** The target that the sender was made for, as text. */
  #senderOf = '';
  #isWorking = true;
  readonly #stop: AbortSignal;
  /** Gives the chunk up that is under way. */
  #giveUp: (() => void) | undefined;

  /** `stop` is aborted when the process is to end. */
  constructor(options: DeliveryOptions, progress: Progress, problems: Problems, log: Log, stop: AbortSignal) {
    this.#stop = stop;
    stop.addEventListener('abort', () => setTimeout(() => this.#giveUp?.(), graceMs).unref(), { once: true });
    this.#options = options;
    this.#progress = progress;
    this.#problems = problems;
    this.#log = log;
  }

  /** False while the SIEM takes nothing. */
  get isWorking(): boolean {
    return this.#isWorking;
  }

  /** Gives all of the items over. `changed` is aborted when the settings change. Throws Superseded. */
  async deliver(
    type: DataType,
    items: readonly Item[],
    { settings, changed }: { settings: Settings; changed: AbortSignal },
  ): Promise<void> {
    const { target } = settings;
    if (!target) throw new Superseded('no target');
    const format = this.#formatFor(settings, target);
    const toMessage = type === 'alerts' ? alertMessage : activityMessage;
    const either = AbortSignal.any([changed, this.#stop]);
    // What a killed process left as handed over is only in the note, which the next chunk writes over.
    await this.#settle();
    for (const chunk of chunksOf(items.map((item) => ({ item, message: toMessage(item.record, format) })))) {
      const position = chunk.at(-1)?.item.position ?? '';
      const next = this.#progress.after(type, position, chunk.length, Date.now());
      const messages = chunk.map(({ message }) => message);
      await this.#until(() => this.#sendOnce(target, messages, next), either);
      await this.#commit(next);
      if (either.aborted) throw new Superseded('stopped between two chunks');
    }
  }

  #formatFor({ portalUrl }: Settings, target: Target): MessageFormat {
    const { version, systemName } = this.#options;
    const { timeFormat, includesPri, includesSystemName, format } = target;
    const head = { timeFormat, includesPri, systemName: includesSystemName ? systemName : null };
    return { dialect: format, portalUrl, version, head };
  }

  /** Tries again, later each time, until it works; between two attempts the settings may change. */
  async #until(attempt: () => Promise<void>, either: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    for (;;) {
      const slow = setTimeout(() => this.#fail('send', 'The SIEM takes nothing; the agent waits.'), slowMs);
      try {
        await attempt();
        this.#isWorking = true;
        this.#problems.clear('send', 'connection');
        return;
      } catch (error) {
        if (!(error instanceof SendFailure)) throw error;
        this.#fail(error.kind, error.message);
      } finally {
        clearTimeout(slow);
      }
      if (!either.aborted)
        await sleep(Math.min(backoff.next(), retryMsMax), undefined, { signal: either }).catch(() => {});
      if (either.aborted) throw new Superseded('stopped while the SIEM takes nothing');
    }
  }

  #fail(kind: 'send' | 'connection', detail: string): void {
    this.#isWorking = false;
    this.#problems.set(kind, detail);
  }

  async #sendOnce(target: Target, messages: readonly string[], next: Checkpoint): Promise<void> {
    const handing = {
      taken: () => this.#progress.note(next, 'taken'),
      doubtful: () => this.#progress.note(next, 'doubtful'),
    };
    try {
      await this.#giving(this.#senderFor(target).send(messages, handing));
    } catch (error) {
      // It goes once more: what was noted of it must not stand.
      handing.doubtful();
      throw error;
    }
  }

  /** Waits for what is under way, but not for long when the process is to end. */
  async #giving(sending: Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#giveUp = () => reject(new SendFailure('send', 'The agent stops.'));
    sending.then(resolve, reject);
    try {
      await promise;
    } finally {
      this.#giveUp = undefined;
    }
  }

  #senderFor(target: Target): Sender {
    const { remoteHost: host, remotePort: port, protocol } = target;
    const of = JSON.stringify([host, port, protocol]);
    if (this.#sender && this.#senderOf === of) return this.#sender;
    this.#sender?.close();
    this.#senderOf = of;
    const { framing, tls, datagramBytesMax } = this.#options;
    this.#sender =
      protocol === 'udp'
        ? new DatagramSender({ host, port, bytesMax: datagramBytesMax })
        : new StreamSender({ host, port, framing, tls: protocol === 'tls' ? tls : null });
    this.#log('info', `Messages go to ${host}, port ${port}, over ${protocol}.`);
    return this.#sender;
  }

  /** The SIEM has it: nothing goes on before the disk knows. */
  async #commit(next: Checkpoint): Promise<void> {
    this.#progress.take(next);
    await this.#settle();
  }

  async #settle(): Promise<void> {
    for (;;) {
      try {
        this.#progress.settle();
        this.#problems.clear('agent');
        return;
      } catch (error) {
        const { code = 'unknown' } = error as NodeJS.ErrnoException; // Whatever was thrown; it is only shown.
        this.#problems.set(
          'agent',
          `The state folder cannot be written (${code}). Nothing more is sent until it can be.`,
        );
      }
      if (this.#stop.aborted) throw new Superseded('stopped while the disk takes nothing');
      await sleep(diskRetryMs, undefined, { signal: this.#stop }).catch(() => {});
    }
  }

  /** Gives once more what a broken connection may have cost, when no new message takes it along. Throws Superseded. */
  async repeat(changed: AbortSignal): Promise<void> {
    const owing = this.#sender;
    if (owing?.isOwing !== true) return;
    const nobody = { taken() {}, doubtful() {} };
    await this.#until(() => this.#giving(owing.send([], nobody)), AbortSignal.any([changed, this.#stop]));
  }

  /** Moves on behind what was looked at and not wanted. */
  async pass(type: DataType, position: string): Promise<void> {
    if (this.#progress.checkpoint.positions[type] === position) return;
    await this.#commit(this.#progress.after(type, position, 0, 0));
  }

  close(): void {
    this.#sender?.close();
  }
}

function* chunksOf<Each extends { readonly message: string }>(all: readonly Each[]): Generator<readonly Each[]> {
  let chunk: Each[] = [];
  let chars = 0;
  for (const each of all) {
    if (chunk.length === chunkMessagesMax || (chunk.length > 0 && chars + each.message.length > chunkCharsMax)) {
      yield chunk;
      chunk = [];
      chars = 0;
    }
    chunk.push(each);
    chars += each.message.length;
  }
  if (chunk.length > 0) yield chunk;
}
