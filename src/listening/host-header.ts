import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

const labelPattern = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const hostBytesMax = 253;

/**
 * A host name or address in the one form in which names are compared: lower case, without a final dot, addresses in
 * their shortest form and IPv6 without brackets. Undefined when the text is neither.
 */
export function normaliseHost(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (lower.startsWith('[') || lower.includes(':')) {
    const inner = lower.startsWith('[') && lower.endsWith(']') ? lower.slice(1, -1) : lower;
    // The character set keeps out zone ids, which name an interface of the sender's machine, not of ours.
    if (!/^[0-9a-f:.]{2,45}$/.test(inner) || !ipaddr.IPv6.isValid(inner)) return undefined;
    return ipaddr.IPv6.parse(inner).toString();
  }
  const name = lower.endsWith('.') ? lower.slice(0, -1) : lower;
  if (name.length === 0 || name.length > hostBytesMax) return undefined;
  return name.split('.').every((label) => labelPattern.test(label)) ? name : undefined;
}

/** True for an address in the form that normaliseHost gives. */
export function isAddress(host: string): boolean {
  return ipaddr.IPv6.isValid(host) || ipaddr.IPv4.isValidFourPartDecimal(host);
}

/**
 * The host that a Host header names, normalised and without its port (RFC 9110 section 7.2: uri-host [":" port]).
 * Undefined for everything else: no header, an empty one, several values, userinfo, spaces, a port that is no port.
 */
export function parseHostHeader(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const match = /^(\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z._-]{1,254})(?::([0-9]{1,5}))?$/.exec(header);
  if (!match?.[1]) return undefined;
  if (match[2] !== undefined && Number(match[2]) > 65_535) return undefined;
  return normaliseHost(match[1]);
}

/**
 * The Host header of a request, or undefined when it has none or more than one: Node keeps the first of several, and
 * whoever stands before us may have looked at another (RFC 9112 section 3.2 demands a refusal).
 */
export function hostHeaderOf(request: Pick<IncomingMessage, 'rawHeaders'>): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index];
    if (name?.length !== 4 || name.toLowerCase() !== 'host') continue;
    if (found !== undefined) return undefined;
    found = request.rawHeaders[index + 1];
  }
  return found;
}
