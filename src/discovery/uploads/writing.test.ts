import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TooLarge } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { makeUploadFolder, roomPieceBytes, UploadRoom } from './disk.ts';
import { writeFileOf } from './writing.ts';

const tenantId = '11111111-1111-4111-8111-111111111111' as TenantId; // A made-up one.
const uploadId = 'a'.repeat(32);
const tenantMax = 4 * roomPieceBytes;
const limits = { bytesMax: 100 * roomPieceBytes, setting: 'discoveryUploadBytesMax', md5: null };

interface Scene {
  readonly room: UploadRoom;
  readonly folder: string;
  write(name: string, ...chunks: Buffer[]): Promise<number>;
  /** How many pieces there still is room for. */
  piecesLeft(): Promise<number>;
}

async function scene(context: TestContext): Promise<Scene> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'writing-'));
  context.after(() => rmSync(dataFolder, { recursive: true, force: true }));
  const config = { dataFolder, discoveryDiskBytesMax: 10 * tenantMax, discoveryTenantDiskBytesMax: tenantMax };
  const room = new UploadRoom(config);
  const folder = await makeUploadFolder(config, tenantId, uploadId);
  return {
    room,
    folder,
    write: (name, ...chunks) => writeFileOf(join(folder, name), from(chunks), limits, { room, tenantId }),
    async piecesLeft() {
      const probe = join(folder, 'probe');
      room.begin(probe);
      let pieces = 0;
      while (await room.take(tenantId, probe, roomPieceBytes).then(...isTaken)) pieces++;
      await room.settle(tenantId, probe, false);
      return pieces;
    },
  };
}

const isTaken = [
  () => true,
  (error: unknown) => {
    assert.ok(error instanceof TooLarge);
    return false;
  },
] as const;

async function* from(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

test('files take what they have, and give it back when they go', async (context) => {
  const { room, folder, write, piecesLeft } = await scene(context);
  assert.equal(await write('one', Buffer.alloc(roomPieceBytes), Buffer.alloc(1)), roomPieceBytes + 1);
  assert.equal(await piecesLeft(), 2);
  await assert.rejects(write('two', Buffer.alloc(3 * roomPieceBytes)), TooLarge);
  assert.equal(await piecesLeft(), 2);
  await room.removeFile(tenantId, join(folder, 'one'));
  assert.equal(await piecesLeft(), 4);
});

test('empty files take room as well', async (context) => {
  const { write, room, piecesLeft } = await scene(context);
  for (let index = 0; index < 8; index++) await write(`empty-${index}`);
  assert.equal(await piecesLeft(), 3);
  await room.removeUpload(tenantId, uploadId);
  assert.equal(await piecesLeft(), 4);
});

test('what is replaced or removed by several at once goes from the count once', async (context) => {
  const { room, folder, write, piecesLeft } = await scene(context);
  const target = join(folder, 'target');
  const drafts = ['a', 'b', 'c'];
  for (const name of drafts) await write(name, Buffer.alloc(roomPieceBytes));
  await Promise.all(drafts.map((name) => room.moveFile(tenantId, join(folder, name), target)));
  assert.equal(await piecesLeft(), 3);
  await write('other', Buffer.alloc(roomPieceBytes));
  await Promise.all([1, 2, 3].map(() => room.removeFile(tenantId, target)));
  assert.equal(await piecesLeft(), 3);
});

test('a folder that goes while a file is written there leaves nothing in the count', async (context) => {
  const { room, folder, piecesLeft } = await scene(context);
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(roomPieceBytes);
    yield Buffer.alloc(1024);
    begun.resolve();
    await gate.promise;
    yield Buffer.alloc(roomPieceBytes);
  }
  const writing = writeFileOf(join(folder, 'slow'), slow(), limits, { room, tenantId });
  await begun.promise;
  await room.recount();
  await room.removeUpload(tenantId, uploadId);
  gate.resolve();
  await writing;
  assert.equal(await piecesLeft(), 4);
});

test('chunks are written as they came, whether they have their memory to themselves or share it', async (context) => {
  const { folder, write } = await scene(context);
  const shared = Buffer.alloc(300_000, 'shared ');
  const own = Buffer.alloc(200_000, 'own ');
  const expected = Buffer.concat([shared, own]);
  const parts = Array.from({ length: 30 }, (_, index) => shared.subarray(index * 10_000, (index + 1) * 10_000));
  await write('parts', ...parts.slice(0, 29), Buffer.from(shared.subarray(290_000)), own);
  assert.ok(readFileSync(join(folder, 'parts')).equals(expected));
  assert.equal(own.length, 0);
  assert.equal(shared.length, 300_000);
});
