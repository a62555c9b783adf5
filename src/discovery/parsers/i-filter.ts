// Digital Arts i-FILTER (versions 8 to 10, D-SPA, i-FILTER@Cloud), access log in its standard form: values by their place, apart by
// blanks. How many stand in front of the bracketed time differs from version to version, so that they are counted from there.
// Places: Digital Arts, FAQ 2196, 4301 and 5614 ("Output format of the access log").
import { commonLog } from '../formats/dates.ts';
import { Fields, slotsOf } from '../formats/fields.ts';
import type { Line } from '../formats/line.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { lineParser } from './line-parser.ts';
import { intoClient, intoTarget, intoUser, looksLikeAddress, saysBlocked } from './values.ts';

const slots = slotsOf(['user', 'machine', 'client', 'server', 'request', 'status', 'uploaded', 'downloaded', 'action']);
const [space, slash, quote, openBracket, closeBracket, colon] = [0x20, 0x2f, 0x22, 0x5b, 0x5d, 0x3a];
/** Of process, version, two proxies, server, two clients, machine and user, nothing in front of the time is further away. */
const wordsMax = 8;

export const iFilter = lineParser(() => {
  const fields = new Fields(Object.keys(slots).length);
  return { read: (line, transaction) => read(line, transaction, fields) };
});

function read(line: Line, transaction: Transaction, fields: Fields): SkipReason | null {
  const { bytes, start, end } = line;
  fields.begin(line);
  let from = start;
  while (from < end && !(bytes[from] === openBracket && bytes[from + 3] === slash)) from++;
  let to = from;
  while (to < end && bytes[to] !== closeBracket) to++;
  if (to >= end || !wordsBefore(bytes, start, from, fields)) return 'malformed';
  transaction.time = timeOf(bytes, from + 1, to);
  if (Number.isNaN(transaction.time) || !wordsBehind(bytes, to + 1, end, fields)) return 'malformed';
  if (fields.is(slots.status, '407')) return 'other';
  intoTarget(fields, slots.request, transaction.url);
  intoServer(fields, transaction);
  intoClient(fields, slots.client, transaction.source, transaction.machine);
  fields.into(slots.machine, transaction.machine);
  intoUser(fields, slots.user, transaction.user, true);
  transaction.uploaded = fields.whole(slots.uploaded);
  transaction.downloaded = fields.whole(slots.downloaded);
  transaction.isBlocked = saysBlocked(fields, slots.action);
  return null;
}

/** From the time backwards: user, machine, client; then the server, behind which version 10 has the device that asked as well. */
function wordsBefore(bytes: Buffer, start: number, from: number, fields: Fields): boolean {
  const order = [slots.user, slots.machine, slots.client];
  let words = 0;
  for (let end = from; words < wordsMax; words++) {
    while (end > start && bytes[end - 1] === space) end--;
    let at = end;
    while (at > start && bytes[at - 1] !== space) at--;
    if (at === end) break;
    // The version, `1040/01/`, is the last that says nothing of the request.
    if (bytes[end - 1] === slash) return words >= 3;
    const slot = order[words];
    if (slot !== undefined) fields.put(slot, at, end);
    // Version 9 has one word more, version 10 three: device, server, proxy.
    else if (words === 3 || words === 4) fields.put(slots.server, at, end);
    end = at;
  }
  return false;
}

/** `"GET url HTTP/1.1"` somewhere, and in front of it or behind it the status, two sizes and what was done. */
function wordsBehind(bytes: Buffer, start: number, end: number, fields: Fields): boolean {
  let request = start;
  while (request < end && bytes[request] !== quote) request++;
  let requestEnd = request + 1;
  while (requestEnd < end && bytes[requestEnd] !== quote) requestEnd++;
  if (requestEnd >= end) return false;
  fields.put(slots.request, request + 1, requestEnd);
  return numbersAt(bytes, start, request, fields) || numbersAt(bytes, requestEnd + 1, end, fields);
}

/** The first word of three digits that two numbers and a word follow. */
function numbersAt(bytes: Buffer, start: number, end: number, fields: Fields): boolean {
  const order = [slots.status, slots.uploaded, slots.downloaded, slots.action];
  let found = 0;
  for (let at = start; at < end && found < order.length; ) {
    while (at < end && bytes[at] === space) at++;
    let to = at;
    while (to < end && bytes[to] !== space) to++;
    const slot = order[found] ?? 0;
    fields.put(slot, at, to);
    const isNumber = !Number.isNaN(fields.whole(slot));
    if (found === 3 ? !isNumber : isNumber && (found > 0 || to - at === 3)) found++;
    else found = isNumber && to - at === 3 && found === 0 ? 1 : 0;
    at = to;
  }
  return found === order.length;
}

/** `21/Nov/2026:09:00:00 +0900`; some releases leave the blank out. */
function timeOf(bytes: Buffer, start: number, end: number): number {
  const time = commonLog(bytes, start, end);
  if (!Number.isNaN(time) || end - start < 20 || bytes[start + 20] === space) return time;
  return commonLog(
    Buffer.from(`${bytes.toString('latin1', start, start + 20)} ${bytes.toString('latin1', start + 20, end)}`),
    0,
    end - start + 1,
  );
}

/** `203.0.113.5:443`. */
function intoServer(fields: Fields, { destination }: Transaction): void {
  if (!fields.has(slots.server)) return;
  const { bytes } = fields;
  const start = fields.starts[slots.server] ?? 0;
  const end = fields.ends[slots.server] ?? 0;
  let at = end;
  if (!looksLikeAddress(bytes, start, end)) while (at > start && bytes[at - 1] !== colon) at--;
  const to = at === end ? end : at - 1;
  if (looksLikeAddress(bytes, start, to)) destination.set(bytes, start, to);
}
