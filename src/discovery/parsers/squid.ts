// Access logs of Squid (https://wiki.squid-cache.org/Features/LogFormat): the native format, and the common log format of web
// servers that `logformat common` and `combined` give.
import { commonLog, epochSeconds } from '../formats/dates.ts';
import { delimited } from '../formats/delimited.ts';
import { Fields } from '../formats/fields.ts';
import type { Line } from '../formats/line.ts';
import type { MarkedBlock } from '../formats/marks.ts';
import type { LogParser, SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { beginsWith, intoClient, intoTarget, intoUser, looksLikeAddress } from './values.ts';

const slash = 0x2f;

const native = delimited(['time', null, 'client', 'result', 'bytes', 'method', 'url', 'user', 'peer', null], {
  separator: ' ',
  collapse: true,
  columnsMin: 9,
});

/**
 * Finds the columns of a line of the usual shape from one mark to the next: single blanks, but for those that fill up the second
 * column. False for any other, which {@link native} reads.
 */
function readMarked(line: Line, fields: Fields, marks: MarkedBlock): boolean {
  const { starts, ends } = fields;
  const { places } = marks;
  const { slots } = native;
  let index = marks.indexOf(line.start);
  const time = places[index] ?? 0;
  let blank = time;
  while (places[index + 1] === blank + 1) {
    index++;
    blank++;
  }
  const elapsed = places[index + 1] ?? 0;
  const client = places[index + 2] ?? 0;
  const result = places[index + 3] ?? 0;
  const size = places[index + 4] ?? 0;
  const method = places[index + 5] ?? 0;
  const url = places[index + 6] ?? 0;
  const user = places[index + 7] ?? 0;
  const peer = places[index + 8] ?? 0;
  marks.stopAt(index + 8);
  // Where a line has fewer columns its line break is among these; behind that of the last line of a block stands anything.
  if (peer > line.end || elapsed < blank || client <= elapsed + 1 || result <= client + 1 || size <= result + 1)
    return false;
  if (method <= size + 1 || url <= method + 1 || user <= url + 1 || peer <= user + 1 || time === line.start)
    return false;
  fields.bytes = line.bytes;
  starts[slots.time] = line.start;
  ends[slots.time] = time;
  starts[slots.client] = elapsed + 1;
  ends[slots.client] = client;
  starts[slots.result] = client + 1;
  ends[slots.result] = result;
  starts[slots.bytes] = result + 1;
  ends[slots.bytes] = size;
  starts[slots.method] = size + 1;
  ends[slots.method] = method;
  starts[slots.url] = method + 1;
  ends[slots.url] = url;
  starts[slots.user] = url + 1;
  ends[slots.user] = user;
  starts[slots.peer] = user + 1;
  ends[slots.peer] = peer;
  return true;
}

/** `TCP_MISS/200`: a word, and a status behind the stroke. */
function isResult(fields: Fields, slot: number): boolean {
  const { bytes } = fields;
  const start = fields.starts[slot] ?? 0;
  const end = fields.ends[slot] ?? 0;
  if (((bytes[start] ?? 0) | 0x20) < 0x61) return false;
  if (end - start > 4 && bytes[end - 4] === slash) return true;
  let at = start;
  while (at < end && bytes[at] !== slash) at++;
  return at > start && at < end;
}

/** The numeric status behind `TCP_MISS/200`. */
function isChallenge(fields: Fields, slot: number): boolean {
  const end = fields.ends[slot] ?? 0;
  const { bytes } = fields;
  return bytes[end - 4] === slash && bytes[end - 3] === 0x34 && bytes[end - 2] === 0x30 && bytes[end - 1] === 0x37;
}

/** What the names of ways to the origin server end with: HIER_DIRECT, CLOSEST_DIRECT, ORIGINAL_DST, PINNED. */
const [direct, original, pinned] = ['ECT', 'DST', 'NED'].map((text) => wordOf(Buffer.from(text), text.length));

/** The three bytes before a place as one number. */
function wordOf(bytes: Uint8Array, end: number): number {
  return ((bytes[end - 3] ?? 0) << 16) | ((bytes[end - 2] ?? 0) << 8) | (bytes[end - 1] ?? 0);
}

/**
 * Puts the address of the origin server behind `HIER_DIRECT/192.0.2.1` into the transaction; a request that went to another cache
 * names that cache, which is not where it was going to.
 */
function intoOrigin(fields: Fields, slot: number, transaction: Transaction): void {
  const { bytes } = fields;
  const end = fields.ends[slot] ?? 0;
  let at = fields.starts[slot] ?? 0;
  while (at < end && bytes[at] !== slash) at++;
  const word = wordOf(bytes, at);
  if (at === end || (word !== direct && word !== original && word !== pinned)) return;
  if (mayBeAddress(bytes, at + 1, end)) transaction.destination.set(bytes, at + 1, end);
}

/** Most are IPv4 addresses, told by their ends; the engine looks at each once more when it sees it first. */
function mayBeAddress(bytes: Uint8Array, start: number, end: number): boolean {
  return (isDigit(bytes[start]) && isDigit(bytes[end - 1])) || looksLikeAddress(bytes, start, end);
}

function isDigit(byte = 0): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

const letterC = 0x43;
const letterU = 0x55;
const letterE = 0x65;
const letterD = 0x44;
const firstOf = (fields: Fields, slot: number): number | undefined => fields.bytes[fields.starts[slot] ?? 0];

function readNative(line: Line, transaction: Transaction, fields: Fields): SkipReason | null {
  const { slots } = native;
  const { marks } = line;
  if ((marks === null || !readMarked(line, fields, marks)) && !native.read(line, fields)) return 'malformed';
  const time = epochSeconds(fields.bytes, fields.starts[slots.time] ?? 0, fields.ends[slots.time] ?? 0);
  // A `logformat` of one's own has other columns at these places.
  if (Number.isNaN(time) || !isResult(fields, slots.result)) return 'malformed';
  // Caches ask each other (ICP), which is nobody's transaction. Asking for a password is part of the request that follows, and an
  // invalid request goes nowhere.
  if (firstOf(fields, slots.result) === letterU && beginsWith(fields, slots.result, 'UDP_')) return 'other';
  if (isChallenge(fields, slots.result)) return 'other';
  if (firstOf(fields, slots.url) === letterE && beginsWith(fields, slots.url, 'error:')) return 'other';
  transaction.time = time;
  fields.into(slots.url, transaction.url);
  transaction.isHost = firstOf(fields, slots.method) === letterC && beginsWith(fields, slots.method, 'CONNECT');
  intoOrigin(fields, slots.peer, transaction);
  intoUser(fields, slots.user, transaction.user, true);
  const { bytes, starts, ends } = fields;
  const isAddress = mayBeAddress(bytes, starts[slots.client] ?? 0, ends[slots.client] ?? 0);
  fields.into(slots.client, isAddress ? transaction.source : transaction.machine);
  transaction.downloaded = fields.whole(slots.bytes);
  const afterTcp = bytes[(starts[slots.result] ?? 0) + 4];
  transaction.isBlocked = afterTcp === letterD && beginsWith(fields, slots.result, 'TCP_DENIED');
  return null;
}

export const squidNative: LogParser = {
  records: 'lines',
  headers: 'none',
  marks: native.marks,
  open: () => {
    const fields = new Fields(Object.keys(native.slots).length);
    return { read: (line, transaction) => readNative(line, transaction, fields) };
  },
};

/** `common` ends after the result of the cache; `combined` has referrer and user agent before it. */
const common = delimited(
  ['client', null, 'user', 'time', 'request', 'status', 'bytes', 'result', null, 'combinedResult'],
  { separator: ' ', collapse: true, quotes: 'backslash', brackets: true, columnsMin: 7 },
);

function readCommon(line: Line, transaction: Transaction, fields: Fields): SkipReason | null {
  const { slots } = common;
  if (!common.read(line, fields)) return 'malformed';
  const time = commonLog(fields.bytes, fields.starts[slots.time] ?? 0, fields.ends[slots.time] ?? 0);
  if (Number.isNaN(time)) return 'malformed';
  intoTarget(fields, slots.request, transaction.url);
  if (fields.is(slots.status, '407') || beginsWith(fields, slots.request, 'error:')) return 'other';
  transaction.time = time;
  intoUser(fields, slots.user, transaction.user, true);
  intoClient(fields, slots.client, transaction.source, transaction.machine);
  transaction.downloaded = fields.whole(slots.bytes);
  transaction.isBlocked =
    beginsWith(fields, slots.result, 'TCP_DENIED') || beginsWith(fields, slots.combinedResult, 'TCP_DENIED');
  return null;
}

export const squidCommon: LogParser = {
  records: 'lines',
  headers: 'none',
  marks: common.marks,
  open: () => {
    const fields = new Fields(Object.keys(common.slots).length);
    return { read: (line, transaction) => readCommon(line, transaction, fields) };
  },
};
