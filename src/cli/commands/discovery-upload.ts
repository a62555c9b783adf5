// Sends traffic logs to the server and, with --wait, tells what was found in them.
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { at } from '../client.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { WireDiscoveryUpload } from '../wire.ts';
import { sayResult } from './discovery-uploads.ts';

const progressMilliseconds = 200;
const pollMilliseconds = 500;
const ends: readonly string[] = ['done', 'failed', 'cancelled'];

/** Plain text is packed on the way; what is packed already goes as it is. */
export async function upload(call: Call): Promise<ExitCode> {
  const source = call.option('source');
  const [dataSource, snapshot] = [call.option('data-source'), call.option('snapshot')];
  if (source === undefined) throw usage(call, call.t('discovery.upload.noSource'));
  if ((dataSource === undefined) === (snapshot === undefined)) throw usage(call, call.t('discovery.upload.noStream'));
  const into = dataSource === undefined ? { snapshot } : { dataSource };
  call.api(); // Before anything is read: without a session there is nothing to do.
  const sent: WireDiscoveryUpload[] = [];
  for (const path of call.repeated()) sent.push(await sendFile(call, path, source, into));
  const results = call.flag('wait') ? await waitFor(call, sent) : sent;
  if (call.isJson) call.json({ items: results, total: results.length });
  else for (const result of results) sayResult(call, result);
  return results.some(({ state }) => state === 'failed' || state === 'cancelled') ? exitCodes.partly : exitCodes.ok;
}

function usage(call: Call, message: string): CliProblem {
  return new CliProblem(exitCodes.usage, 'usage', message, [`sallyport help ${call.command.words.join(' ')}`]);
}

async function sendFile(
  call: Call,
  path: string,
  source: string,
  into: { readonly dataSource?: string | undefined; readonly snapshot?: string | undefined },
): Promise<WireDiscoveryUpload> {
  const api = call.api();
  const { size, isPacked } = await lookAt(call, path);
  const fileName = basename(path) + (isPacked ? '' : '.gz');
  const { upload: begun } = await api.call<{ upload: WireDiscoveryUpload }>('POST', '/discovery/uploads', {
    body: { fileName, source },
  });
  const file = at`/discovery/uploads/${begun.id}`;
  const progress = openProgress(call, path, size);
  try {
    const form = { method: 'PUT', type: 'application/octet-stream' } as const;
    await api.upload<WireDiscoveryUpload>(`${file}/content`, bytesOf(path, isPacked, progress.add), form);
  } finally {
    progress.clear();
  }
  const finished = await api.call<WireDiscoveryUpload>('POST', `${file}/finish`, { body: into });
  if (!call.isJson) call.note(call.t('discovery.upload.sent', { file: path, id: finished.id }));
  return finished;
}

async function lookAt(call: Call, path: string): Promise<{ size: number; isPacked: boolean }> {
  try {
    const { size } = await stat(path);
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
      const head = buffer.subarray(0, bytesRead).toString('hex');
      return { size, isPacked: head.startsWith('1f8b') || head.startsWith('504b') };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliProblem(
      exitCodes.usage,
      'unreadable-file',
      call.t('discovery.upload.unreadable', { file: path, reason }),
    );
  }
}

async function* bytesOf(path: string, isPacked: boolean, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 1024 * 1024 });
  file.on('data', (chunk) => onBytes(chunk.length));
  file.pause();
  const packed = isPacked ? file : file.pipe(createGzip({ level: 1 }));
  file.on('error', (error) => packed.destroy(error));
  for await (const chunk of packed) yield chunk as Buffer; // No encoding was set.
}

/** Asks until all have ended. */
async function waitFor(call: Call, sent: readonly WireDiscoveryUpload[]): Promise<WireDiscoveryUpload[]> {
  const results: WireDiscoveryUpload[] = [];
  for (const { id } of sent) {
    for (;;) {
      const now = await call.api().call<WireDiscoveryUpload>('GET', at`/discovery/uploads/${id}`);
      if (ends.includes(now.state)) {
        results.push(now);
        break;
      }
      await sleep(pollMilliseconds);
    }
  }
  return results;
}

interface Progress {
  add(bytes: number): void;
  clear(): void;
}

/** One line on standard error that is written over; nothing when nobody watches. */
function openProgress(call: Call, file: string, size: number): Progress {
  if (!call.terminal.isErrorTty) return { add: () => undefined, clear: () => undefined };
  let bytes = 0;
  let shownAt = 0;
  return {
    add(more) {
      bytes += more;
      const now = Date.now();
      if (now - shownAt < progressMilliseconds) return;
      shownAt = now;
      const percent = size === 0 ? 100 : Math.floor((100 * bytes) / size);
      call.terminal.err(`\r\u001b[K${call.t('discovery.upload.progress', { file, percent })}`);
    },
    clear: () => call.terminal.err('\r\u001b[K'),
  };
}
