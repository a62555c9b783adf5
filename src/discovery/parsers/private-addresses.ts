// Which addresses are of a network of one's own.

/**
 * The address is one of a network of one's own: RFC 1918, shared (RFC 6598), loopback, link-local, unique local IPv6. Any other text,
 * a name too, is not.
 */
export function isPrivateAddress(bytes: Uint8Array, start: number, end: number): boolean {
  const first = octet(bytes, start, end);
  if (first < 0) return isPrivateV6(bytes, start, end);
  if (first === 10 || first === 127) return true;
  let at = start;
  while (at < end && bytes[at] !== 0x2e) at++;
  const second = octet(bytes, at + 1, end);
  return (
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 192 && second === 168) ||
    (first === 169 && second === 254) ||
    (first === 100 && second >= 64 && second <= 127)
  );
}

/** The number up to the next dot; -1 when there is none. */
function octet(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end && at < start + 4; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x2e) return at === start ? -1 : value;
    if (byte < 0x30 || byte > 0x39) return -1;
    value = value * 10 + byte - 0x30;
  }
  return -1;
}

function isPrivateV6(bytes: Uint8Array, start: number, end: number): boolean {
  const at = bytes[start] === 0x5b ? start + 1 : start;
  if (end - at < 3) return false;
  const first = (bytes[at] ?? 0) | 0x20;
  const second = (bytes[at + 1] ?? 0) | 0x20;
  if (bytes[at] === 0x3a) return bytes[at + 1] === 0x3a && bytes[at + 2] === 0x31 && at + 3 === end;
  if (first !== 0x66 || !bytes.subarray(at, end).includes(0x3a)) return false;
  const third = (bytes[at + 2] ?? 0) | 0x20;
  return second === 0x63 || second === 0x64 || (second === 0x65 && third >= 0x38 && third <= 0x62);
}
