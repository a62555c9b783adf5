// Entries of a zip archive by its central directory (APPNOTE.TXT 6.3, sections 4.3 and 4.5). Names in it are told to people and
// are never used as paths: what is unpacked goes to memory.
import { readSync } from 'node:fs';
import { LogRefused } from './refused.ts';

export interface ZipEntry {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where its local header begins. */
  readonly offset: number;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locatorSignature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const [endBytes, end64Bytes, locatorBytes, centralBytes, localBytes] = [22, 56, 20, 46, 30];
const commentBytesMax = 0xffff;
const [unknown16, unknown32] = [0xffff, 0xffff_ffff];
const extra64 = 0x0001;
const [storedMethod, deflatedMethod] = [0, 8];
const encryptedFlag = 1;

/** No archive of logs has more. */
const entriesMax = 10_000;
const directoryBytesMax = 16 * 1024 * 1024;

function broken(what: string): LogRefused {
  return new LogRefused(
    'broken-archive',
    `The zip archive is broken: ${what}. Make it anew, or upload the log as it is.`,
  );
}

function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const read = readSync(file, bytes, 0, length, offset);
  if (read < length) throw broken('it ends in the middle');
  return bytes;
}

/** The files of an archive that may be logs, in the order of the directory. */
export function readZipEntries(file: number, fileBytes: number): ZipEntry[] {
  const { count, offset, length } = findDirectory(file, fileBytes);
  if (count > entriesMax || length > directoryBytesMax) {
    throw new LogRefused(
      'too-large',
      `The zip archive has more than ${entriesMax} files. Upload them in several archives.`,
    );
  }
  if (offset + length > fileBytes) throw broken('its directory lies outside of it');
  const directory = readAt(file, offset, length);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + centralBytes > length || directory.readUInt32LE(at) !== centralSignature)
      throw broken('its directory is damaged');
    const [nameBytes, extraBytes, comment] = [28, 30, 32].map((place) => directory.readUInt16LE(at + place));
    const next = at + centralBytes + (nameBytes ?? 0) + (extraBytes ?? 0) + (comment ?? 0);
    if (next > length) throw broken('its directory is damaged');
    const entry = readEntry(directory, at, nameBytes ?? 0, extraBytes ?? 0);
    if (entry) entries.push(entry);
    at = next;
  }
  checkOverlaps(entries, offset);
  return entries;
}

function findDirectory(file: number, fileBytes: number): { count: number; offset: number; length: number } {
  const tailBytes = Math.min(fileBytes, endBytes + commentBytesMax);
  const tailAt = fileBytes - tailBytes;
  const tail = readAt(file, tailAt, tailBytes);
  for (let at = tailBytes - endBytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== endSignature || at + endBytes + tail.readUInt16LE(at + 20) > tailBytes) continue;
    const found = {
      count: tail.readUInt16LE(at + 10),
      length: tail.readUInt32LE(at + 12),
      offset: tail.readUInt32LE(at + 16),
    };
    const isLarge = found.count === unknown16 || found.length === unknown32 || found.offset === unknown32;
    return isLarge ? (findDirectory64(file, tailAt + at) ?? found) : found;
  }
  throw broken('it has no directory, so it was cut off');
}

function findDirectory64(file: number, endAt: number): { count: number; offset: number; length: number } | undefined {
  if (endAt < locatorBytes) return undefined;
  const locator = readAt(file, endAt - locatorBytes, locatorBytes);
  if (locator.readUInt32LE(0) !== locatorSignature) return undefined;
  const at = Number(locator.readBigUInt64LE(8));
  if (at + end64Bytes > endAt) throw broken('its directory lies outside of it');
  const end = readAt(file, at, end64Bytes);
  if (end.readUInt32LE(0) !== end64Signature) throw broken('its directory is damaged');
  const [count = 0, length = 0, offset = 0] = [32, 40, 48].map((place) => Number(end.readBigUInt64LE(place)));
  return { count, length, offset };
}

/** Undefined for folders, and for what macOS adds to archives. */
function readEntry(directory: Buffer, at: number, nameBytes: number, extraBytes: number): ZipEntry | undefined {
  const nameAt = at + centralBytes;
  const name = directory.toString('utf8', nameAt, nameAt + nameBytes);
  const large = directory.subarray(nameAt + nameBytes, nameAt + nameBytes + extraBytes);
  const [bytes, packedBytes, offset] = sizesOf(directory, at, large);
  if (name.endsWith('/') || bytes === 0 || /(^|\/)(__MACOSX\/|\.DS_Store$)/.test(name)) return undefined;
  const method = directory.readUInt16LE(at + 10);
  const shown = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
  if ((directory.readUInt16LE(at + 8) & encryptedFlag) !== 0) {
    throw new LogRefused(
      'unsupported-file',
      `The file ${shown} in the zip archive is encrypted. Upload it without a password.`,
    );
  }
  if (method !== storedMethod && method !== deflatedMethod) {
    throw new LogRefused(
      'unsupported-file',
      `The file ${shown} in the zip archive is packed by method ${method}, which is not read here. Pack it with "deflate".`,
    );
  }
  return {
    name: shown,
    isDeflated: method === deflatedMethod,
    crc: directory.readUInt32LE(at + 16),
    packedBytes,
    bytes,
    offset,
  };
}

/** Size, packed size and place of the local header; those that need 64 bits stand in an extra field, in this order. */
function sizesOf(directory: Buffer, at: number, extra: Buffer): [bytes: number, packedBytes: number, offset: number] {
  const places = [24, 20, 42].map((place) => directory.readUInt32LE(at + place));
  let field = 0;
  while (field + 4 <= extra.length && extra.readUInt16LE(field) !== extra64) field += 4 + extra.readUInt16LE(field + 2);
  let next = field + 4;
  const [bytes = 0, packedBytes = 0, offset = 0] = places.map((value) => {
    if (value !== unknown32) return value;
    if (next + 8 > extra.length) throw broken('its directory is damaged');
    next += 8;
    return Number(extra.readBigUInt64LE(next - 8));
  });
  return [bytes, packedBytes, offset];
}

/** Files that share their packed bytes are how a small archive becomes a huge log. */
function checkOverlaps(entries: readonly ZipEntry[], directoryAt: number): void {
  const byPlace = entries.toSorted((a, b) => a.offset - b.offset);
  byPlace.forEach((entry, index) => {
    const limit = byPlace[index + 1]?.offset ?? directoryAt;
    if (entry.offset + localBytes + entry.packedBytes > limit) throw broken('its files overlap');
  });
}

/** Where the packed bytes of an entry begin. */
export function findZipData(file: number, entry: ZipEntry): number {
  const header = readAt(file, entry.offset, localBytes);
  if (header.readUInt32LE(0) !== localSignature) throw broken(`${entry.name} is not where its directory says`);
  return entry.offset + localBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
}
