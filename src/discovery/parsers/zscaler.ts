// Zscaler Internet Access, web logs of the Nanolog Streaming Service (help.zscaler.com, "NSS Feed Output Format: Web Logs"): the feed as
// CSV or with tabs in the order that the portal suggests, as name=value pairs with tabs (Splunk), and as JSON.
import { DelimitedReader } from '../formats/delimited.ts';
import { Fields, type Slots, slotsOf } from '../formats/fields.ts';
import { JsonLinesReader } from '../formats/json-lines.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { Line } from '../formats/line.ts';
import { anyTime } from '../formats/named-dates.ts';
import type { LogParser, SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { areSame, beginsWith, intoAddress, intoSource, intoUser, saysBlocked } from './values.ts';

/** What a web log says, whatever its feed calls it; each reader has these first, in this order. */
const wanted = [
  'time',
  'user',
  'url',
  'host',
  'action',
  'requestSize',
  'responseSize',
  'total',
  'location',
  'client',
  'publicClient',
  'server',
  'machine',
] as const;

type Wanted = (typeof wanted)[number];

const slots = slotsOf(wanted);

/** Columns of the CSV feed: time, login, protocol, URL, action, application, class, sizes of request and response, … */
const columns = [
  'time',
  'user',
  null,
  'url',
  'action',
  null,
  null,
  'requestSize',
  'responseSize',
  ...new Array<null>(10).fill(null),
  'location',
  null,
  'client',
  'server',
  ...new Array<null>(9).fill(null),
  'machine',
] as const satisfies readonly (Wanted | null)[];

function rows(separator: string): DelimitedReader<Wanted> {
  const reader = new DelimitedReader(slots, { separator, quotes: 'doubled', columnsMin: 9 });
  reader.setColumns(columns);
  return reader;
}

const commas = rows(',');
const tabs = rows('\t');

/** Names of the feeds with names, for what is wanted. */
const named: Record<Wanted, string> = {
  time: 'datetime',
  user: 'user',
  url: 'url',
  host: 'hostname',
  action: 'action',
  requestSize: 'requestsize',
  responseSize: 'responsesize',
  total: 'transactionsize',
  location: 'location',
  client: 'ClientIP',
  publicClient: 'clientpublicIP',
  server: 'serverip',
  machine: 'devicehostname',
};
const pairs = keyValueReader(
  wanted.map((name) => named[name]),
  { separators: '\t' },
);

/** Other names of the same in JSON, best first: the fields of NSS itself, which Cloud NSS feeds and newer templates keep. */
const others: Partial<Record<Wanted, readonly string[]>> = {
  time: ['time'],
  user: ['login'],
  url: ['eurl'],
  host: ['ehost', 'host'],
  requestSize: ['reqsize'],
  responseSize: ['respsize'],
  total: ['totalsize'],
  client: ['cintip', 'cltintip', 'cip', 'cltip'],
  publicClient: ['cpubip', 'cltpubip'],
  server: ['sip'],
};
const otherNames = Object.values(others).flat();
const members = [...wanted.map((name) => named[name]), ...otherNames];
const sourceType = members.length;
const nested = new JsonLinesReader([...members.map((name) => `event.${name}`), 'sourcetype']);
const flat = new JsonLinesReader([...members, 'sourcetype']);
const otherSlots = wanted.map((name) => (others[name] ?? []).map((other) => wanted.length + otherNames.indexOf(other)));

/** Takes what stands under another name; false when the object is no web log. */
function isWebObject(fields: Fields): boolean {
  for (const [slot, candidates] of otherSlots.entries()) {
    const found = fields.has(slot) ? undefined : candidates.find((candidate) => fields.has(candidate));
    if (found !== undefined) {
      fields.put(slot, fields.starts[found] ?? 0, fields.ends[found] ?? 0, fields.forms[found] ?? 0);
    }
  }
  const isSized = fields.has(slots.requestSize) || fields.has(slots.responseSize) || fields.has(slots.total);
  return isSized && (fields.has(slots.url) || fields.has(slots.host));
}

/** The Splunk feed puts its time first, without a name. */
function readPairs(line: Line, fields: Fields): boolean {
  if (!pairs.read(line, fields)) return false;
  let end = line.start;
  while (end < line.end && line.bytes[end] !== 0x09) end++;
  if (!fields.has(slots.time)) fields.put(slots.time, line.start, end);
  return fields.has(slots.url) || fields.has(slots.host);
}

function readAny(line: Line, fields: Fields): boolean {
  const first = line.bytes[line.start];
  if (first === 0x7b) {
    return (nested.read(line, fields) && isWebObject(fields)) || (flat.read(line, fields) && isWebObject(fields));
  }
  if (first === 0x22) return commas.read(line, fields);
  return readPairs(line, fields) || tabs.read(line, fields) || commas.read(line, fields);
}

/** Whoever is not signed in is logged under the name of the location. */
function intoPerson(fields: Fields, user: number, location: number, transaction: Transaction): void {
  if (!areSame(fields, user, location)) intoUser(fields, user, transaction.user);
}

function fill(fields: Fields, at: Slots<Wanted>, transaction: Transaction, receivedAt: number): SkipReason | null {
  if (!fields.has(at.time)) return 'malformed';
  transaction.time = anyTime(fields.bytes, fields.starts[at.time] ?? 0, fields.ends[at.time] ?? 0, receivedAt);
  if (Number.isNaN(transaction.time)) return 'malformed';
  fields.into(fields.has(at.host) ? at.host : at.url, transaction.url);
  intoAddress(fields, at.server, transaction.destination);
  intoSource(fields, at.client, at.publicClient, transaction.source);
  intoPerson(fields, at.user, at.location, transaction);
  fields.into(at.machine, transaction.machine);
  transaction.uploaded = fields.whole(at.requestSize);
  transaction.downloaded = fields.whole(at.responseSize);
  transaction.total = fields.whole(at.total);
  transaction.isBlocked = saysBlocked(fields, at.action);
  return null;
}

export const zscaler: LogParser = {
  records: 'lines',
  headers: 'none',
  open: ({ receivedAt }) => {
    const fields = new Fields(sourceType + 1);
    return {
      read: (line, transaction) => {
        if (readAny(line, fields)) return fill(fields, slots, transaction, receivedAt);
        // Feeds of firewall, DNS and tunnels.
        const isObject = line.bytes[line.start] === 0x7b;
        return isObject && beginsWith(fields, sourceType, 'zscalernss-') ? 'other' : 'malformed';
      },
    };
  },
};
