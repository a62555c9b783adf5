// Proxy logs in the extended log format of the W3C. Appliances share most names of fields; what one of them names or means
// differently stands in its own file.
import { isoTime, timeOfDay } from '../formats/dates.ts';
import { Fields, type Slots } from '../formats/fields.ts';
import { anyTime } from '../formats/named-dates.ts';
import type { LogParser, ReadingContext, SkipReason } from '../formats/reader.ts';
import type { Titles } from '../formats/titles.ts';
import type { Transaction } from '../formats/transaction.ts';
import { W3cReader, w3cHeaders, w3cMarks } from '../formats/w3c.ts';
import { contains, intoAddress, intoClient, intoUser, saysBlocked } from './values.ts';

/**
 * Names of fields, the better ones first. `c` is the client, `s` the proxy, `r` the remote server; `cs` goes from client to proxy,
 * `sc` back (https://www.w3.org/TR/WD-logfile).
 */
export const w3cTitles = {
  date: ['date', 'x-date'],
  time: ['time', 'x-time'],
  /** Date and time in one. */
  stamp: [
    'timestamp',
    'x-timestamp',
    'x-timestamp-unix',
    'gmttime',
    'localtime',
    'datetime',
    'date-time',
    'x-localtime',
  ],
  client: ['c-ip', 'x-c-ip', 'src-ip', 'clientip', 'client-ip'],
  machine: ['c-dns', 'cs-computername', 'c-computername', 'x-client-device-name', 'c-host', 'workstation'],
  user: ['cs-username', 'cs-user', 'c-username', 'cs-userdn', 'cs-auth-user', 'x-cs-username', 'username', 'user'],
  host: [
    'cs-host',
    'cs-uri-host',
    'cs-uri-hostname',
    'r-host',
    'cs(host)',
    'x-cs-host',
    'r-dns',
    'dst-host',
    'hostname',
  ],
  uri: ['cs-uri', 'cs-url', 'c-uri', 'x-cs-uri', 'url', 'cs-uri-stem'],
  destination: ['r-ip', 'cs-uri-address', 'c-uri-address', 'cs-ip', 'r-supplier-ip', 's-supplier-ip', 'dst-ip', 'd-ip'],
  uploaded: ['cs-bytes', 'bytes-sent', 'x-bytes-sent', 'sr-bytes'],
  downloaded: ['sc-bytes', 'bytes-received', 'x-bytes-received', 'rs-bytes'],
  total: ['bytes', 'total-bytes', 'x-bytes-total'],
  status: ['sc-status', 'sc-http-status', 'status'],
  action: ['sc-filter-result', 'x-action', 'action', 'cs-action', 'filter-action'],
  result: ['s-action', 'x-resultcode-httpstatus', 'sc-result-code', 'x-result-code'],
} as const satisfies Titles<string>;

export type W3cName = keyof typeof w3cTitles;

/** Fills the transaction with what all proxies log alike. Null when the line tells of a transaction, maybe without a time of its own. */
export function readW3c(
  fields: Fields,
  slots: Slots<W3cName>,
  transaction: Transaction,
  { receivedAt }: ReadingContext,
): SkipReason | null {
  transaction.time = timeOf(fields, slots, receivedAt);
  // The question for a password is part of the request that follows it.
  if (fields.is(slots.status, '407')) return 'other';
  transaction.isHost = fields.has(slots.host);
  if (transaction.isHost) fields.into(slots.host, transaction.url);
  else if (isWhole(fields, slots.uri)) fields.into(slots.uri, transaction.url);
  intoAddress(fields, slots.destination, transaction.destination);
  intoClient(fields, slots.client, transaction.source, transaction.machine);
  fields.into(slots.machine, transaction.machine);
  intoUser(fields, slots.user, transaction.user);
  transaction.uploaded = fields.whole(slots.uploaded);
  transaction.downloaded = fields.whole(slots.downloaded);
  transaction.total = fields.whole(slots.total);
  transaction.isBlocked = saysBlocked(fields, slots.action) || contains(fields, slots.result, 'denied');
  return null;
}

function timeOf(fields: Fields, slots: Slots<W3cName>, receivedAt: number): number {
  const { bytes, starts, ends } = fields;
  if (fields.has(slots.date) && fields.has(slots.time)) {
    return (
      isoTime(bytes, starts[slots.date] ?? 0, ends[slots.date] ?? 0) +
      timeOfDay(bytes, starts[slots.time] ?? 0, ends[slots.time] ?? 0)
    );
  }
  const slot = fields.has(slots.stamp) ? slots.stamp : slots.time;
  if (!fields.has(slot)) return Number.NaN;
  return anyTime(bytes, starts[slot] ?? 0, ends[slot] ?? 0, receivedAt, 'day-first');
}

/** A path alone names no host. */
function isWhole(fields: Fields, slot: number): boolean {
  return fields.has(slot) && fields.bytes[fields.starts[slot] ?? 0] !== 0x2f;
}

/** Reads a line's values into the transaction. */
export type ReadValues<Name extends string> = (
  fields: Fields,
  slots: Slots<Name>,
  transaction: Transaction,
  context: ReadingContext,
) => SkipReason | null;

/**
 * A parser of logs with `#Fields:`. `marks` are beginnings of names, lower case, that only this appliance gives to columns: a log
 * with none of them is of another one.
 */
export function w3cParser<Name extends string>(
  titles: Titles<Name>,
  read: ReadValues<Name>,
  marks: readonly string[] = [''],
): LogParser {
  return {
    records: 'lines',
    headers: w3cHeaders,
    marks: w3cMarks,
    open: (context) => {
      const reader = new W3cReader(titles);
      const fields = new Fields(Object.keys(titles).length);
      let isOurs = false;
      return {
        header: (line) => {
          reader.header(line);
          isOurs = reader.hasOneOf(marks);
        },
        read: (line, transaction) => {
          if (line.bytes[line.start] === 0x23) return 'other';
          if (!isOurs || !reader.read(line, fields)) return 'malformed';
          return read(fields, reader.slots, transaction, context);
        },
      };
    },
  };
}

/** Logs of whatever appliance, as long as it uses the usual names. */
export const genericW3c = w3cParser(w3cTitles, readW3c);
