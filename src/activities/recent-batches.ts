// What the last insertions of this process brought, so that those who follow activities need not ask the event store for
// each of them what has come in since.
import type { EventStore } from '../events/events.ts';
import type { TenantId } from '../lib/ids.ts';

export interface BatchNote {
  /** Its number, by which batches are in order. */
  readonly batch: number;
  /** A batch is of one tenant. */
  readonly tenantId: TenantId;
  readonly rows: number;
  /** What its rows take up, about. */
  readonly bytes: number;
}

/** Some minutes of many small requests. */
const notesMax = 20_000;

class RecentBatches {
  /** In the order of their numbers. */
  #notes: BatchNote[] = [];
  /** All batches behind this one are noted; undefined when nobody knows. */
  #complete: number | undefined;

  /** The last batch up to which all are known. */
  get #last(): number | undefined {
    return this.#notes.at(-1)?.batch ?? this.#complete;
  }

  add(note: BatchNote): void {
    // What came before the first one is not known, nor what a failed insertion left behind under the same number.
    if (this.#last !== note.batch - 1) {
      this.#notes = [];
      this.#complete = note.batch;
      return;
    }
    this.#notes.push(note);
    if (this.#notes.length <= notesMax * 2) return;
    this.#notes = this.#notes.slice(-notesMax);
    this.#complete = (this.#notes[0]?.batch ?? note.batch + 1) - 1;
  }

  forget(): void {
    this.#notes = [];
    this.#complete = undefined;
  }

  between(after: number, upTo: number): readonly BatchNote[] | undefined {
    if (this.#complete === undefined || after < this.#complete || (this.#last ?? 0) < upTo) return undefined;
    // Their numbers have no gaps.
    const first = after - this.#complete;
    return this.#notes.slice(first, first + upTo - after);
  }
}

const recent = new WeakMap<EventStore, RecentBatches>();

/** Notes a batch that is stored now; in the order of their numbers. */
export function noteBatch(events: EventStore, note: BatchNote): void {
  const batches = recent.get(events) ?? new RecentBatches();
  recent.set(events, batches);
  batches.add(note);
}

/** An insertion failed: nobody knows for certain that it left nothing behind. */
export function forgetBatches(events: EventStore): void {
  recent.get(events)?.forget();
}

/** The batches `after` < batch <= `upTo`, in their order; undefined when not all of them are known here. */
export function batchesBetween(events: EventStore, after: number, upTo: number): readonly BatchNote[] | undefined {
  return recent.get(events)?.between(after, upTo);
}
