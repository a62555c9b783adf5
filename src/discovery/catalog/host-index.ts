// Domains by longest suffix, in one pass over a host from its end and without making a string: at every dot the hash of what
// was read so far is looked up. Reading of host names from traffic logs takes most of its time here.

/** What a host's text is not, or that it is nothing to look up in ASCII. */
export const notAName = -1;
export const notAscii = -2;
export const notFound = -3;

const dot = 0x2e;
const hostCharactersMax = 253;
const labelCharactersMax = 63;

/** Characters of host names by code, folded to lower case; 0 for all others. The underscore is no rule but is in use. */
const folded: Uint8Array = makeFolded();

function makeFolded(): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789-_') {
    table[character.charCodeAt(0)] = character.charCodeAt(0);
    table[character.toUpperCase().charCodeAt(0)] = character.charCodeAt(0);
  }
  return table;
}

export class HostIndex {
  readonly #domains: readonly string[];
  readonly #mask: number;
  /** Open addressing: hash and position + 1 of the domain; position 0 is a free place. */
  readonly #hashes: Int32Array;
  readonly #places: Int32Array;

  /** The domains must be in normal form: lower case, ASCII, no final dot. A domain that stands twice is the first one. */
  constructor(domains: readonly string[]) {
    this.#domains = domains;
    let size = 16;
    while (size < domains.length * 4) size *= 2;
    this.#mask = size - 1;
    this.#hashes = new Int32Array(size);
    this.#places = new Int32Array(size);
    domains.forEach((domain, position) => {
      let hash = 0;
      for (let at = domain.length - 1; at >= 0; at--) hash = step(hash, domain.charCodeAt(at));
      let place = (hash ^ (hash >>> 15)) & this.#mask;
      while (this.#places[place] !== 0) place = (place + 1) & this.#mask;
      this.#hashes[place] = hash;
      this.#places[place] = position + 1;
    });
  }

  /**
   * Position of the longest domain that the host is or lies below; {@link notFound}, {@link notAName} for what is no host
   * name (empty labels, characters, lengths, an address), {@link notAscii} for a name with other letters. A final dot and upper
   * case are let be. `end` is where the host ends in the text.
   */
  find(host: string, end: number): number {
    if (end === 0 || end > hostCharactersMax) return end === 0 ? notAName : this.#longName(host);
    let hash = 0;
    let found = notFound;
    let labelEnd = end;
    for (let at = end - 1; at >= 0; at--) {
      const code = host.charCodeAt(at);
      if (code === dot) {
        const length = labelEnd - at - 1;
        if (length === 0 || length > labelCharactersMax) return notAName;
        const position = this.#lookUp(hash, host, at + 1, end);
        if (position >= 0) found = position;
        labelEnd = at;
        hash = step(hash, dot);
        continue;
      }
      if (code >= 128) return notAscii;
      const lower = folded[code] ?? 0;
      if (lower === 0) return notAName;
      hash = step(hash, lower);
    }
    if (labelEnd === 0 || labelEnd > labelCharactersMax) return notAName;
    const position = this.#lookUp(hash, host, 0, end);
    return position >= 0 ? position : found;
  }

  /** A name in other letters can be longer before it is written in ASCII than it may be then. */
  #longName(host: string): number {
    return /[\u0080-\uffff]/.test(host.slice(0, hostCharactersMax * 2)) ? notAscii : notAName;
  }

  #lookUp(hash: number, host: string, start: number, end: number): number {
    let place = (hash ^ (hash >>> 15)) & this.#mask;
    for (let position = this.#places[place] ?? 0; position !== 0; position = this.#places[place] ?? 0) {
      if (this.#hashes[place] === hash && isSame(this.#domains[position - 1] ?? '', host, start, end))
        return position - 1;
      place = (place + 1) & this.#mask;
    }
    return notFound;
  }
}

/** FNV-1a. */
function step(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

function isSame(domain: string, host: string, start: number, end: number): boolean {
  if (domain.length !== end - start) return false;
  for (let at = 0; at < domain.length; at++) {
    const code = host.charCodeAt(start + at);
    if ((code === dot ? dot : folded[code]) !== domain.charCodeAt(at)) return false;
  }
  return true;
}
