// A thread that reads logs: see threads.ts. It runs at a lower priority than those that answer people.
import { readlinkSync } from 'node:fs';
import os from 'node:os';
import { parentPort } from 'node:worker_threads';
import { type Answer, asFailure, type CallName, type Calls, type Question } from './messages.ts';

/** "Nice" by as much: the scheduler gives such a thread a tenth of what it gives others, and all that nobody else wants. */
const niceness = 10;

function lowerPriority(): void {
  try {
    // The thread's own number, which the operating system takes where it takes that of a process (setpriority(2)).
    os.setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), niceness);
  } catch {
    // Elsewhere threads have no such priority.
  }
}

/** The part of a job that this thread has; one at a time. */
let consumer: import('./consuming.ts').Consumer | undefined;

type Handlers = { readonly [Name in CallName]: (ask: Calls[Name]['ask']) => Promise<Calls[Name]['answer']> };

const handlers: Handlers = {
  sample: async (ask) => (await import('./producing.ts')).readSample(ask),
  judge: async ({ sample, named, receivedAt }) => {
    const { judge } = await import('./detecting.ts');
    return await judge(Buffer.from(sample), named, receivedAt);
  },
  detect: async ({ sample, receivedAt }) => {
    const { detectSource } = await import('./detecting.ts');
    return (await detectSource(Buffer.from(sample), receivedAt))?.name ?? null;
  },
  produce: async (ask) => (await import('./producing.ts')).produce(ask),
  consume: async (ask) => {
    const { Consumer } = await import('./consuming.ts');
    consumer = await Consumer.open(ask);
    return await consumer.read();
  },
  handOver: async () => {
    const collected = opened().handOver();
    consumer = undefined;
    return collected;
  },
  finish: async ({ others }) => {
    const finished = opened().finish(others);
    consumer = undefined;
    return finished;
  },
};

function opened(): import('./consuming.ts').Consumer {
  if (!consumer) throw new Error('This thread reads no log.');
  return consumer;
}

async function answer({ call, ask }: Question): Promise<void> {
  try {
    // A question's name and content belong together: see threads.ts.
    const handler = handlers[call] as (ask: unknown) => Promise<Calls[CallName]['answer']>;
    const found = await handler(ask);
    const isSums = found !== null && typeof found === 'object' && 'sums' in found;
    const moved = isSums ? [found.sums.memory] : [];
    parentPort?.postMessage({ answer: found } satisfies Answer, moved);
  } catch (error) {
    consumer = undefined;
    parentPort?.postMessage({ failure: asFailure(error) } satisfies Answer);
  }
}

lowerPriority();
parentPort?.on('message', (question: Question) => void answer(question));
