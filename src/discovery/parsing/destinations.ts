// Where traffic goes: the app and domain of a host, or of an address when there is no host. Each is looked up once.
import ipaddr from 'ipaddr.js';
import type { Catalog } from '../catalog/catalog.ts';
import type { Span, Transaction } from '../formats/transaction.ts';
import { HostScanner } from './hosts.ts';
import { ByteTable } from './interning.ts';
import { internSpan, NumberList, normaliseSource } from './names.ts';

/** What {@link Destinations.numberOf} says when there is no destination to count. */
export const noDestination = -1;
export const internalDestination = -2;
export const unknownAddress = -3;

/** Longer texts hold more than a host. */
const targetBytesMax = 64;

/** App of an address that is not looked up yet, or that belongs to nobody. */
const pendingApp = -1;
const nobodysApp = -2;

/** Ranges that are of no network but one's own (RFC 6890), as the library names them. */
const internalRanges = new Set([
  'private',
  'loopback',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
  'broadcast',
  'multicast',
  'unspecified',
]);

export interface Destination {
  readonly appId: number;
  readonly domain: string;
}

export class Destinations {
  readonly #catalog: Catalog;
  readonly #scanner = new HostScanner();
  readonly #scratch = Buffer.alloc(4096);
  #hosts = new ByteTable();
  #hostNumbers = new NumberList();
  /** Hosts as logs write them, where nothing else is with them: see Transaction.isHost. */
  #targets = new ByteTable();
  #targetNumbers = new NumberList();
  #addresses = new ByteTable();
  #addressNumbers = new NumberList();
  #numbers = new Map<string, number>();
  #list: { appId: number; domain: string }[] = [];
  #pending: { readonly number: number; readonly addressId: number }[] = [];

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Texts and memory so far. */
  get size(): { readonly count: number; readonly bytes: number } {
    return {
      count: this.#hosts.count + this.#targets.count + this.#addresses.count,
      bytes: this.#hosts.byteCount + this.#targets.byteCount + this.#addresses.byteCount,
    };
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  /** The destination by number; undefined for an address that turned out to be nobody's. */
  find(number: number): Destination | undefined {
    const found = this.#list[number];
    return found && found.appId >= 0 ? found : undefined;
  }

  /** All of them, by number. */
  get list(): readonly (Destination | undefined)[] {
    return this.#list.map((_, number) => this.find(number));
  }

  numberOfDestination({ appId, domain }: Destination): number {
    const key = `${appId} ${domain}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#list.length);
    return this.#list.push({ appId, domain }) - 1;
  }

  /** The number of the destination, or one of the reasons above. */
  numberOf(transaction: Transaction): number {
    const { url } = transaction;
    const isTarget = transaction.isHost && url.own === null && url.end - url.start <= targetBytesMax;
    const byHost = isTarget ? this.#numberOfTarget(url) : this.#numberIn(url);
    // A name of the own network says where it went, whatever its address is.
    if (byHost !== noDestination || transaction.destination.isEmpty) return byHost;
    const byAddress = this.#numberOfAddress(transaction);
    return byAddress === noDestination ? byHost : byAddress;
  }

  #numberOfTarget({ bytes, start, end }: Span): number {
    if (start >= end) return noDestination;
    const id = this.#targets.intern(bytes, start, end);
    if (id === this.#targetNumbers.count) {
      const isFound = this.#scanner.scan(bytes, start, end);
      this.#targetNumbers.push(isFound ? this.#numberOfHost(bytes) : noDestination);
    }
    return this.#targetNumbers.at(id);
  }

  #numberIn({ bytes, start, end, own }: Span): number {
    if (own !== null) {
      const scratch = this.#scratch;
      return this.#scanner.scan(scratch, 0, scratch.write(own)) ? this.#numberOfHost(scratch) : noDestination;
    }
    return start < end && this.#scanner.scan(bytes, start, end) ? this.#numberOfHost(bytes) : noDestination;
  }

  #numberOfHost(bytes: Buffer): number {
    const id = this.#hosts.intern(bytes, this.#scanner.start, this.#scanner.end);
    if (id === this.#hostNumbers.count) {
      this.#hostNumbers.push(this.#look(this.#hosts.text(id).toLowerCase().replace(/\.+$/, '')));
    }
    return this.#hostNumbers.at(id);
  }

  /** A host that was not seen before. */
  #look(host: string): number {
    const match = this.#catalog.matchHost(host);
    if (match) return this.numberOfDestination(match);
    const address = normaliseSource(host);
    if (address !== '') return this.#lookAddress(address, -1);
    // A name that the internet does not know is one of the own network.
    return /^[a-z0-9_][a-z0-9_.-]*$/.test(host) && /[a-z]/.test(host) ? internalDestination : noDestination;
  }

  #numberOfAddress({ destination }: Transaction): number {
    const id = internSpan(this.#addresses, destination);
    if (id === this.#addressNumbers.count) {
      const address = normaliseSource(this.#addresses.text(id));
      this.#addressNumbers.push(address === '' ? noDestination : this.#lookAddress(address, id));
    }
    return this.#addressNumbers.at(id);
  }

  #lookAddress(address: string, addressId: number): number {
    if (internalRanges.has(ipaddr.parse(address).range())) return internalDestination;
    const known = this.#numbers.get(address);
    if (known !== undefined) return known;
    const number = this.#list.push({ appId: pendingApp, domain: address }) - 1;
    this.#numbers.set(address, number);
    this.#pending.push({ number, addressId });
    return number;
  }

  /** Looks up the addresses that were new. What was counted for those that are nobody's is left out later: see {@link find}. */
  resolvePending(): void {
    for (const { number, addressId } of this.#pending) {
      const entry = this.#list[number];
      if (!entry) continue;
      const match = this.#catalog.matchAddress(entry.domain);
      if (match) {
        entry.appId = match.appId;
        this.#numbers.set(`${entry.appId} ${entry.domain}`, number);
      } else {
        entry.appId = nobodysApp;
        if (addressId >= 0) this.#addressNumbers.set(addressId, unknownAddress);
      }
    }
    this.#pending = [];
  }

  clear(): void {
    this.#hosts = new ByteTable();
    this.#hostNumbers = new NumberList();
    this.#targets = new ByteTable();
    this.#targetNumbers = new NumberList();
    this.#addresses = new ByteTable();
    this.#addressNumbers = new NumberList();
    this.#numbers = new Map();
    this.#list = [];
    this.#pending = [];
  }
}
