// The second step: bytes that come in for an upload, whole or in blocks (blocks.ts). A file that is whole has a version of its
// own; which one counts is said by the row, so that files that come in at the same time do not mix.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { require } from '../../access/caller.ts';
import type { Ctx, Services } from '../../context.ts';
import type { Db } from '../../db/store.ts';
import { Conflict, NotFound } from '../../lib/failures.ts';
import { callerId } from '../caller-name.ts';
import type { UploadRoom } from './disk.ts';
import { codeOf, makeUploadFolder, syncFolder, uploadFolder, uploadRoom } from './disk.ts';
import { findUpload, replaceFile, type UploadChange, type UploadRow } from './store.ts';
import { type Upload, uploadOf } from './upload.ts';
import { isSignatureOf, type UploadReference, urlNameOf } from './urls.ts';
import { writeFileOf } from './writing.ts';

export type ReceiveServices = Pick<Services, 'store' | 'events' | 'clock' | 'config'>;

export type RefusedBecause = 'wrong-signature' | 'expired' | 'used' | 'exists' | 'elsewhere' | 'bad-blocks';

/** The bytes are not taken. The message says what to do. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused';
  readonly because: RefusedBecause;
  constructor(because: RefusedBecause, message: string) {
    super(message);
    this.because = because;
  }
}

/** States in which a file may still come, in the place of one that came before. */
export const openStates = ['created', 'uploaded'];

/** The upload behind a URL. Throws UploadRefused: who has the right signature is told more than others. */
export async function findTarget(
  { store, clock }: Pick<Services, 'store' | 'clock'>,
  { tenantId, uploadId, name, signature }: UploadReference,
): Promise<UploadRow> {
  const row = await findUpload(store.db, tenantId, uploadId);
  const isRight = isSignatureOf(signature, row?.secretHash ?? '');
  if (!row || !isRight || name !== urlNameOf(row.fileName)) {
    throw new UploadRefused(
      'wrong-signature',
      'This URL is not one that upload_url gave, or it was changed on the way. Send the file to the URL exactly as it came.',
    );
  }
  if (!openStates.includes(row.state)) throw used();
  if (row.urlExpiresAt <= clock()) {
    throw new UploadRefused('expired', 'This URL has expired. Ask upload_url for a new one and send the file to that.');
  }
  return row;
}

export function used(): UploadRefused {
  return new UploadRefused(
    'used',
    'The file of this URL was handed over with done_upload already, or cancelled. Ask upload_url for a new URL to send another file.',
  );
}

export interface Receiving {
  readonly md5: string | null;
  /** Refuses when a whole file came before. */
  readonly mustBeNew: boolean;
}

export interface Received {
  readonly bytes: number;
  readonly version: string;
}

/** Takes the whole file; when this resolves it is on the disk, in the place of one that came before. */
export async function receiveWhole(
  services: ReceiveServices,
  row: UploadRow,
  stream: AsyncIterable<Buffer>,
  { md5, mustBeNew }: Receiving,
): Promise<Received> {
  const { config } = services;
  if (mustBeNew && row.fileVersion !== null) throw exists();
  const room = uploadRoom(config);
  const folder = await makeUploadFolder(config, row.tenantId, row.id);
  const version = newVersion();
  const path = join(folder, dataName(version));
  const limits = { bytesMax: config.discoveryUploadBytesMax, setting: 'discoveryUploadBytesMax', md5 };
  const bytes = await unlessGone(() => writeFileOf(path, stream, limits, { room, tenantId: row.tenantId }));
  return await acceptVersion(services, row, { bytes, version, mustBeNew });
}

/**
 * The same for somebody who is signed in and names the upload by its id. `open` gives the bytes once it is certain that they
 * are wanted. Needs Discovery.upload. Throws NotFound and Conflict.
 */
export async function receiveFor(ctx: Ctx, id: string, open: () => AsyncIterable<Buffer>): Promise<Upload> {
  require(ctx.caller, 'Discovery.upload');
  const { tenantId } = ctx.caller;
  const row = await findUpload(ctx.store.db, tenantId, id);
  if (!row || row.createdById !== callerId(ctx.caller)) throw new NotFound('The upload');
  if (!openStates.includes(row.state)) throw new Conflict('upload-used', used().message);
  try {
    await receiveWhole(ctx, row, open(), { md5: null, mustBeNew: false });
  } catch (error) {
    throw error instanceof UploadRefused ? new Conflict('upload-used', error.message) : error;
  }
  const now = await findUpload(ctx.store.db, tenantId, id);
  if (!now) throw new NotFound('The upload');
  return uploadOf(now);
}

export function exists(): UploadRefused {
  return new UploadRefused('exists', 'A file was sent to this URL before, and the request says not to replace one.');
}

/** The folder of an upload goes when the upload was cancelled or its time is over, also while a file comes in. */
export async function unlessGone<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? used() : error;
  }
}

/** Makes a file that is on the disk the one that counts. */
export async function acceptVersion(
  { store, events, clock, config }: ReceiveServices,
  row: UploadRow,
  { bytes, version, mustBeNew }: Received & { readonly mustBeNew: boolean },
): Promise<Received> {
  const { tenantId, id } = row;
  const room = uploadRoom(config);
  const folder = uploadFolder(config, tenantId, id);
  await unlessGone(() => syncFolder(folder));
  const eventStore = await events.id();
  const change = { state: 'uploaded', eventStore, fileVersion: version, bytes, receivedAt: clock() };
  const outcome = await putInPlace(store.db, row, change, mustBeNew);
  if (typeof outcome === 'string') {
    await removeVersion(room, row, folder, version);
    throw outcome === 'used' ? used() : exists();
  }
  const { before } = outcome;
  if (before.fileVersion !== null && before.eventStore === eventStore) {
    await removeVersion(room, row, folder, before.fileVersion);
  }
  return { bytes, version };
}

/** What was there before, or why nothing was put in its place. Of files that come at once each replaces exactly one. */
async function putInPlace(
  db: Db,
  { tenantId, id }: UploadRow,
  change: UploadChange,
  mustBeNew: boolean,
): Promise<{ readonly before: UploadRow } | 'used' | 'exists'> {
  for (;;) {
    const before = await findUpload(db, tenantId, id);
    if (!before || !openStates.includes(before.state)) return 'used';
    if (mustBeNew && before.fileVersion !== null) return 'exists';
    if (await replaceFile(db, before, openStates, change)) return { before };
  }
}

async function removeVersion(room: UploadRoom, row: UploadRow, folder: string, version: string): Promise<void> {
  await room.removeFile(row.tenantId, join(folder, dataName(version)));
  await room.removeFile(row.tenantId, join(folder, manifestName(version)));
}

export function newVersion(): string {
  return randomBytes(8).toString('hex');
}

export function dataName(version: string): string {
  return `data-${version}`;
}

/** Which blocks a file was put together from. */
export function manifestName(version: string): string {
  return `blocks-${version}.json`;
}
