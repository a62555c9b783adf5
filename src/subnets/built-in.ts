// IP ranges that are there without anybody's doing: those that belong to nobody in particular. The networks of cloud
// operators are known by their AS numbers (cloud-operators.ts), not by ranges, and so are not listed.
import { ipTags } from './cloud-operators.ts';

export interface BuiltInSubnet {
  readonly id: string;
  readonly name: string;
  readonly ranges: readonly string[];
  readonly tags: readonly string[];
}

function subnet(number: number, name: string, ranges: readonly string[]): BuiltInSubnet {
  return { id: number.toString(16).padStart(24, '0'), name, ranges, tags: [ipTags.internalAddress] };
}

/** The ranges whose addresses addresses.ts takes for internal, each with the document that sets it aside. */
export const builtInSubnets: readonly BuiltInSubnet[] = [
  subnet(1, 'Private networks (RFC 1918)', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']),
  subnet(2, 'Loopback (RFC 1122, RFC 4291)', ['127.0.0.0/8', '::1/128']),
  subnet(3, 'Link-local (RFC 3927, RFC 4291)', ['169.254.0.0/16', 'fe80::/10']),
  subnet(4, 'Unique local addresses (RFC 4193)', ['fc00::/7']),
  subnet(5, 'Carrier-grade NAT (RFC 6598)', ['100.64.0.0/10']),
];
