import { closeSync, fdatasyncSync, ftruncateSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { type Segment, segmentPath, syncFolder } from './segments.ts';

/** The piece that a data source's lines are being written to. */
export class OpenSegment {
  readonly #folder: string;
  readonly #sequence: number;
  readonly #path: string;
  readonly #file: number;
  readonly #begunAt = performance.now();
  #bytes = 0;
  #lines = 0;
  #isDirty = false;

  constructor(folder: string, sequence: number) {
    this.#folder = folder;
    this.#sequence = sequence;
    this.#path = segmentPath(folder, sequence, 0, 'open');
    this.#file = openSync(this.#path, 'ax', 0o600);
  }

  get bytes(): number {
    return this.#bytes;
  }

  ageMs(): number {
    return performance.now() - this.#begunAt;
  }

  /** All of the bytes, or none of them. */
  write(bytes: Buffer, lines: number): void {
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(this.#file, bytes, done);
    } catch (error) {
      ftruncateSync(this.#file, this.#bytes);
      throw error;
    }
    this.#bytes += bytes.length;
    this.#lines += lines;
    this.#isDirty = true;
  }

  sync(): void {
    if (!this.#isDirty) return;
    fdatasyncSync(this.#file);
    this.#isDirty = false;
  }

  /** Undefined when nothing was written to it. What it throws leaves the piece open. */
  close(): Segment | undefined {
    this.sync();
    closeSync(this.#file);
    if (this.#bytes === 0) {
      unlinkSync(this.#path);
      return undefined;
    }
    return { sequence: this.#sequence, kind: 'lines', lines: this.#lines, path: this.#renamed(), bytes: this.#bytes };
  }

  /** Under its old name it is as good; the next start gives it the new one. */
  #renamed(): string {
    const path = segmentPath(this.#folder, this.#sequence, this.#lines, 'lines');
    try {
      renameSync(this.#path, path);
    } catch {
      return this.#path;
    }
    syncFolder(this.#folder);
    return path;
  }
}
