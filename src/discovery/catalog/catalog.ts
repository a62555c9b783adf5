// The catalogue of cloud apps: which app a host or an address of a traffic log belongs to. Knows nothing of stores or settings,
// so that threads that read logs load it as it is. What is known about apps besides is in factors.ts.
import { domainToASCII } from 'node:url';
import { parse } from 'tldts';
import { type AddressMatching, openAddressMatching, readAddressMatching, type SystemOf } from './address-matching.ts';
import { HostIndex, notAscii, notFound } from './host-index.ts';
import { type CatalogApp, readApps } from './records.ts';
import { unclassifiedId } from './unclassified.ts';

export interface HostMatch {
  /** Of a custom app, of the catalogue, or made from the domain (unclassified.ts). */
  readonly appId: number;
  /** The domain that decided; the address in normal form where only that is known. */
  readonly domain: string;
}

/** An app that the tenant described itself: found before those of the catalogue, whatever these own. */
export interface CustomAppDomains {
  readonly appId: number;
  /** In normal form. */
  readonly domains: readonly string[];
}

export interface Catalog {
  /**
   * The app of a host name, without port or brackets; letter case and a final dot do not matter. Unknown ones are grouped by
   * registrable domain. Null for what is no name of the internet: malformed, of a single label, below a domain that is not
   * in use there (.local, .internal), a bare public suffix, or an address.
   */
  matchHost(host: string): HostMatch | null;
  /** The app whose servers have this address; null when it is nobody's in particular. Never throws. */
  matchAddress(address: string): HostMatch | null;
  app(appId: number): CatalogApp | undefined;
  /** By id. */
  apps(): readonly CatalogApp[];
}

export interface CatalogOptions {
  readonly customApps?: readonly CustomAppDomains[];
  /** The AS number of an address; without it, only published ranges are known. */
  readonly systemOf?: SystemOf;
}

/** Unknown hosts are remembered, up to this many; looking one up in the public suffix list takes a microsecond or so. */
const rememberedMax = 65_536;

/** The catalogue with the tenant's own apps. The shipped data is read once and shared. */
export async function openCatalog({ customApps = [], systemOf }: CatalogOptions = {}): Promise<Catalog> {
  const { apps, byId, hosts, addresses } = await loadShipped();
  const own =
    customApps.length === 0 ? null : hostsOf(customApps.map(({ appId, domains }) => ({ id: appId, domains })));
  const remembered = new Map<string, HostMatch | null>();
  const matchUnknown = (host: string): HostMatch | null => {
    const known = remembered.get(host);
    if (known !== undefined) return known;
    if (remembered.size >= rememberedMax) remembered.clear();
    const match = unclassifiedMatch(host.toLowerCase());
    remembered.set(host, match);
    return match;
  };
  const matchHost = (host: string): HostMatch | null => {
    const end = host.charCodeAt(host.length - 1) === 0x2e ? host.length - 1 : host.length;
    const ofTenant = own === null ? notFound : own.index.find(host, end);
    if (own !== null && ofTenant >= 0) return matchAt(own, ofTenant, host, end);
    const position = hosts.index.find(host, end);
    if (position >= 0) return matchAt(hosts, position, host, end);
    if (position === notFound) return matchUnknown(end === host.length ? host : host.slice(0, end));
    return position === notAscii ? matchInternational(host) : null;
  };
  const matchInternational = (host: string): HostMatch | null => {
    const ascii = host.length > internationalCharactersMax ? '' : domainToASCII(host);
    return ascii === '' ? null : matchHost(ascii);
  };
  return {
    matchHost,
    matchAddress: openAddressMatching(addresses, systemOf),
    app: (appId) => byId.get(appId),
    apps: () => apps,
  };
}

/** Longer than any name of 253 bytes can be in letters. */
const internationalCharactersMax = 1024;

interface Hosts {
  readonly index: HostIndex;
  /** By position in the index. */
  readonly matches: readonly HostMatch[];
  /** Positions of domains below which some hosts are another app's. */
  readonly endings: ReadonlyMap<number, readonly { readonly labelEnd: string; readonly appId: number }[]>;
}

interface Shipped {
  readonly apps: readonly CatalogApp[];
  readonly byId: ReadonlyMap<number, CatalogApp>;
  readonly hosts: Hosts;
  readonly addresses: AddressMatching;
}

let shipped: Promise<Shipped> | null = null;

function loadShipped(): Promise<Shipped> {
  shipped ??= readShipped();
  return shipped;
}

async function readShipped(): Promise<Shipped> {
  const [apps, addresses] = await Promise.all([readApps(), readAddressMatching()]);
  return { apps, byId: new Map(apps.map((app) => [app.id, app])), hosts: hostsOf(apps), addresses };
}

function hostsOf(apps: readonly Pick<CatalogApp, 'id' | 'domains' | 'hostEndings'>[]): Hosts {
  const matches = apps.flatMap(({ id, domains }) => domains.map((domain) => Object.freeze({ appId: id, domain })));
  const positions = new Map(matches.map(({ domain }, position) => [domain, position]));
  const endings = new Map<number, { labelEnd: string; appId: number }[]>();
  for (const { id, hostEndings = [] } of apps) {
    for (const ending of hostEndings) {
      const cut = ending.indexOf('.');
      const position = positions.get(ending.slice(cut + 1));
      if (position === undefined) continue;
      endings.set(position, [...(endings.get(position) ?? []), { labelEnd: ending.slice(0, cut), appId: id }]);
    }
  }
  return { index: new HostIndex(matches.map(({ domain }) => domain)), matches, endings };
}

function matchAt({ matches, endings }: Hosts, position: number, host: string, end: number): HostMatch | null {
  const match = matches[position] ?? null;
  const among = endings.get(position);
  if (match === null || among === undefined) return match;
  const label = host.slice(0, Math.max(end - match.domain.length - 1, 0)).toLowerCase();
  const ending = label.includes('.') ? undefined : among.find(({ labelEnd }) => label.endsWith(labelEnd));
  return ending === undefined ? match : { appId: ending.appId, domain: `${label}.${match.domain}` };
}

/** The registrable domain by the public suffix list; `host` is lower-case ASCII of well-formed labels. */
function unclassifiedMatch(host: string): HostMatch | null {
  const { domain, isIcann, isPrivate, publicSuffix } = parse(host, { extractHostname: false, validateHostname: false });
  // A suffix that is on no list, such as .local, and numbers, which are addresses, are not of the internet.
  if (domain === null || !(isIcann === true || isPrivate === true) || publicSuffix?.endsWith('arpa')) return null;
  return { appId: unclassifiedId(domain), domain };
}
