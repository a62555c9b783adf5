// The host out of what a log says of the destination: a URL, a host with or without port, a request line, a CONNECT (RFC 3986
// section 3.2). One pass over the bytes up to the end of the host; what is found is a place in them, and nothing is made of it.

const hostBytesMax = 255;
const addressBytesMax = 60;
const [slash, colon, closeBracket] = [0x2f, 0x3a, 0x5d];

/** What a byte is to a host. */
const invalid = 0;
const schemeOrPort = 1;
const afterUser = 2;
const ends = 3;
const blank = 4;
const bracket = 5;
const ofHost = 6;

/** Letters, digits, "-", ".", "_", and everything beyond ASCII, of which international names consist. */
const kinds = makeKinds();

function makeKinds(): Uint8Array {
  const table = new Uint8Array(256);
  const mark = (characters: string, kind: number): void => {
    for (const each of characters) table[each.charCodeAt(0)] = kind;
  };
  mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._', ofHost);
  table.fill(ofHost, 0x80);
  mark(':', schemeOrPort);
  mark('@', afterUser);
  mark('/?#\\', ends);
  mark(' \t"\'', blank);
  mark('[', bracket);
  return table;
}

/** Holds where the host lies that was found last. */
export class HostScanner {
  start = 0;
  end = 0;

  /** False when there is no host in bytes[start..end), or one that none can be. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    let from = pastScheme(bytes, start, end);
    for (let at = from; ; at++) {
      while (at < end && kinds[bytes[at] ?? 0] === ofHost) at++;
      if (at >= end) return this.#found(from, end);
      const kind = kinds[bytes[at] ?? 0];
      if (kind === schemeOrPort) {
        if (bytes[at + 1] !== slash || bytes[at + 2] !== slash) return this.#beforePort(bytes, from, at, end);
        at += 2;
      } else if (kind === ends) {
        if (at > from) return this.#found(from, at);
        // "//host/path" has no scheme; anything else that begins so is a path.
        if (at !== start || bytes[at + 1] !== slash) return false;
        at++;
      } else if (kind === blank) {
        if (at > from && !isMethod(bytes, from, at)) return this.#found(from, at);
      } else if (kind === bracket) {
        return this.#literal(bytes, at + 1, bytes.indexOf(closeBracket, at), end);
      } else if (kind === invalid) {
        return this.#behindUser(bytes, at, end);
      }
      // What came before was a method, a scheme or a user's name.
      from = at + 1;
    }
  }

  #found(from: number, to: number): boolean {
    this.start = from;
    this.end = to;
    return to > from && to - from <= hostBytesMax;
  }

  /** At the colon behind what may be a host, a user's name, or the beginning of an IPv6 address without brackets. */
  #beforePort(bytes: Buffer, from: number, colonAt: number, end: number): boolean {
    let at = colonAt + 1;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte >= 0x30 && byte <= 0x39) continue;
      const kind = kinds[byte];
      if (kind === ends || kind === blank) break;
      return this.#behindUser(bytes, at, end) || this.#literal(bytes, from, end, end);
    }
    return this.#found(from, colonAt);
  }

  /** A user's name and password may hold what no host does. */
  #behindUser(bytes: Buffer, at: number, end: number): boolean {
    const user = userEnd(bytes, at, end);
    return user >= 0 && this.scan(bytes, user, end);
  }

  /** An IPv6 address, whose form is looked at when it is seen first. */
  #literal(bytes: Buffer, from: number, to: number, end: number): boolean {
    if (to < from || to > end || to - from > addressBytesMax) return false;
    for (let at = from; at < to; at++) {
      const kind = kinds[bytes[at] ?? 0];
      // A zone (RFC 6874) stands behind a percent sign.
      if (kind !== ofHost && bytes[at] !== colon && bytes[at] !== 0x25) return false;
    }
    return this.#found(from, to);
  }
}

/** Behind `http://` and `https://`, with which nearly all URLs begin; where it begins when it begins otherwise. */
function pastScheme(bytes: Buffer, start: number, end: number): number {
  if (end - start < 8 || bytes[start] !== 0x68 || bytes[start + 1] !== 0x74 || bytes[start + 2] !== 0x74) return start;
  if (bytes[start + 3] !== 0x70) return start;
  const at = bytes[start + 4] === 0x73 ? start + 5 : start + 4;
  return bytes[at] === colon && bytes[at + 1] === slash && bytes[at + 2] === slash ? at + 3 : start;
}

/** Behind the "@" that ends the user's name of a URL; -1 when there is none before the path. */
function userEnd(bytes: Buffer, from: number, end: number): number {
  let found = -1;
  for (let at = from; at < end; at++) {
    const kind = kinds[bytes[at] ?? 0];
    if (kind === ends || kind === blank) break;
    if (kind === afterUser) found = at + 1;
  }
  return found;
}

/** A word without a dot before a blank: "GET http://…", "CONNECT host:443". */
function isMethod(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const letter = (bytes[at] ?? 0) | 0x20;
    if (letter < 0x61 || letter > 0x7a) return false;
  }
  return true;
}
