// What is known of an address: the tenant's own IP ranges come first, then what is built in (private networks, cloud
// operators), then country and organisation from the databases (geo/).
import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js';
import type { SubnetsTable } from '../db/tables.ts';
import type { Geo, Place } from '../geo/geo.ts';
import { Recent } from '../lib/recent.ts';
import { cloudOperatorTags, ipTags } from './cloud-operators.ts';

/** The wire's ip.category: 0 None, 1 Corporate, 2 Administrative, 3 Risky, 4 VPN, 5 Cloud provider, 6 Other. */
export type IpCategory = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export interface AddressFacts {
  /** In normal form. */
  readonly address: string;
  readonly category: IpCategory;
  readonly tags: readonly string[];
  readonly countryCode: string | null;
  readonly organization: string | null;
}

export type Locator = (text: string) => AddressFacts | null;

type Parsed = IPv4 | IPv6;

interface Range {
  readonly network: Parsed;
  readonly prefix: number;
  readonly category: IpCategory;
  readonly tags: readonly string[];
  readonly organization: string | null;
  readonly countryCode: string | null;
}

const rememberedAddresses = 20_000;

/**
 * A look-up over one tenant's ranges; the narrowest range that holds an address counts. A text that is no address gives
 * null. Addresses that come again are remembered for as long as the locator is.
 */
export function addressLocator(subnets: readonly SubnetsTable[], geo: Geo): Locator {
  const ranges = finderOf(subnets.flatMap(rangesOf));
  const known = new Recent<string, AddressFacts | typeof none>(rememberedAddresses);
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found === none ? null : found;
    const facts = locate(text, ranges, geo);
    known.set(text, facts ?? none);
    return facts;
  };
}

const none = Symbol('no address');

type Finder = (address: Parsed) => Range | undefined;

/** Looks an address up once for each length of prefix that there is, the longest first: a tenant may have many ranges. */
function finderOf(ranges: readonly Range[]): Finder {
  const lengths = new Map<string, { kind: string; prefix: number; byNetwork: Map<bigint, Range> }>();
  for (const range of ranges) {
    const { network, prefix } = range;
    const kind = network.kind();
    const length = lengths.get(`${kind}/${prefix}`) ?? { kind, prefix, byNetwork: new Map<bigint, Range>() };
    lengths.set(`${kind}/${prefix}`, length);
    const number = networkOf(network, prefix);
    if (!length.byNetwork.has(number)) length.byNetwork.set(number, range);
  }
  const longestFirst = [...lengths.values()].sort((left, right) => right.prefix - left.prefix);
  return (address) => {
    for (const { kind, prefix, byNetwork } of longestFirst) {
      const found = kind === address.kind() ? byNetwork.get(networkOf(address, prefix)) : undefined;
      if (found) return found;
    }
    return undefined;
  };
}

/** The first bits of the address as a number. */
function networkOf(address: Parsed, prefix: number): bigint {
  const bytes = address.toByteArray();
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`) >> BigInt(bytes.length * 8 - prefix);
}

function locate(text: string, ranges: Finder, geo: Geo): AddressFacts | null {
  if (!ipaddr.isValid(text) || text.includes('%')) return null;
  const parsed = ipaddr.process(text);
  if (parsed.kind() === 'ipv4' && !isDotted(text) && !text.includes(':')) return null;
  const address = parsed.toString();
  const own = ranges(parsed);
  const kind = parsed.range();
  const isInternal = internalRanges.has(kind);
  const place = isInternal || nobodysRanges.has(kind) ? nowhere : geo(address);
  const built = builtIn(place, isInternal);
  if (!own) return { address, ...built, countryCode: place.countryCode, organization: place.organization };
  return {
    address,
    category: own.category,
    tags: own.tags,
    countryCode: own.countryCode ?? place.countryCode,
    organization: own.organization ?? place.organization,
  };
}

/** ipaddr.js also reads 1, 0x7f.1 and 010.1.2.3; what services write is always four decimal numbers. */
function isDotted(text: string): boolean {
  return /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text);
}

/** Ranges of ipaddr.js that no database knows, because everybody has them. */
const internalRanges: ReadonlySet<string> = new Set([
  'private',
  'loopback',
  'linkLocal',
  'uniqueLocal',
  'unspecified',
  'carrierGradeNat',
]);
/** Documentation, future use, many receivers: whatever a database says of them is an accident. */
const nobodysRanges: ReadonlySet<string> = new Set(['reserved', 'multicast', 'broadcast']);
const nowhere: Place = { countryCode: null, organization: null, asNumber: null };

function builtIn(place: Place, isInternal: boolean): { category: IpCategory; tags: readonly string[] } {
  if (isInternal) return { category: 0, tags: [ipTags.internalAddress] };
  const operator = place.asNumber === null ? undefined : cloudOperatorTags(place.asNumber);
  return operator === undefined ? { category: 0, tags: [] } : { category: 5, tags: operator };
}

function rangesOf(subnet: SubnetsTable): Range[] {
  const { organization, countryCode } = subnet;
  const category = isIpCategory(subnet.category) ? subnet.category : 6;
  const tags = textList(subnet.tags);
  return textList(subnet.ranges).map((range) => {
    const [network, prefix] = ipaddr.parseCIDR(range);
    return { network, prefix, category, tags, organization, countryCode };
  });
}

export function isIpCategory(number: number): number is IpCategory {
  return Number.isInteger(number) && number >= 0 && number <= 6;
}

function textList(json: string): string[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string') : [];
}
