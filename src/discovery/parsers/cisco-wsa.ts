// Cisco Web Security Appliance (IronPort WSA, Secure Web Appliance), AsyncOS user guide, "Monitor System Activity Through Logs": access
// logs, which are Squid's native format with a decision tag behind it, and W3C access logs. Over syslog a `Info:` is in front.
import { epochSeconds } from '../formats/dates.ts';
import { delimited } from '../formats/delimited.ts';
import { Fields, type Slots } from '../formats/fields.ts';
import type { Line } from '../formats/line.ts';
import type { LogParser, ReadingContext, SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { W3cReader, w3cHeaders } from '../formats/w3c.ts';
import { beginsWith, contains, intoAddress, intoClient, intoUser } from './values.ts';
import { readW3c, w3cTitles } from './w3c-log.ts';

const access = delimited(['time', null, 'client', 'result', 'bytes', null, 'url', 'user', 'peer', null, 'tag'], {
  separator: ' ',
  collapse: true,
  quotes: 'doubled',
  columnsMin: 11,
});

const titles = {
  ...w3cTitles,
  uri: ['cs-url', 'cs-uri', 'cs-host'],
  host: ['cs-host', 's-computername'],
  server: ['s-ip', 's-hostname'],
  tag: 'x-acltag',
} as const;

/** Beginnings of names that only this appliance gives to columns. */
const marks = [
  'x-acltag',
  'x-resultcode',
  'x-elapsed-time',
  'x-wbrs',
  'x-webcat',
  'x-hierarchy',
  'cs-url',
  'sc-result-code',
  'x-p2s',
];

/** The transaction stopped at an access, decryption or malware policy: `BLOCK_ADMIN_URL_11-…`, `DROP_WEBCAT_7-…`. */
function isStopped(fields: Fields, tag: number, result: number): boolean {
  return (
    beginsWith(fields, tag, 'BLOCK_') || beginsWith(fields, tag, 'DROP_') || beginsWith(fields, result, 'TCP_DENIED')
  );
}

/** `TCP_DENIED/407`, `NONE/407`: the question for a password. */
function isChallenge(fields: Fields, slot: number): boolean {
  const end = fields.ends[slot] ?? 0;
  const { bytes } = fields;
  return bytes[end - 4] === 0x2f && bytes[end - 3] === 0x34 && bytes[end - 2] === 0x30 && bytes[end - 1] === 0x37;
}

function readAccess(line: Line, transaction: Transaction, fields: Fields): SkipReason | null {
  const { slots } = access;
  if (!access.read(line, fields)) return 'malformed';
  transaction.time = epochSeconds(fields.bytes, fields.starts[slots.time] ?? 0, fields.ends[slots.time] ?? 0);
  // Squid's own log has no tag, which names the policies that decided one after the other.
  if (Number.isNaN(transaction.time) || !contains(fields, slots.tag, '-')) return 'malformed';
  if (isChallenge(fields, slots.result)) return 'other';
  fields.into(slots.url, transaction.url);
  intoUser(fields, slots.user, transaction.user);
  intoClient(fields, slots.client, transaction.source, transaction.machine);
  transaction.downloaded = fields.whole(slots.bytes);
  transaction.isBlocked = isStopped(fields, slots.tag, slots.result);
  return null;
}

function readColumns(
  fields: Fields,
  slots: Slots<keyof typeof titles>,
  transaction: Transaction,
  context: ReadingContext,
): SkipReason | null {
  const skipped = readW3c(fields, slots, transaction, context);
  if (skipped !== null || isChallenge(fields, slots.result)) return 'other';
  intoAddress(fields, slots.server, transaction.destination);
  transaction.isBlocked ||= isStopped(fields, slots.tag, slots.result);
  return null;
}

/** The log level that the appliance puts before a record it sends by syslog. */
function skipLevel(line: Line): void {
  const { bytes, start, end } = line;
  if (end - start < 6 || bytes[start] !== 0x49 || bytes[start + 4] !== 0x3a || bytes[start + 5] !== 0x20) return;
  line.start = start + 6;
}

export const ciscoWsa: LogParser = {
  records: 'lines',
  headers: w3cHeaders,
  open: (context) => {
    const columns = new W3cReader(titles);
    let isOurs = false;
    const fields = new Fields(Math.max(Object.keys(titles).length, Object.keys(access.slots).length));
    return {
      header: (line) => {
        columns.header(line);
        isOurs = columns.hasOneOf(marks);
      },
      read: (line, transaction) => {
        if (line.bytes[line.start] === 0x23) return 'other';
        skipLevel(line);
        if (!columns.hasColumns) return readAccess(line, transaction, fields);
        return isOurs && columns.read(line, fields)
          ? readColumns(fields, columns.slots, transaction, context)
          : 'malformed';
      },
    };
  },
};
