// A file of a traffic log, from the request for a URL to the traffic that was found in it (cloud-apps reference 2.8).
import { sep } from 'node:path';
import { InvalidInput } from '../../lib/failures.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { UploadRow } from './store.ts';

/**
 * created: a URL was given. uploaded: the file is whole on the disk. queued: it waits to be read, again if the reading broke
 * off. processing: it is being read. The last three are ends.
 */
export const uploadStates = ['created', 'uploaded', 'queued', 'processing', 'done', 'failed', 'cancelled'] as const;
export type UploadState = (typeof uploadStates)[number];

export const endStates: readonly UploadState[] = ['done', 'failed', 'cancelled'];

/** What reading a log gave. */
export interface UploadResult {
  /** Bytes after unpacking. */
  readonly bytes: number;
  readonly read: number;
  readonly used: number;
  readonly skipped: Partial<Record<SkipReason, number>>;
  /** The first lines that could not be used, at most ten. */
  readonly firstBad: readonly { readonly line: number; readonly reason: string; readonly excerpt: string }[];
  /** ISO 8601. */
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  /** Apps that were found in it. */
  readonly apps: number;
  /** Name of the kind of log that it looks like, when that is another one. */
  readonly looksLike: string | null;
}

export interface Upload {
  readonly id: string;
  readonly state: UploadState;
  readonly fileName: string;
  readonly source: string;
  readonly streamId: string | null;
  readonly isSnapshot: boolean;
  readonly createdAt: number;
  readonly createdBy: string;
  /** Bytes as sent. */
  readonly bytes: number | null;
  readonly receivedAt: number | null;
  readonly queuedAt: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly attempts: number;
  /** The earlier upload of the same content, which is what counts. */
  readonly duplicateOf: string | null;
  readonly problemCode: string | null;
  /** What went wrong and what to do, sentences. */
  readonly problem: string | null;
  readonly result: UploadResult | null;
}

export function uploadOf(row: UploadRow): Upload {
  const { id, fileName, source, streamId, createdAt, createdBy, bytes, receivedAt, queuedAt, startedAt, endedAt } = row;
  const { attempts, duplicateOf, problemCode, problem } = row;
  return {
    id,
    state: row.state as UploadState, // Written by this folder.
    ...{ fileName, source, streamId, isSnapshot: row.isSnapshot === 1, createdAt, createdBy },
    ...{ bytes, receivedAt, queuedAt, startedAt, endedAt, attempts, duplicateOf, problemCode, problem },
    result: row.result === null ? null : (JSON.parse(row.result) as UploadResult), // Written by this folder.
  };
}

const fileNameMax = 255;

/**
 * What is left of the name that a client gives its file: the last part, because some send whole paths. It is shown and
 * never becomes part of a path here. Throws InvalidInput.
 */
export function parseFileName(given: string): string {
  const name = (given.split(/[\\/]/).at(-1) ?? '').trim();
  const isShowable = name.isWellFormed() && !/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.test(name);
  if (name === '' || name === '.' || name === '..' || !isShowable || name.includes(sep)) {
    throw new InvalidInput('filename', 'Give the name of the file that you will send, such as proxy.log.gz.');
  }
  if ([...name].length > fileNameMax) {
    throw new InvalidInput('filename', `The name of the file may have at most ${fileNameMax} characters.`);
  }
  return name;
}
