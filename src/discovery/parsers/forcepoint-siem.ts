// Websense Web Security and Forcepoint Web Security, SIEM integration ("Working with SIEM integration format strings"): CEF for ArcSight
// and LEEF for QRadar. LEEF has no time of its own; the syslog header in front has it.
import { cefReader } from '../formats/cef.ts';
import type { Fields } from '../formats/fields.ts';
import { leefReader } from '../formats/leef.ts';
import { anyTime } from '../formats/named-dates.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { fieldParser } from './line-parser.ts';
import { contains, intoAddress, intoUser, saysBlocked } from './values.ts';

const cef = cefReader([
  'deviceVendor',
  'name',
  'act',
  'dst',
  'dhost',
  'src',
  'suser',
  'loginID',
  'rt',
  'in',
  'out',
  'request',
]);

/** Whoever is named by neither the user path nor the login stays unnamed. */
function intoPerson(fields: Fields, path: number, login: number, transaction: Transaction): void {
  intoUser(fields, fields.has(login) ? login : path, transaction.user);
}

function isVendor(fields: Fields, slot: number): boolean {
  return fields.is(slot, 'websense') || fields.is(slot, 'forcepoint');
}

/** Records of e-mail and of data loss prevention come the same way; those of web traffic have an address of a page. */
function isOfWeb(fields: Fields, url: number, host: number): boolean {
  return fields.has(url) || fields.has(host);
}

export const websenseCef = fieldParser(cef, (fields, transaction, { receivedAt }): SkipReason | null => {
  const { slots } = cef;
  if (!isVendor(fields, slots.deviceVendor)) return 'malformed';
  if (!isOfWeb(fields, slots.request, slots.dhost)) return 'other';
  if (fields.has(slots.rt)) {
    transaction.time = anyTime(fields.bytes, fields.starts[slots.rt] ?? 0, fields.ends[slots.rt] ?? 0, receivedAt);
  }
  fields.into(fields.has(slots.dhost) ? slots.dhost : slots.request, transaction.url);
  intoAddress(fields, slots.dst, transaction.destination);
  intoAddress(fields, slots.src, transaction.source);
  intoPerson(fields, slots.suser, slots.loginID, transaction);
  transaction.uploaded = fields.whole(slots.out);
  transaction.downloaded = fields.whole(slots.in);
  transaction.isBlocked = saysBlocked(fields, slots.act) || contains(fields, slots.name, 'blocked');
  return null;
});

const leef = leefReader([
  'vendor',
  'eventId',
  'usrName',
  'loginID',
  'src',
  'srcBytes',
  'dst',
  'dstBytes',
  'url',
  'action',
  'devTime',
]);

export const forcepointLeef = fieldParser(leef, (fields, transaction, { receivedAt }): SkipReason | null => {
  const { slots } = leef;
  if (!isVendor(fields, slots.vendor)) return 'malformed';
  if (!isOfWeb(fields, slots.url, slots.dst)) return 'other';
  if (fields.has(slots.devTime)) {
    const start = fields.starts[slots.devTime] ?? 0;
    transaction.time = anyTime(fields.bytes, start, fields.ends[slots.devTime] ?? 0, receivedAt);
  }
  fields.into(slots.url, transaction.url);
  intoAddress(fields, slots.dst, transaction.destination);
  intoAddress(fields, slots.src, transaction.source);
  intoPerson(fields, slots.usrName, slots.loginID, transaction);
  transaction.uploaded = fields.whole(slots.srcBytes);
  transaction.downloaded = fields.whole(slots.dstBytes);
  // The event is `transaction:permitted` or `transaction:blocked`.
  transaction.isBlocked = saysBlocked(fields, slots.eventId) || saysBlocked(fields, slots.action);
  return null;
});
