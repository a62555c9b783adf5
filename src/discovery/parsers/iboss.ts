// iboss cloud, reporter's log forwarding for external loggers: web logs as JSON since version 10, before that as NAME=value pairs
// between commas behind the kind of record (fields as the Datadog and Exabeam integrations list them).
import { isoTime, slashTime, timeOfDay } from '../formats/dates.ts';
import { Fields } from '../formats/fields.ts';
import { JsonLinesReader } from '../formats/json-lines.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { Line } from '../formats/line.ts';
import type { LogParser, SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { contains, intoAddress, intoSource, intoUser, saysBlocked } from './values.ts';

const json = new JsonLinesReader([
  'logType',
  'logTime',
  'time',
  'action',
  'url',
  'host',
  'ipAddress',
  'privateIp',
  'sourceIpAddress',
  'username',
  'computerName',
  'upstreamByteUsage',
  'downstreamByteUsage',
  'totalByteCount',
]);

const pairs = keyValueReader(['URL', 'ACTION', 'SRC_IPADDR', 'DST_IPADDR', 'COMP_NAME', 'USER', 'BYTES'], {
  separators: ',',
});

/** Some exports put each record into quotation marks. */
function unquote(line: Line): void {
  if (line.bytes[line.start] !== 0x22 || line.bytes[line.end - 1] !== 0x22 || line.end - line.start < 2) return;
  line.start += 1;
  line.end -= 1;
}

/** A record of JSON starts at a brace that no comma is in front of, whatever header is. */
function braceIn({ bytes, start, end }: Line): number {
  for (let at = start; at < end && bytes[at] !== 0x2c; at++) if (bytes[at] === 0x7b) return at;
  return -1;
}

function readJson(fields: Fields, transaction: Transaction): SkipReason | null {
  const { slots } = json;
  const { bytes, starts, ends } = fields;
  if (!fields.has(slots.url) && !fields.has(slots.host) && !fields.has(slots.logType)) return 'malformed';
  // Findings of data loss prevention and malware repeat a request that has a web record of its own.
  if (fields.has(slots.logType) && !contains(fields, slots.logType, 'web') && !contains(fields, slots.logType, 'url')) {
    return 'other';
  }
  if (fields.has(slots.logTime) && fields.has(slots.time)) {
    transaction.time =
      isoTime(bytes, starts[slots.logTime] ?? 0, ends[slots.logTime] ?? 0) +
      timeOfDay(bytes, starts[slots.time] ?? 0, ends[slots.time] ?? 0);
  }
  fields.into(fields.has(slots.host) ? slots.host : slots.url, transaction.url);
  intoAddress(fields, slots.ipAddress, transaction.destination);
  intoSource(fields, slots.privateIp, slots.sourceIpAddress, transaction.source);
  intoUser(fields, slots.username, transaction.user);
  fields.into(slots.computerName, transaction.machine);
  transaction.uploaded = fields.whole(slots.upstreamByteUsage);
  transaction.downloaded = fields.whole(slots.downstreamByteUsage);
  transaction.total = fields.whole(slots.totalByteCount);
  transaction.isBlocked = saysBlocked(fields, slots.action);
  return null;
}

/** The time stands before the first comma: `11/21/26 09:00:00 AM`. */
function timeInFront({ bytes, start, end }: Line): number {
  let to = start;
  while (to < end && bytes[to] !== 0x2c) to++;
  let slash = start;
  while (slash < to && bytes[slash] !== 0x2f) slash++;
  let from = slash;
  while (from > start && (bytes[from - 1] ?? 0) >= 0x30 && (bytes[from - 1] ?? 0) <= 0x39) from--;
  return slash < to ? slashTime(bytes, from, to, 'month-first') : Number.NaN;
}

function readPairs(line: Line, fields: Fields, transaction: Transaction): SkipReason | null {
  const { slots } = pairs;
  if (!fields.has(slots.URL)) return 'malformed';
  transaction.time = timeInFront(line);
  fields.into(slots.URL, transaction.url);
  intoAddress(fields, slots.DST_IPADDR, transaction.destination);
  intoAddress(fields, slots.SRC_IPADDR, transaction.source);
  intoUser(fields, slots.USER, transaction.user);
  fields.into(slots.COMP_NAME, transaction.machine);
  transaction.total = fields.whole(slots.BYTES);
  transaction.isBlocked = saysBlocked(fields, slots.ACTION);
  return null;
}

export const iboss: LogParser = {
  records: 'lines',
  headers: 'none',
  open: () => {
    const fields = new Fields(Object.keys(json.slots).length);
    return {
      read: (line, transaction) => {
        unquote(line);
        const brace = braceIn(line);
        if (brace < 0) return pairs.read(line, fields) ? readPairs(line, fields, transaction) : 'malformed';
        line.start = brace;
        return json.read(line, fields) ? readJson(fields, transaction) : 'malformed';
      },
    };
  },
};
