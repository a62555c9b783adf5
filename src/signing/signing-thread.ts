// A thread that signs and does nothing else, from its start to its end: signing-threads.ts starts it.
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { SigningSlots, slotState, slotsPerThread } from './signing-slots.ts';
import type { KeyMessage, ThreadStart } from './signing-threads.ts';

/** As many as a deployment signs with at a time: processes change over within a second of each other. */
const keysMax = 2;

const { memory, keyPort } = workerData as ThreadStart; // All that signing-threads.ts starts a thread with.
const slots = new SigningSlots(memory);
const keys = new Map<number, KeyObject>();

for (let slot = 0; ; slot = (slot + 1) % slotsPerThread) {
  waitUntilFilled(slot);
  const outcome = signSlot(slot);
  Atomics.store(slots.states, slot, outcome);
  // Said once for all that is signed until the main thread looks, because saying it costs more than looking.
  if (Atomics.exchange(slots.told, 0, 1) === 0) parentPort?.postMessage(null);
}

function waitUntilFilled(slot: number): void {
  for (;;) {
    const state = Atomics.load(slots.states, slot);
    if (state === slotState.filled) return;
    Atomics.wait(slots.states, slot, state);
  }
}

function signSlot(slot: number): number {
  const data = slots.bytesOf(slot, slots.lengths[slot]);
  const [outcome, written] = attempt(slots.keyNumbers[slot] ?? 0, data);
  slots.lengths[slot] = written.copy(slots.bytesOf(slot));
  return outcome;
}

function attempt(keyNumber: number, data: Buffer): [outcome: number, written: Buffer] {
  try {
    // RSASSA-PKCS1-v1_5 with SHA-256 (RS256, RFC 7518 section 3.3).
    return [slotState.signed, sign('sha256', data, keyOf(keyNumber))];
  } catch (error) {
    return [slotState.failed, Buffer.from(String(error).slice(0, 1000))];
  }
}

function keyOf(number: number): KeyObject {
  const known = keys.get(number);
  if (known) return known;
  // It was sent before the slot was filled.
  const received = receiveMessageOnPort(keyPort)?.message as KeyMessage | undefined; // The only kind that is sent.
  if (received?.number !== number) throw new Error(`The signing thread was not given key ${number}.`);
  const key = createPrivateKey(received.pem);
  keys.set(number, key);
  if (keys.size > keysMax) keys.delete(Math.min(...keys.keys()));
  return key;
}
