// What becomes of pieces that wait when the server, or one of them, is in trouble.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type AgentServer, ServerRefusal } from '../agent-client/server.ts';
import { InputCounts } from './counts.ts';
import type { CollectorInput } from './settings.ts';
import { Spool } from './spool.ts';
import { Uploader, type Uploading } from './uploader.ts';

let folder = '';
let ending: AbortController;
let running: Promise<void> | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'uploader-'));
  ending = new AbortController();
});
afterEach(async () => {
  ending.abort();
  await running;
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const idOf = (letter: string): string => letter.repeat(24);
const input = (letter: string): CollectorInput => ({
  ...{ id: idOf(letter), name: `source-${letter}`, source: 'SQUID', receiverType: 'syslog-tcp', port: 601 },
});

interface Done {
  readonly inputStreamName: string;
  readonly text: number;
}

/** A server that takes everything but what `refuse` throws at, by the name of the file or the data source. */
function fakeServer(refuse: (step: 'begin' | 'put' | 'done', about: string) => void): AgentServer & { done: Done[] } {
  const done: Done[] = [];
  let text = 0;
  return {
    done,
    origin: 'https://server.example',
    async call<Result>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Result> {
      if (method === 'GET') {
        const name = new URL(path, 'https://server.example').searchParams.get('filename') ?? '';
        refuse('begin', name);
        return { url: `https://server.example/${name}` } as Result; // As upload.ts asks for it.
      }
      const { inputStreamName } = body as { inputStreamName: string }; // As upload.ts sends it.
      refuse('done', inputStreamName);
      done.push({ inputStreamName, text });
      return {} as Result; // Nobody looks at it.
    },
    async put(url, content) {
      refuse('put', url);
      text = 0;
      for await (const chunk of content) text += chunk.length;
      return { status: 201, headers: {}, body: Buffer.alloc(0) };
    },
    close() {},
  };
}

function started(server: AgentServer, letters: string[], pieces = 1): { spool: Spool; uploader: Uploader } {
  const spool = new Spool({ folder, bytesMax: 1_000_000, segmentBytesMax: 100 });
  const all = new Map<string, Uploading>();
  for (const letter of letters) {
    all.set(idOf(letter), { input: input(letter), counts: new InputCounts() });
    for (let i = 0; i < pieces; i++) spool.channel(idOf(letter)).append(Buffer.from(`${letter.repeat(199)}\n`), 1);
  }
  const uploader = new Uploader(server, spool, () => all);
  return { spool, uploader };
}

async function until(what: string, look: () => boolean): Promise<void> {
  for (let tries = 0; !look(); tries++) {
    assert.ok(tries < 400, `${what} did not happen.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

test('pieces go to the data source that they came in for, by its id: names change', async () => {
  const server = fakeServer(() => {});
  const { spool, uploader } = started(server, ['a', 'b']);
  running = uploader.run(ending.signal);
  await until('the uploads', () => server.done.length === 2);
  assert.deepEqual(server.done.map(({ inputStreamName }) => inputStreamName).sort(), [idOf('a'), idOf('b')]);
  await until('an empty spool', () => spool.bytes === 0);
});

test('a piece that the server will not take, or that is gone from the disk, holds up no other', async () => {
  const server = fakeServer((step, about) => {
    if (step === 'begin' && about.startsWith('source-a-1.')) throw new ServerRefusal(400, 'No.', null);
  });
  const { spool, uploader } = started(server, ['a', 'b'], 4);
  const gone = spool.channel(idOf('b')).waiting()[0];
  rmSync(gone?.path ?? '');
  running = uploader.run(ending.signal);
  await until('the uploads', () => server.done.length === 6);
  assert.deepEqual(
    spool
      .channel(idOf('a'))
      .waiting()
      .map(({ sequence }) => sequence),
    [1],
  );
  assert.equal(spool.channel(idOf('b')).dropped.segments, 1);
  assert.equal(uploader.problem, null);
});

test('a data source at which the server fails again and again does not stop the others', async () => {
  const server = fakeServer((step, about) => {
    if (step === 'done' && about === idOf('a')) throw new ServerRefusal(500, 'Oh.', null);
  });
  const { uploader } = started(server, ['a', 'b'], 2);
  running = uploader.run(ending.signal);
  await until('the uploads', () => server.done.length === 2);
});

test('too many uploads at the server are a reason to wait, not one to give a data source a rest', async () => {
  let isFull = true;
  const server = fakeServer(() => {
    if (isFull) throw new ServerRefusal(409, 'Too many.', null);
  });
  const { uploader } = started(server, ['a']);
  running = uploader.run(ending.signal);
  await until('a problem', () => uploader.problem !== null);
  isFull = false;
  await until('the upload', () => server.done.length === 1);
  await until('no problem', () => uploader.problem === null);
});

test('while the server is away what waits is packed, so that more of it can wait', async () => {
  const server = fakeServer(() => {
    throw new ServerRefusal(503, 'Away.', 60);
  });
  const { spool, uploader } = started(server, ['a', 'b'], 5);
  const before = spool.bytes;
  running = uploader.run(ending.signal);
  await until('the packing', () =>
    spool.channels().every((channel) => channel.waiting().every(({ kind }) => kind === 'packed')),
  );
  assert.ok(spool.bytes < before / 2);
  assert.equal(spool.held.size, 0);
});
