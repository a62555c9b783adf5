// What was compiled, by text and catalogue: bounded in bytes, the least recently used goes first.
import type { Compilation } from './diagnostics.ts';

interface Entry {
  readonly compilation: Compilation;
  readonly bytes: number;
}

export class CompilationCache {
  readonly #entries = new Map<string, Entry>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Compilation | undefined {
    const found = this.#entries.get(key);
    if (!found) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, found);
    return found.compilation;
  }

  set(key: string, compilation: Compilation): void {
    // Strings are counted as UTF-16, the most that they can take.
    const bytes = 2 * (key.length + JSON.stringify(compilation).length);
    this.#remove(key);
    if (bytes > this.#bytesMax / 4) return;
    this.#entries.set(key, { compilation, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const found = this.#entries.get(key);
    if (!found) return;
    this.#entries.delete(key);
    this.#bytes -= found.bytes;
  }
}
