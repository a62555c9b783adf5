// Brings what waits in the spool to the server: the oldest piece of each data source in turn, one at a time, as long as it
// takes. While it has to wait, it packs what waits.
import { type AgentServer, ServerRefusal } from '../agent-client/server.ts';
import { Backoff, pause } from '../agent-client/waiting.ts';
import { TransportFailure } from '../lib/transport.ts';
import type { InputCounts } from './counts.ts';
import type { Segment } from './segments.ts';
import type { CollectorInput } from './settings.ts';
import type { Channel, Spool } from './spool.ts';
import { uploadSegment } from './upload.ts';

export interface Uploading {
  readonly input: CollectorInput;
  readonly counts: InputCounts;
}

/** The server does not want the token any more; nothing goes on until there is another one. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

const idleMs = 1000;
/** A piece that the server will not take is tried again after so long, and the others of its data source go first. */
const refusedPauseMs = 10 * 60_000;
/** So many of them in a row, and it is not for the piece that the server says no. */
const refusalsMax = 3;

export class Uploader {
  readonly #server: AgentServer;
  readonly #spool: Spool;
  readonly #inputs: () => ReadonlyMap<string, Uploading>;
  readonly #backoff = new Backoff();
  /** Pieces, by their sequence, and data sources that are left alone, until when. */
  readonly #restingUntil = new Map<number | string, number>();
  readonly #refusals = new Map<string, number>();
  /** The data source that is next. */
  #turn = 0;
  /** The server cannot be reached, or says that it cannot; null when all is well. */
  problem: string | null = null;

  constructor(server: AgentServer, spool: Spool, inputs: () => ReadonlyMap<string, Uploading>) {
    this.#server = server;
    this.#spool = spool;
    this.#inputs = inputs;
  }

  /** Goes on until the signal is given. Throws TokenRefused. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = await this.#round(signal);
      if (waitMs > idleMs) await this.packWaiting(waitMs, signal);
      else if (waitMs > 0) await pause(waitMs, signal);
    }
  }

  /** Waits so long, and packs pieces meanwhile: more of them can wait then. */
  async packWaiting(ms: number, signal: AbortSignal): Promise<void> {
    const endsAt = performance.now() + ms;
    const tried = new Set<number>();
    while (!signal.aborted && performance.now() < endsAt) {
      const plain = this.#plainPiece(tried);
      if (!plain) break;
      tried.add(plain.segment.sequence);
      await this.#holding(plain.segment, () => plain.channel.pack(plain.segment));
    }
    await pause(Math.max(0, endsAt - performance.now()), signal);
  }

  #plainPiece(tried: ReadonlySet<number>): { channel: Channel; segment: Segment } | undefined {
    for (const channel of this.#spool.channels()) {
      const segment = channel.waiting().find(({ kind, sequence }) => kind === 'lines' && !tried.has(sequence));
      if (segment) return { channel, segment };
    }
    return undefined;
  }

  async #holding<T>({ sequence }: Segment, work: () => Promise<T>): Promise<T> {
    this.#spool.held.add(sequence);
    try {
      return await work();
    } finally {
      this.#spool.held.delete(sequence);
    }
  }

  /** One piece of each data source that has any. Returns how long to wait before the next round. */
  async #round(signal: AbortSignal): Promise<number> {
    let sent = 0;
    const channels = this.#spool.channels();
    for (let step = 0; step < channels.length; step++) {
      if (signal.aborted) return 0;
      const channel = channels[this.#turn++ % channels.length];
      const uploading = channel && this.#inputs().get(channel.id);
      if (!uploading || this.#isResting(channel.id)) continue;
      const oldest = channel.waiting().find(({ sequence }) => !this.#isResting(sequence));
      if (!oldest) continue;
      try {
        await this.#holding(oldest, () => this.#send(channel, uploading, oldest));
        sent++;
      } catch (error) {
        const waitMs = this.#failed(channel, uploading, oldest, error);
        if (waitMs > 0) return waitMs;
      }
    }
    return sent > 0 ? 0 : idleMs;
  }

  #isResting(what: number | string): boolean {
    const until = this.#restingUntil.get(what);
    if (until === undefined) return false;
    if (until > performance.now()) return true;
    this.#restingUntil.delete(what);
    return false;
  }

  async #send(channel: Channel, { input, counts }: Uploading, oldest: Segment): Promise<void> {
    const segment = await channel.pack(oldest);
    if (!segment) return;
    await uploadSegment(this.#server, input, segment);
    channel.remove(segment);
    counts.uploaded();
    this.#refusals.delete(channel.id);
    this.#backoff.succeeded();
    this.problem = null;
  }

  /** How long all have to wait; 0 when only this piece or data source has. */
  #failed(channel: Channel, { counts }: Uploading, { sequence }: Segment, error: unknown): number {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof ServerRefusal && error.isOfToken) throw new TokenRefused(message);
    const isOfServer = error instanceof ServerRefusal || error instanceof TransportFailure;
    // 409: more uploads than the server has room for.
    const isPassing = error instanceof ServerRefusal ? error.isPassing || error.status === 409 : isOfServer;
    if (isPassing) {
      this.problem = message;
      return this.#backoff.next(error instanceof ServerRefusal ? error.retryAfterSeconds : null);
    }
    const gone = isMissing(error) && channel.waiting().find((each) => each.sequence === sequence);
    if (gone) channel.drop(gone);
    counts.uploadProblem = message;
    const refusals = (this.#refusals.get(channel.id) ?? 0) + 1;
    this.#refusals.set(channel.id, refusals);
    const what = refusals >= refusalsMax ? channel.id : sequence;
    const now = performance.now();
    for (const [each, until] of this.#restingUntil) if (until <= now) this.#restingUntil.delete(each);
    this.#restingUntil.set(what, now + refusedPauseMs);
    return 0;
  }
}

/** Somebody removed the piece from the disk. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
