import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

export interface Room {
  /** Makes room for so many bytes more and counts them; false when there is none. */
  take(bytes: number): boolean;
  /** Gives up the oldest piece that waits; false when there is none. */
  dropOldest(): boolean;
}

/** Writes a file that is handed over as it comes, and resolves with its bytes when they are on the disk. */
export async function receiveFile(
  path: string,
  content: AsyncIterable<Buffer>,
  bytesMax: number,
  room: Room,
): Promise<number> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  let bytes = 0;
  try {
    for await (const chunk of content) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new Error(`The file is larger than ${bytesMax} bytes.`);
      if (!room.take(chunk.length)) throw noRoom();
      await write(file, chunk, room);
    }
    if (bytes === 0) throw new Error('The file is empty.');
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}

async function write(file: FileHandle, chunk: Buffer, room: Room): Promise<void> {
  let done = 0;
  while (done < chunk.length) {
    try {
      done += (await file.write(chunk, done)).bytesWritten;
    } catch (error) {
      // The disk is smaller than the bound: it is the bound then.
      if (!isDiskFull(error)) throw error;
      if (!room.dropOldest()) throw noRoom();
    }
  }
}

function noRoom(): Error {
  return new Error('There is no room for the file now. Send it again later.');
}

export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
