// Where webhooks may be sent. Who manages webhooks chooses their addresses, and this server may reach what that person
// may not (server-side request forgery): so only public addresses are connected to, whatever a name resolves to at the
// moment of the connection, unless the operator has allowed a range.
import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Config } from '../config.ts';
import { isInRanges, normaliseAddress, normaliseRange } from '../lib/addresses.ts';
import { InvalidInput } from '../lib/failures.ts';

export type ReachSettings = Pick<Config, 'webhookAllowedRanges' | 'webhookLoopbackHttp'>;

const urlLengthMax = 2000;
const loopback = ['127.0.0.0/8', '::1/128'];
/** All that is given out to be reached from anywhere (RFC 4291 section 2.4, IANA's registry). */
const globalUnicast = ['2000::/3'];

/** Thrown where a connection would go to an address that webhooks may not reach. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** True for an address that webhooks may be sent to. Anything that is no address is not. */
export function isReachable(address: string, settings: ReachSettings): boolean {
  const normal = normaliseAddress(address);
  if (normal === undefined) return false;
  if (isInRanges(normal, loopback)) return settings.webhookLoopbackHttp || isAllowed(normal, settings);
  const parsed = ipaddr.process(normal);
  const isPublic = parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || isInRanges(normal, globalUnicast));
  return isPublic || isAllowed(normal, settings);
}

function isAllowed(address: string, { webhookAllowedRanges }: ReachSettings): boolean {
  const ranges = webhookAllowedRanges.flatMap((range) => normaliseRange(range) ?? []);
  return isInRanges(address, ranges);
}

/**
 * A webhook's URL in normal form. Throws InvalidInput for anything but https (http to loopback only where the setting
 * webhookLoopbackHttp allows it), for URLs with a user or a fragment, and for addresses that are refused anyway.
 */
export function parseWebhookUrl(text: string, settings: ReachSettings): string {
  const problem = (sentence: string) => new InvalidInput('url', sentence);
  if (text.length > urlLengthMax) throw problem(`The URL has at most ${urlLengthMax} characters.`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.hostname === '') throw problem('The URL must be like https://receiver.example/hook.');
  const host = hostOf(url);
  const isHere = host === 'localhost' || isInRanges(host, loopback);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere && settings.webhookLoopbackHttp)) {
    throw problem('The URL must begin with https://.');
  }
  if (url.username !== '' || url.password !== '') throw problem('The URL must hold no user name and no password.');
  if (url.hash !== '') throw problem('The URL must have no fragment (#).');
  if (isIP(host) !== 0 && !isReachable(host, settings)) {
    throw problem('Webhooks are sent to public addresses only; the setting webhookAllowedRanges allows others.');
  }
  return url.href;
}

/** The host of a URL, an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export const resolveByDns: Resolve = async (host) => {
  const { lookup } = await import('node:dns/promises');
  return await lookup(host, { all: true });
};

/**
 * The look-up that a connection makes for its name: what it answers is what is connected to, so that a name cannot
 * resolve to one address for a check and to another for the connection (DNS rebinding). Fails with AddressRefused when
 * no address is left.
 */
export function reachableLookup(settings: ReachSettings, resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (found) => {
        const left = found.filter(({ address }) => isReachable(address, settings));
        const [first] = left;
        if (!first) callback(new AddressRefused(), '', 0);
        else if (options.all) callback(null, [...left]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}
