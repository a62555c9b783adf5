import ipaddr from 'ipaddr.js';

interface Span {
  readonly range: string;
  readonly owner: string;
  readonly first: bigint;
  readonly last: bigint;
}

export interface Overlap {
  readonly range: string;
  readonly owner: string;
  readonly otherRange: string;
  readonly otherOwner: string;
}

interface Owned {
  readonly owner: string;
  readonly ranges: readonly string[];
}

/**
 * A range of `ours` and another one, of ours or of `others`, that have an address in common; undefined when there are
 * none. What `others` have in common among themselves does not count. `owner` is handed back as it came.
 */
export function findOverlap(ours: Owned, others: readonly Owned[]): Overlap | undefined {
  const own = spansOf(ours).sort((left, right) => (left.first < right.first ? -1 : left.first > right.first ? 1 : 0));
  // Of two CIDR ranges that meet one lies inside the other: sorted by where they begin, neighbours are enough.
  for (const [index, span] of own.entries()) {
    const before = own[index - 1];
    if (before && span.first <= before.last) return overlapOf(span, before);
  }
  for (const other of others) {
    for (const span of spansOf(other)) {
      const met = lastBeginningBy(own, span.last);
      if (met && met.last >= span.first) return overlapOf(met, span);
    }
  }
  return undefined;
}

function overlapOf(span: Span, other: Span): Overlap {
  return { range: span.range, owner: span.owner, otherRange: other.range, otherOwner: other.owner };
}

/** Of spans that are sorted and apart, the last that begins at `address` or before. */
function lastBeginningBy(spans: readonly Span[], address: bigint): Span | undefined {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (span && span.first <= address) low = middle + 1;
    else high = middle;
  }
  return spans[low - 1];
}

function spansOf({ owner, ranges }: Owned): Span[] {
  return ranges.map((range) => spanOf(owner, range));
}

/** As numbers of 128 bits; IPv4 stands where RFC 4291 section 2.5.5.2 maps it, so that the two never meet. */
function spanOf(owner: string, range: string): Span {
  const [address, prefix] = ipaddr.parseCIDR(range);
  const isIpv4 = address.kind() === 'ipv4';
  const bytes = address.toByteArray();
  const number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`) + (isIpv4 ? 0xffff00000000n : 0n);
  const size = 1n << BigInt((isIpv4 ? 32 : 128) - prefix);
  const first = number - (number % size);
  return { range, owner, first, last: first + size - 1n };
}
