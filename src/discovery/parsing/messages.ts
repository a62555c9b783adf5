// What the main thread and those that read logs say to each other.
import type { Collected } from './collector.ts';
import type { Consumed, ConsumeOptions, Finished } from './consuming.ts';
import type { Judgement } from './detecting.ts';
import type { NamedKind } from './kinds.ts';
import type { Produced, ProduceOptions } from './producing.ts';
import { type BadRecord, LogRefused, type RefusalCode } from './refused.ts';
import { Aborted } from './slots.ts';
import type { UnpackOptions } from './unpacking.ts';

/** What a thread can be asked, and what it answers. */
export interface Calls {
  sample: { ask: UnpackOptions; answer: Uint8Array<ArrayBuffer> };
  judge: { ask: { sample: Uint8Array; named: NamedKind; receivedAt: number }; answer: Judgement };
  detect: { ask: { sample: Uint8Array; receivedAt: number }; answer: string | null };
  produce: { ask: ProduceOptions; answer: Produced };
  consume: { ask: ConsumeOptions; answer: Consumed };
  handOver: { ask: null; answer: Collected };
  finish: { ask: { others: readonly Collected[] }; answer: Finished };
}

export type CallName = keyof Calls;

export interface Question {
  readonly call: CallName;
  readonly ask: Calls[CallName]['ask'];
}

/** How an error goes from thread to thread. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  /** Of a refusal, or of the operating system. */
  readonly code: string;
  readonly stack: string;
  readonly firstBad: readonly BadRecord[];
}

export interface Answer {
  readonly answer?: Calls[CallName]['answer'];
  readonly failure?: Failure;
}

export function asFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: '', stack: '', firstBad: [] };
  const { name, message, stack = '' } = error;
  const code = 'code' in error ? String(error.code) : '';
  return { name, message, code, stack, firstBad: error instanceof LogRefused ? error.firstBad : [] };
}

export function asError({ name, message, code, stack, firstBad }: Failure): Error {
  // Thrown as one in the other thread, so its code is one of these.
  if (name === 'LogRefused') return new LogRefused(code as RefusalCode, message, { firstBad });
  if (name === 'Aborted') return new Aborted(message);
  const error = Object.assign(new Error(message), code === '' ? {} : { code });
  error.stack = stack;
  return error;
}
