// What came in and is not at the server yet, on the disk, bounded. Bytes that were appended are the operating system's when the
// call returns: a process that is killed loses none of them.
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { isDiskFull, receiveFile } from './incoming-file.ts';
import { OpenSegment } from './open-segment.ts';
import { closeLeftOpen, readSegments, type Segment, segmentPath, syncFolder } from './segments.ts';

export interface SpoolOptions {
  readonly folder: string;
  /** Bytes of all pieces together; when they would be more, the oldest piece is dropped. */
  readonly bytesMax: number;
  /** A piece that has become so large is closed. */
  readonly segmentBytesMax: number;
}

/** What had to be given up, since the process began. */
export interface Dropped {
  readonly segments: number;
  readonly lines: number;
  readonly bytes: number;
}

/** One data source's part of the spool. */
export interface Channel {
  readonly id: string;
  /** Adds whole lines, each with its line feed. */
  append(bytes: Buffer, lines: number): void;
  /**
   * Takes a file of at most so many bytes as it comes; resolves with its bytes when it is on the disk. Throws in words for its
   * sender, and keeps nothing of it then.
   */
  receive(content: AsyncIterable<Buffer>, bytesMax: number): Promise<number>;
  /** Closes the piece that is being written to, if it has lines that are older than this many ms. */
  closeOlderThan(ms: number): void;
  /** Closed pieces, oldest first. */
  waiting(): readonly Segment[];
  /** The text of a closed piece as gzip, in its place. Hold it meanwhile. Undefined when somebody else removed it. */
  pack(segment: Segment): Promise<Segment | undefined>;
  /** The server has it. */
  remove(segment: Segment): void;
  /** It is given up. */
  drop(segment: Segment): void;
  readonly bytes: number;
  readonly dropped: Dropped;
}

export class Spool {
  readonly #options: SpoolOptions;
  readonly #channels = new Map<string, SpoolChannel>();
  #sequence = 0;
  #bytes = 0;
  /** Pieces that must not be dropped now: they are being packed or sent. */
  readonly held = new Set<number>();

  /** Opens the folder and takes over what an earlier process left there. */
  constructor(options: SpoolOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(options.folder)) {
      if (isChannelName(name)) this.channel(name);
    }
  }

  /** `id` is the data source's. */
  channel(id: string): Channel {
    if (!isChannelName(id)) throw new Error(`"${id}" cannot be the name of a folder.`);
    const known = this.#channels.get(id);
    if (known) return known;
    const channel = new SpoolChannel(this, id, join(this.#options.folder, id), this.#options.segmentBytesMax);
    this.#channels.set(id, channel);
    return channel;
  }

  channels(): Channel[] {
    return [...this.#channels.values()];
  }

  get bytes(): number {
    return this.#bytes;
  }

  get bytesMax(): number {
    return this.#options.bytesMax;
  }

  /** Brings what is being written to the disk itself, for the day that power goes. */
  sync(): void {
    for (const channel of this.#channels.values()) channel.sync();
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.closeOlderThan(0);
  }

  nextSequence(): number {
    return ++this.#sequence;
  }

  sawSequence(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
  }

  grew(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Makes room for so many bytes by dropping the oldest closed pieces, whosever they are. False when there is none left. */
  makeRoom(bytes: number): boolean {
    while (this.#bytes + bytes > this.#options.bytesMax) {
      if (!this.dropOldest()) return false;
    }
    return true;
  }

  dropOldest(): boolean {
    let oldest: { readonly channel: SpoolChannel; readonly segment: Segment } | undefined;
    for (const channel of this.#channels.values()) {
      const segment = channel.waiting().find(({ sequence }) => !this.held.has(sequence));
      if (segment && (!oldest || segment.sequence < oldest.segment.sequence)) oldest = { channel, segment };
    }
    oldest?.channel.drop(oldest.segment);
    return oldest !== undefined;
  }
}

/** Ids come from the server and become folders. */
function isChannelName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name);
}

class SpoolChannel implements Channel {
  readonly id: string;
  readonly #spool: Spool;
  readonly #folder: string;
  readonly #segmentBytesMax: number;
  #open: OpenSegment | undefined;
  #waiting: Segment[] = [];
  #dropped = { segments: 0, lines: 0, bytes: 0 };

  constructor(spool: Spool, id: string, folder: string, segmentBytesMax: number) {
    this.id = id;
    this.#spool = spool;
    this.#folder = folder;
    this.#segmentBytesMax = segmentBytesMax;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const segment of readSegments(folder)) {
      spool.sawSequence(segment.sequence);
      const closed = segment.kind === 'open' ? closeLeftOpen(folder, segment) : segment;
      if (!closed) continue;
      this.#waiting.push(closed);
      spool.grew(closed.bytes);
    }
  }

  append(bytes: Buffer, lines: number): void {
    const segment = this.#written(bytes, lines);
    if (!segment) {
      const { segments } = this.#dropped;
      this.#dropped = { segments, lines: this.#dropped.lines + lines, bytes: this.#dropped.bytes + bytes.length };
      return;
    }
    this.#spool.grew(bytes.length);
    if (segment.bytes >= this.#segmentBytesMax) this.closeOlderThan(0);
  }

  /** The piece that the lines were written to; undefined when there is no room for them whatever is dropped. */
  #written(bytes: Buffer, lines: number): OpenSegment | undefined {
    if (!this.#spool.makeRoom(bytes.length)) {
      // Nothing closed is left to drop: what is being written is the oldest there is.
      this.closeOlderThan(0);
      if (!this.#spool.makeRoom(bytes.length)) return undefined;
    }
    for (;;) {
      try {
        this.#open ??= new OpenSegment(this.#folder, this.#spool.nextSequence());
        this.#open.write(bytes, lines);
        return this.#open;
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        // The disk is smaller than the bound: it is the bound then.
        if (!this.#spool.dropOldest()) return undefined;
      }
    }
  }

  async receive(content: AsyncIterable<Buffer>, bytesMax: number): Promise<number> {
    const spool = this.#spool;
    const path = join(this.#folder, `${spool.nextSequence()}.part`);
    let taken = 0;
    const take = (bytes: number): boolean => {
      if (!spool.makeRoom(bytes)) return false;
      spool.grew(bytes);
      taken += bytes;
      return true;
    };
    try {
      const bytes = await receiveFile(path, content, bytesMax, { take, dropOldest: () => spool.dropOldest() });
      const sequence = spool.nextSequence();
      const final = segmentPath(this.#folder, sequence, 0, 'file');
      renameSync(path, final);
      syncFolder(this.#folder);
      this.#waiting.push({ sequence, kind: 'file', lines: 0, path: final, bytes });
      return bytes;
    } catch (error) {
      spool.grew(-taken);
      rmSync(path, { force: true });
      throw error;
    }
  }

  closeOlderThan(ms: number): void {
    const segment = this.#open;
    if (!segment || segment.ageMs() < ms) return;
    const closed = segment.close();
    this.#open = undefined;
    if (closed) this.#waiting.push(closed);
  }

  waiting(): readonly Segment[] {
    return this.#waiting;
  }

  async pack(segment: Segment): Promise<Segment | undefined> {
    if (segment.kind !== 'lines') return segment;
    const path = segmentPath(this.#folder, segment.sequence, segment.lines, 'packed');
    const unfinished = `${path}.part`;
    try {
      await pipeline(createReadStream(segment.path), createGzip(), createWriteStream(unfinished, { mode: 0o600 }));
      const size = await synced(unfinished);
      renameSync(unfinished, path);
      const packed: Segment = { ...segment, kind: 'packed', path, bytes: size };
      this.#waiting = this.#waiting.map((each) => (each.sequence === segment.sequence ? packed : each));
      unlinkSync(segment.path);
      syncFolder(this.#folder);
      this.#spool.grew(size - segment.bytes);
      return packed;
    } catch (error) {
      rmSync(unfinished, { force: true });
      // A full disk has no room for the packed piece beside the plain one: it is sent as it is.
      if (isDiskFull(error)) return segment;
      if (existsSync(segment.path)) throw error;
      this.drop(segment);
      return undefined;
    }
  }

  remove(segment: Segment): void {
    this.#waiting = this.#waiting.filter(({ sequence }) => sequence !== segment.sequence);
    rmSync(segment.path, { force: true });
    this.#spool.grew(-segment.bytes);
  }

  drop(segment: Segment): void {
    this.remove(segment);
    const { segments, lines, bytes } = this.#dropped;
    this.#dropped = { segments: segments + 1, lines: lines + segment.lines, bytes: bytes + segment.bytes };
  }

  sync(): void {
    this.#open?.sync();
  }

  get bytes(): number {
    return this.#waiting.reduce((sum, segment) => sum + segment.bytes, this.#open?.bytes ?? 0);
  }

  get dropped(): Dropped {
    return this.#dropped;
  }
}

/** Brings a file to the disk and returns its bytes. */
async function synced(path: string): Promise<number> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
