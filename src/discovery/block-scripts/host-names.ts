// What may stand in a script: host names and nothing else. A domain comes from the catalogue or from people (custom apps), and
// scripts are commands that somebody pastes into an appliance, so that no other character ever gets into one.
import { domainToASCII } from 'node:url';

const lengthMax = 253;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** What the conversion below would read as something else than a letter of a name. */
const neverInNames = /[\p{Cc}\p{Z}!-,/:-@[-`{-~]/u;

/**
 * The name in lower case and without a dot at its end, an international one as punycode (RFC 5890). Null when it is no host
 * name of the internet: RFC 1123 labels of at most 63 characters, at least two, 253 in all, the last one not a number, which
 * would be an address.
 */
export function parseHostName(text: string): string | null {
  if (text.length > 4 * lengthMax || neverInNames.test(text)) return null;
  const name = domainToASCII(text).toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  if (name.length > lengthMax || labels.length < 2 || !labels.every((each) => label.test(each))) return null;
  return /^[0-9]/.test(labels.at(-1) ?? '') ? null : name;
}

/** Each name once, in the order of the alphabet; what is no host name is left out. */
export function hostNamesOf(domains: Iterable<string>): string[] {
  const names = new Set<string>();
  for (const domain of domains) {
    const name = parseHostName(domain);
    if (name !== null) names.add(name);
  }
  return [...names].sort();
}

/** Names that an appliance gives to objects: a prefix and the host, cut with a checksum where that is longer than it takes. */
export function objectName(host: string, lengthMax: number): string {
  const name = `CAS-${host}`;
  return name.length <= lengthMax ? name : `${name.slice(0, lengthMax - 9)}-${checksum(host)}`;
}

/** FNV-1a, 8 hex digits: tells apart names that begin alike. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
