// The X.509 name constraints extension (RFC 5280 section 4.2.1.10), by which our authority can speak for our own names
// only: whoever trusts it, or steals its key, gets certificates for nothing else.
import ipaddr from 'ipaddr.js';
import type { CertifiedNames } from './names.ts';

export const nameConstraintsOid = '2.5.29.30';

/** What the authority may certify: DNS names with everything below them, and addresses. */
export interface PermittedNames {
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
}

/** The narrowest constraints that allow a certificate for these names: a wildcard becomes the name it stands below. */
export function permittedFor(names: CertifiedNames): PermittedNames {
  const dns = [...new Set(names.dns.map((name) => name.replace(/^\*\./, '')))];
  const covered = dns.filter((name) => !dns.some((other) => name !== other && name.endsWith(`.${other}`)));
  return { dns: covered, addresses: names.addresses };
}

/**
 * DER of the extension's value. Where no address is permitted the list still must hold one, because a kind of name that
 * is not listed is not constrained: the unspecified address stands for "none".
 */
export function encodeNameConstraints(permitted: PermittedNames): Buffer {
  const addresses = permitted.addresses.length > 0 ? permitted.addresses : ['0.0.0.0'];
  const subtrees = [...permitted.dns.map(dnsSubtree), ...addresses.map(addressSubtree)];
  return der(0x30, der(0xa0, ...subtrees));
}

/**
 * True when the certificate's constraints allow all the names. It looks for the encoded subtrees in the certificate, which
 * this program wrote itself, and so need not understand what others may have written.
 */
export function permits(certificate: Buffer, names: CertifiedNames): boolean {
  const { dns, addresses } = permittedFor(names);
  return (
    dns.every((name) => parentsOf(name).some((parent) => certificate.includes(dnsSubtree(parent)))) &&
    addresses.every((address) => certificate.includes(addressSubtree(address)))
  );
}

function parentsOf(name: string): string[] {
  const labels = name.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}

/** GeneralSubtree with a dNSName, context tag 2. */
function dnsSubtree(name: string): Buffer {
  return der(0x30, der(0x82, Buffer.from(name, 'ascii')));
}

/** GeneralSubtree with an iPAddress, context tag 7: the address and a mask that leaves no bit open. */
function addressSubtree(address: string): Buffer {
  const bytes = Buffer.from(ipaddr.parse(address).toByteArray());
  return der(0x30, der(0x87, bytes, Buffer.alloc(bytes.length, 0xff)));
}

/** Tag, length in the definite form, content (X.690 section 8.1). */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
