// Cisco Meraki MX: `1 1637485200.123456789 appliance urls src=192.0.2.1:50000 dst=203.0.113.5:443 mac=... request: GET https://...`.
// Source: Meraki, "Syslog Event Types and Log Samples".
import { epochSeconds } from '../formats/dates.ts';
import type { Fields } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { Line } from '../formats/line.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { comesFromOutside, indexOfText, startsWith } from './firewalls.ts';
import { fieldParser } from './line-parser.ts';

const reader = keyValueReader(['src', 'dst', 'url', 'server', 'user', 'identity']);
const { slots } = reader;
const space = 0x20;

export const meraki = fieldParser(reader, (fields, transaction, _context, line) => {
  const type = typeStart(line, transaction);
  if (type < 0) return 'malformed';
  const { bytes, end } = line;
  const is = (name: string) => startsWith(bytes, type, end, name);
  if (is('urls ')) return urls(fields, transaction, line, type);
  if (is('flows ') || is('ip_flow_end ') || is('firewall ') || is('cellular_firewall ') || is('l7_firewall '))
    return flow(fields, transaction, line, type);
  if (is('events content_filtering_block ')) return filtered(fields, transaction);
  return otherTypes.some(is) ? 'other' : 'malformed';
});

const otherTypes = [
  'events ',
  'ip_flow_start ',
  'security_event ',
  'ids-alerts ',
  'airmarshal_events ',
  'vpn_firewall ',
  'bridge_anyconnect_client_vpn_firewall ',
];

/**
 * Where the type of the event stands: behind the time, seconds since 1970 with a fraction, and the name of the appliance. Takes the
 * time. -1 when the line is of another shape.
 */
function typeStart(line: Line, transaction: Transaction): number {
  const { bytes, end } = line;
  let at = line.start;
  for (let word = 0; word < 8 && at < end; word++) {
    let stop = at;
    while (stop < end && bytes[stop] !== space) stop += 1;
    const time = stop - at > 10 ? epochSeconds(bytes, at, stop) : Number.NaN;
    if (!Number.isNaN(time)) {
      transaction.time = time;
      let name = stop + 1;
      while (name < end && bytes[name] !== space) name += 1;
      return name + 1 < end ? name + 1 : -1;
    }
    at = stop + 1;
  }
  return -1;
}

/** `request: GET https://www.example.com/`, `request: UNKNOWN https://203.0.113.5/...`; `agent='...'` may stand before it. */
function urls(fields: Fields, transaction: Transaction, line: Line, type: number): SkipReason | null {
  const { bytes, end } = line;
  const request = indexOfText(bytes, type, end, 'request: ');
  if (request < 0 || !fields.has(slots.src)) return 'malformed';
  let start = request + 9;
  while (start < end && bytes[start] !== space) start += 1;
  start = start < end ? start + 1 : request + 9;
  let stop = start;
  while (stop < end && bytes[stop] !== space) stop += 1;
  transaction.url.set(bytes, start, stop);
  intoParties(fields, transaction);
  return null;
}

/** `pattern: allow all`, `pattern: deny dst ...`, or `flows deny src=...`. Flows from outside have a number for the word. */
function flow(fields: Fields, transaction: Transaction, line: Line, type: number): SkipReason | null {
  if (!fields.has(slots.src) || !fields.has(slots.dst)) return 'malformed';
  const { bytes, end } = line;
  intoParties(fields, transaction);
  const pattern = indexOfText(bytes, type, end, 'pattern: ');
  const digit = pattern < 0 ? 0 : (bytes[pattern + 9] ?? 0);
  if ((digit >= 0x30 && digit <= 0x39) || comesFromOutside(transaction)) return 'inbound';
  transaction.isBlocked =
    pattern >= 0
      ? startsWith(bytes, pattern + 9, end, 'deny') || startsWith(bytes, pattern + 9, end, 'Deny')
      : startsWith(bytes, type, end, 'flows deny ');
  return null;
}

/** `url='https://www.example.com/' category0='...' server='203.0.113.5:443' client_mac='...'`: whose client it was is not told. */
function filtered(fields: Fields, transaction: Transaction): SkipReason | null {
  if (!fields.has(slots.url)) return 'malformed';
  const { bytes, starts, ends } = fields;
  const trim = (slot: number): [number, number] => {
    const start = starts[slot] ?? 0;
    const end = ends[slot] ?? 0;
    return bytes[start] === 0x27 && bytes[end - 1] === 0x27 ? [start + 1, end - 1] : [start, end];
  };
  transaction.url.set(bytes, ...trim(slots.url));
  if (fields.has(slots.server)) transaction.destination.set(bytes, ...trim(slots.server));
  transaction.isBlocked = true;
  return null;
}

function intoParties(fields: Fields, transaction: Transaction): void {
  fields.into(slots.src, transaction.source);
  fields.into(slots.dst, transaction.destination);
  fields.into(fields.has(slots.user) ? slots.user : slots.identity, transaction.user);
}
