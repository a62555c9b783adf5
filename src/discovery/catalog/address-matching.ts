// Apps by address, for logs that know no host: ranges that an operator has published for one service, then the networks (AS
// numbers) that one app's servers have to themselves. data/addresses.json says which and where that is from.
import { readFile } from 'node:fs/promises';
import ipaddr from 'ipaddr.js';
import type { HostMatch } from './catalog.ts';

/** The AS number of an address in normal form; undefined when nobody announces it. */
export type SystemOf = (address: string) => number | undefined;

export interface AddressData {
  readonly ranges: readonly { readonly app: number; readonly ranges: readonly string[] }[];
  readonly systems: readonly { readonly app: number; readonly systems: readonly number[] }[];
}

interface Range {
  readonly appId: number;
  readonly bytes: readonly number[];
  readonly bits: number;
}

export interface AddressMatching {
  readonly ranges: readonly Range[];
  readonly systems: ReadonlyMap<number, number>;
}

export const addressesFile = new URL('./data/addresses.json', import.meta.url);

export async function readAddressMatching(): Promise<AddressMatching> {
  const data: AddressData = JSON.parse(await readFile(addressesFile, 'utf8'));
  return {
    ranges: data.ranges
      .flatMap(({ app, ranges }) => ranges.map((text) => ({ appId: app, ...rangeOf(text) })))
      .sort((a, b) => b.bits - a.bits),
    systems: new Map(data.systems.flatMap(({ app, systems }) => systems.map((system) => [system, app]))),
  };
}

function rangeOf(text: string): { bytes: readonly number[]; bits: number } {
  const [address, bits] = ipaddr.parseCIDR(text);
  return { bytes: address.toByteArray(), bits };
}

/** Addresses come again and again; this many are remembered. */
const rememberedMax = 65_536;

export function openAddressMatching(
  { ranges, systems }: AddressMatching,
  systemOf: SystemOf | undefined,
): (address: string) => HostMatch | null {
  const remembered = new Map<string, HostMatch | null>();
  const find = (text: string): HostMatch | null => {
    if (!ipaddr.isValid(text) || text.includes('%')) return null;
    const address = ipaddr.process(text);
    const bytes = address.toByteArray();
    const domain = address.toString();
    const range = ranges.find((each) => each.bytes.length === bytes.length && isWithin(bytes, each));
    const appId = range?.appId ?? systems.get(systemOf?.(domain) ?? 0);
    return appId === undefined ? null : Object.freeze({ appId, domain });
  };
  return (text) => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    if (remembered.size >= rememberedMax) remembered.clear();
    const match = find(text);
    remembered.set(text, match);
    return match;
  };
}

function isWithin(address: readonly number[], { bytes, bits }: Range): boolean {
  const whole = bits >> 3;
  for (let at = 0; at < whole; at++) if (address[at] !== bytes[at]) return false;
  const rest = bits & 7;
  return rest === 0 || ((address[whole] ?? 0) ^ (bytes[whole] ?? 0)) >> (8 - rest) === 0;
}
