import type { Transaction } from '../formats/transaction.ts';
import { indexOfText, namesOutside } from './firewalls.ts';

const open = 0x28;
const close = 0x29;
const colon = 0x3a;
const slash = 0x2f;
const space = 0x20;
const comma = 0x2c;

/**
 * One side of a connection as Cisco writes it: `inside:192.0.2.1/50000(user)`, `inside/192.0.2.1(50000)(user, 5:group)`, `192.0.2.1/80`,
 * `2001:db8::1/443`, `outside:www.example.com/443`. One object a reader, filled anew.
 */
export class Endpoint {
  bytes: Buffer = Buffer.alloc(0);
  /** The address, or the name that stands for it. */
  start = 0;
  end = 0;
  port = 0;
  interfaceStart = 0;
  interfaceEnd = 0;
  userStart = 0;
  userEnd = 0;

  get isEmpty(): boolean {
    return this.start >= this.end;
  }

  /** Reads the endpoint that begins here and gives where it ends. */
  read(bytes: Buffer, from: number, limit: number): number {
    this.bytes = bytes;
    this.port = 0;
    this.interfaceStart = this.interfaceEnd = this.userStart = this.userEnd = 0;
    let at = from;
    while (at < limit && bytes[at] !== space && bytes[at] !== open) at += 1;
    this.start = from;
    this.end = at;
    const isArrowForm = bytes[at] === open && this.takeParenthesisedPort(at, limit);
    if (isArrowForm) {
      this.splitInterface(slash);
      at = this.portEnd;
    } else {
      this.takePort();
      this.splitInterface(colon);
    }
    return this.readUsers(at, limit);
  }

  private portEnd = 0;

  /** `(50000)` behind the address. */
  private takeParenthesisedPort(at: number, limit: number): boolean {
    let port = 0;
    let next = at + 1;
    while (next < limit && isDigit(this.bytes[next] ?? 0) && next < at + 6) {
      port = port * 10 + (this.bytes[next] ?? 0) - 0x30;
      next += 1;
    }
    if (next === at + 1 || this.bytes[next] !== close) return false;
    this.port = port;
    this.portEnd = next + 1;
    return true;
  }

  /** `/443` at the end of the address. */
  private takePort(): void {
    let at = this.end;
    while (at > this.start && isDigit(this.bytes[at - 1] ?? 0)) at -= 1;
    if (at === this.end || at - 1 <= this.start || this.bytes[at - 1] !== slash || this.end - at > 5) return;
    for (let i = at; i < this.end; i++) this.port = this.port * 10 + (this.bytes[i] ?? 0) - 0x30;
    this.end = at - 1;
  }

  /** The name of an interface in front. An IPv6 address without one is told by what its first part is made of. */
  private splitInterface(mark: number): void {
    const { bytes, start, end } = this;
    let at = start;
    let isHex = true;
    while (at < end && bytes[at] !== mark) {
      isHex &&= isHexDigit(bytes[at] ?? 0);
      at += 1;
    }
    if (at >= end) return;
    if (mark === colon && isHex && at - start <= 4 && looksLikeV6(bytes, start, end)) return;
    this.interfaceStart = start;
    this.interfaceEnd = at;
    this.start = at + 1;
  }

  /** `(DOMAIN\user)`, `(DOMAIN\user, 5:group)`; the mapped address in `(198.51.100.1/1024)` is no user. */
  private readUsers(from: number, limit: number): number {
    let at = from;
    for (;;) {
      const begin = this.bytes[at] === space && this.bytes[at + 1] === open ? at + 1 : at;
      if (begin >= limit || this.bytes[begin] !== open) return at;
      let stop = begin + 1;
      while (stop < limit && this.bytes[stop] !== close) stop += 1;
      let nameEnd = begin + 1;
      while (nameEnd < stop && this.bytes[nameEnd] !== comma) nameEnd += 1;
      const isAddress = indexOfText(this.bytes, begin, nameEnd, '/') >= 0;
      if (!isAddress && nameEnd > begin + 1) {
        this.userStart = begin + 1;
        this.userEnd = nameEnd;
      }
      at = Math.min(limit, stop + 1);
    }
  }

  intoSource(transaction: Transaction): void {
    transaction.source.set(this.bytes, this.start, this.end);
    if (this.userEnd > this.userStart) transaction.user.set(this.bytes, this.userStart, this.userEnd);
  }

  intoDestination(transaction: Transaction): void {
    transaction.destination.set(this.bytes, this.start, this.end);
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** Nothing but hexadecimal digits, colons and dots, and at least two colons. */
function looksLikeV6(bytes: Buffer, start: number, end: number): boolean {
  let colons = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === colon) colons += 1;
    else if (!isHexDigit(byte) && byte !== 0x2e) return false;
  }
  return colons >= 2;
}

/** The interface has a name that says that it leads to the internet. */
export function isOutsideName({ bytes, interfaceStart, interfaceEnd }: Endpoint): boolean {
  return namesOutside(bytes, interfaceStart, interfaceEnd);
}
