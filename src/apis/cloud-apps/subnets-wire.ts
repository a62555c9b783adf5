// The record of an IP range (cloud-apps reference 2.6).
import ipaddr from 'ipaddr.js';
import type { IpTag } from '../../subnets/ip-tags.ts';
import type { Subnet } from '../../subnets/rules.ts';

const countryNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

export function subnetRecord(subnet: Subnet, tenantNumber: number): Record<string, unknown> {
  const { countryCode } = subnet;
  const place = { name: null, latitude: null, longitude: null };
  return {
    _id: subnet.id,
    name: subnet.name,
    subnets: subnet.ranges.map(rangeRecord),
    location:
      countryCode === null ? null : { ...place, countryCode, countryName: countryNames.of(countryCode) ?? null },
    organization: subnet.organization,
    tags: subnet.tags.map((tag) => tagRecord(tag, tenantNumber)),
    category: subnet.category,
    lastModified: subnet.changedAt,
    _tid: tenantNumber,
  };
}

/** The address in all its 128 bits, IPv4 where RFC 4291 section 2.5.5.2 maps it; the mask counts from their beginning. */
function rangeRecord(range: string): { mask: number; address: string; originalString: string } {
  const [address, prefix] = ipaddr.parseCIDR(range);
  const isIpv4 = address instanceof ipaddr.IPv4;
  const whole = isIpv4 ? address.toIPv4MappedAddress() : address;
  const groups = Buffer.from(whole.toByteArray()).toString('hex').match(/.{4}/g) ?? [];
  return { mask: isIpv4 ? prefix + 96 : prefix, address: groups.join(':'), originalString: range };
}

/** Target 1 is addresses; type 2 is what built-in tags have, and for others no number is public. */
function tagRecord({ id, name, isBuiltIn }: IpTag, tenantNumber: number): Record<string, unknown> {
  return {
    _id: id,
    id,
    target: 1,
    type: isBuiltIn ? 2 : null,
    name,
    nameTemplate: null,
    description: null,
    descriptionTemplate: null,
    visibility: 0,
    status: 0,
    _tid: isBuiltIn ? 0 : tenantNumber,
  };
}
