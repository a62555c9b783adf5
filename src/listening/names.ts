// Which host names this deployment answers to. Every URL that leaves the program is built here, from configured names
// only; what a request says about its own host decides at most which of these it meant.
import { type Config, ConfigProblem } from '../config.ts';
import { isAddress, normaliseHost, parseHostHeader } from './host-header.ts';
import { vendorHosts, vendorTenantParents } from './vendor-hosts.ts';

export type NameSettings = Pick<Config, 'publicUrl' | 'port' | 'hostAliases' | 'isDemo' | 'vendorHosts'>;

export interface Names {
  /** Host of the generic URL; tenants get <slug>.<this>. */
  readonly genericHost: string;
  /** "" for port 443, else ":8443": follows the host in every URL. */
  readonly portSuffix: string;
  /** Further hosts and addresses that mean the generic host. */
  readonly aliases: ReadonlySet<string>;
  /** True when the documented services' hosts are ours too. */
  readonly answersVendorHosts: boolean;
}

export interface ResolvedHost {
  /**
   * generic: no tenant is named. tenant: <slug>.<generic host>; whether there is such a tenant is not known here.
   * vendor: a host of the documented services, with the slug where it names one. unknown: not ours, answer 421.
   */
  readonly kind: 'generic' | 'tenant' | 'vendor' | 'unknown';
  readonly slug?: string;
  /** Origin for URLs in the answer: the tenant's or vendor host's own, else the generic one. Never from the header. */
  readonly canonicalOrigin: string;
}

/** The first label of a tenant's host: 3-40 of a-z, 0-9 and inner hyphens, as tenants are created. */
const slugPattern = /^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/;

/** Labels that are regions below the vendor's portal host, so no tenant is meant by them there. */
const vendorRegionHosts = new Set(vendorTenantParents);
const vendorHostSet = new Set(vendorHosts);

/**
 * Reads the names out of the settings. `listeningPort` is the port that was really taken, for port 0. Throws a
 * ConfigProblem when publicUrl or an alias is not a name; checkConsistency says the same before anything starts.
 */
export function buildNames(settings: NameSettings, listeningPort: number = settings.port): Names {
  const url = new URL(settings.publicUrl ?? `https://localhost:${listeningPort}`);
  const genericHost = normaliseHost(url.hostname);
  if (genericHost === undefined) throw new ConfigProblem(`publicUrl names no host: ${settings.publicUrl}.`);
  const aliases = new Set<string>();
  for (const alias of settings.hostAliases) {
    const host = normaliseHost(alias);
    if (host === undefined) throw new ConfigProblem(`"${alias}" in hostAliases is not a host name.`);
    aliases.add(host);
  }
  if (settings.isDemo || genericHost === 'localhost') {
    aliases.add('127.0.0.1');
    aliases.add('::1');
  }
  aliases.delete(genericHost);
  const portSuffix = url.port === '' ? '' : `:${url.port}`;
  return { genericHost, portSuffix, aliases, answersVendorHosts: settings.vendorHosts };
}

/** The generic origin, without a final slash: https://localhost:8443. */
export function genericUrl(names: Names): string {
  return originOf(names, names.genericHost);
}

/** The tenant's own origin: https://contoso.localhost:8443. An address has no hosts below it, so there it is the generic one. */
export function tenantUrl(names: Names, slug: string): string {
  return isAddress(names.genericHost) ? genericUrl(names) : originOf(names, `${slug}.${names.genericHost}`);
}

function originOf(names: Names, host: string): string {
  return `https://${host.includes(':') ? `[${host}]` : host}${names.portSuffix}`;
}

/** Headers that were resolved to a host of ours: clients send the same few, and reading one costs as much as a look-up. */
const resolvedHeaders = new WeakMap<Names, Map<string, ResolvedHost>>();
const resolvedHeadersMax = 1000;

/** What the Host header of a request means here. Ports are not compared: a proxy or a port mapping may change them. */
export function resolveHost(names: Names, hostHeader: string | undefined): ResolvedHost {
  if (hostHeader === undefined) return { kind: 'unknown', canonicalOrigin: genericUrl(names) };
  let known = resolvedHeaders.get(names);
  if (!known) {
    known = new Map();
    resolvedHeaders.set(names, known);
  }
  const before = known.get(hostHeader);
  if (before) return before;
  const resolved = resolveHeader(names, hostHeader);
  if (resolved.kind !== 'unknown' && known.size < resolvedHeadersMax) known.set(hostHeader, resolved);
  return resolved;
}

function resolveHeader(names: Names, hostHeader: string): ResolvedHost {
  const unknown: ResolvedHost = { kind: 'unknown', canonicalOrigin: genericUrl(names) };
  const host = parseHostHeader(hostHeader);
  if (host === undefined) return unknown;
  if (host === names.genericHost || names.aliases.has(host)) {
    return { kind: 'generic', canonicalOrigin: genericUrl(names) };
  }
  const slug = slugBelow(host, names.genericHost);
  if (slug !== undefined) return { kind: 'tenant', slug, canonicalOrigin: tenantUrl(names, slug) };
  return names.answersVendorHosts ? (resolveVendorHost(names, host) ?? unknown) : unknown;
}

function resolveVendorHost(names: Names, host: string): ResolvedHost | undefined {
  if (vendorHostSet.has(host)) return { kind: 'vendor', canonicalOrigin: originOf(names, host) };
  if (vendorRegionHosts.has(host)) return undefined;
  for (const parent of vendorTenantParents) {
    const slug = slugBelow(host, parent);
    if (slug !== undefined) return { kind: 'vendor', slug, canonicalOrigin: originOf(names, host) };
  }
  return undefined;
}

/** "contoso" for contoso.<parent>; undefined for anything that is not exactly one well-formed label below it. */
function slugBelow(host: string, parent: string): string | undefined {
  if (!host.endsWith(`.${parent}`)) return undefined;
  const label = host.slice(0, -parent.length - 1);
  return slugPattern.test(label) ? label : undefined;
}

export interface CertifiedNames {
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
}

/** True when clients accept a certificate for *.<generic host>: they refuse it for a name of a single label. */
export function acceptsWildcard(names: Names): boolean {
  return names.genericHost.includes('.') && !isAddress(names.genericHost);
}

/** Everything that a certificate of this deployment must name, in a stable order. */
export function namesToCertify(names: Names, slugs: readonly string[]): CertifiedNames {
  const all = [names.genericHost, ...names.aliases].sort();
  const dns = all.filter((host) => !isAddress(host));
  if (acceptsWildcard(names)) dns.push(`*.${names.genericHost}`);
  else dns.push(...slugs.toSorted().map((slug) => `${slug}.${names.genericHost}`));
  if (names.answersVendorHosts) dns.push(...vendorHosts, ...vendorTenantParents.map((parent) => `*.${parent}`));
  return { dns, addresses: all.filter(isAddress) };
}

/**
 * Lines for the hosts file of a machine whose programs do not find our names by themselves: tenant hosts below
 * localhost (Node and Python ask the resolver, which often knows only localhost) and the vendor's hosts.
 */
export function hostsFileLines(names: Names, slugs: readonly string[], address: string): string[] {
  const hosts: string[] = [];
  if (names.genericHost === 'localhost') hosts.push(...slugs.map((slug) => `${slug}.localhost`));
  if (names.answersVendorHosts) {
    hosts.push(...vendorHosts);
    for (const slug of slugs) hosts.push(...vendorTenantParents.map((parent) => `${slug}.${parent}`));
  }
  return hosts.map((host) => `${address} ${host}`);
}
