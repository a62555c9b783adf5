// A file that comes in blocks: each lies in a file of its own until a list says which of them, in which order, are the whole
// (Put Block and Put Block List of the blob protocol).
import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { InvalidInput, TooLarge } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { codeOf, makeUploadFolder, uploadRoom } from './disk.ts';
import {
  acceptVersion,
  dataName,
  exists,
  manifestName,
  newVersion,
  openStates,
  type Received,
  type ReceiveServices,
  type Receiving,
  UploadRefused,
  unlessGone,
  used,
} from './receive.ts';
import { changeUpload, type UploadRow } from './store.ts';
import { writeFileOf } from './writing.ts';

/** As many as the blob protocol has. */
export const blocksMax = 50_000;
const blockIdBytesMax = 64;
const copyBytes = 1024 * 1024;

export interface ListedBlock {
  /** Base64, as the blocks were sent. */
  readonly id: string;
  /** Where it is looked for: among those that wait, in the file that is there, or the first before the second. */
  readonly from: 'uncommitted' | 'committed' | 'latest';
}

/** Where a block lies. */
interface Piece {
  readonly id: string;
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** Takes one block, in the place of one with the same id; when this resolves it is on the disk. Throws InvalidInput. */
export async function receiveBlock(
  services: ReceiveServices,
  row: UploadRow,
  blockId: string,
  stream: AsyncIterable<Buffer>,
  { md5 }: Pick<Receiving, 'md5'>,
): Promise<void> {
  const { config, store, events } = services;
  const { tenantId, id } = row;
  const name = blockName(blockId);
  await refuseElsewhere(services, row);
  const room = uploadRoom(config);
  const folder = await makeUploadFolder(config, tenantId, id);
  if (!(await countBlock(folder, id, name))) {
    throw new TooLarge(`A file has at most ${blocksMax} blocks. Send larger blocks.`);
  }
  const draft = join(folder, `part-${newVersion()}`);
  const limits = { bytesMax: config.discoveryUploadBytesMax, setting: 'discoveryUploadBytesMax', md5 };
  await unlessGone(async () => {
    await writeFileOf(draft, stream, limits, { room, tenantId });
    await room.moveFile(tenantId, draft, join(folder, name));
  });
  if (row.eventStore !== null) return;
  const eventStore = await events.id();
  if (!(await changeUpload(store.db, tenantId, id, { states: openStates }, { eventStore }))) throw used();
}

/** Puts the file together. Throws UploadRefused for blocks that are not there, and nothing changes then. */
export async function commitBlocks(
  services: ReceiveServices,
  row: UploadRow,
  list: readonly ListedBlock[],
  { mustBeNew }: Pick<Receiving, 'mustBeNew'>,
): Promise<Received> {
  const { config } = services;
  const { tenantId, id } = row;
  if (mustBeNew && row.fileVersion !== null) throw exists();
  await refuseElsewhere(services, row);
  const folder = await makeUploadFolder(config, tenantId, id);
  const pieces = await findPieces(folder, row, list);
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  if (bytes > config.discoveryUploadBytesMax) {
    const most = `${config.discoveryUploadBytesMax} bytes (setting discoveryUploadBytesMax)`;
    throw new TooLarge(`The blocks together have more than ${most}. Split the file, or compress it.`);
  }
  const version = newVersion();
  const room = uploadRoom(config);
  const limits = { bytesMax: bytes, setting: 'discoveryUploadBytesMax', md5: null };
  await writeFileOf(join(folder, dataName(version)), bytesOf(pieces), limits, { room, tenantId });
  await writeManifest(services, tenantId, join(folder, manifestName(version)), pieces);
  const received = await acceptVersion(services, row, { bytes, version, mustBeNew });
  for (const name of await blockNames(folder)) await room.removeFile(tenantId, join(folder, name));
  counts.delete(id);
  return received;
}

async function refuseElsewhere({ events }: ReceiveServices, { eventStore }: UploadRow): Promise<void> {
  if (eventStore === null || eventStore === (await events.id())) return;
  throw new UploadRefused(
    'elsewhere',
    'The first blocks of this file went to another process of this deployment. Send all blocks of a file through the same one, or the file as a whole.',
  );
}

/** The id's file: ids are the client's, so that they are hashed. Throws InvalidInput. */
function blockName(blockId: string): string {
  const bytes = Buffer.from(blockId, 'base64');
  if (blockId === '' || bytes.toString('base64') !== blockId || bytes.length > blockIdBytesMax) {
    throw new InvalidInput('blockid', `blockid must be the Base64 text of at most ${blockIdBytesMax} bytes.`);
  }
  return `block-${createHash('sha256').update(bytes).digest('hex')}`;
}

/** How many blocks wait at most, of the uploads that this process takes blocks for: one that was sent twice counts twice. */
const counts = new Map<string, number>();
const countsMax = 1000;

/** Counts a block that is about to be written; false when the file has as many as it may have. */
async function countBlock(folder: string, uploadId: string, name: string): Promise<boolean> {
  let count = counts.get(uploadId);
  if (count === undefined || count >= blocksMax) {
    const names = await blockNames(folder);
    if (names.length >= blocksMax && !names.includes(name)) return false;
    count = names.length;
  }
  const oldest = counts.keys().next().value;
  if (!counts.has(uploadId) && counts.size >= countsMax && oldest !== undefined) counts.delete(oldest);
  counts.set(uploadId, count + 1);
  return true;
}

async function blockNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.startsWith('block-'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function findPieces(folder: string, row: UploadRow, list: readonly ListedBlock[]): Promise<Piece[]> {
  const committed = await readManifest(folder, row.fileVersion);
  const waiting = new Set(await blockNames(folder));
  const sizes = new Map<string, number>();
  const pieces: Piece[] = [];
  for (const { id, from } of list) {
    const name = blockName(id);
    if (from !== 'committed' && waiting.has(name)) {
      const path = join(folder, name);
      const length = sizes.get(name) ?? (await sizeOf(path));
      sizes.set(name, length);
      pieces.push({ id, path, offset: 0, length });
      continue;
    }
    const old = from === 'uncommitted' ? undefined : committed.get(id);
    if (!old) {
      throw new UploadRefused(
        'bad-blocks',
        `The block ${id} of the list was not sent, or not all of it arrived. Send it again, then the list.`,
      );
    }
    pieces.push({ id, ...old });
  }
  return pieces;
}

async function sizeOf(path: string): Promise<number> {
  const handle = await open(path, 'r');
  try {
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

async function* bytesOf(pieces: readonly Piece[]): AsyncGenerator<Buffer> {
  for (const { path, offset, length } of pieces) {
    const handle = await open(path, 'r');
    try {
      yield* rangeOf(handle, offset, length);
    } finally {
      await handle.close();
    }
  }
}

async function* rangeOf(handle: FileHandle, offset: number, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; ) {
    // A buffer for each piece: the one before is still being written.
    const buffer = Buffer.allocUnsafeSlow(Math.min(copyBytes, length - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset + at);
    if (bytesRead === 0) throw new Error('A block became shorter while the file was put together.');
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

async function writeManifest(
  { config }: ReceiveServices,
  tenantId: TenantId,
  path: string,
  pieces: readonly Piece[],
): Promise<void> {
  const text = Buffer.from(JSON.stringify(pieces.map(({ id, length }) => [id, length])));
  const limits = { bytesMax: text.length, setting: 'discoveryUploadBytesMax', md5: null };
  await writeFileOf(path, Readable.from([text]), limits, { room: uploadRoom(config), tenantId });
}

/** The blocks of the file that is there, by id; none when it came as a whole. */
async function readManifest(folder: string, version: string | null): Promise<Map<string, Omit<Piece, 'id'>>> {
  const found = new Map<string, Omit<Piece, 'id'>>();
  if (version === null) return found;
  let offset = 0;
  for (const [id, length] of await manifestOf(join(folder, manifestName(version)))) {
    found.set(id, { path: join(folder, dataName(version)), offset, length });
    offset += length;
  }
  return found;
}

async function manifestOf(path: string): Promise<[string, number][]> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as [string, number][]; // Written by writeManifest.
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
