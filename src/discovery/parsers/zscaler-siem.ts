// Zscaler Internet Access for SIEMs: the CEF feeds for web and firewall (help.zscaler.com, "Zscaler and Microsoft Sentinel Deployment
// Guide") and the QRadar LEEF feed for web, which is also the one that Zscaler makes for Cloud App Security.
import { cefReader } from '../formats/cef.ts';
import type { Fields } from '../formats/fields.ts';
import { leefReader } from '../formats/leef.ts';
import { anyTime } from '../formats/named-dates.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { fieldParser } from './line-parser.ts';
import { areSame, contains, intoAddress, intoSource, intoUser, saysBlocked } from './values.ts';

const cef = cefReader([
  'deviceVendor',
  'deviceProduct',
  'rt',
  'act',
  'dhost',
  'dst',
  'src',
  'sourceTranslatedAddress',
  'suser',
  'spriv',
  'in',
  'out',
  'request',
  'devicehostname',
]);

function intoTime(fields: Fields, slot: number, transaction: Transaction, receivedAt: number): void {
  if (!fields.has(slot)) return;
  transaction.time = anyTime(fields.bytes, fields.starts[slot] ?? 0, fields.ends[slot] ?? 0, receivedAt);
}

export const zscalerCef = fieldParser(cef, (fields, transaction, { receivedAt }): SkipReason | null => {
  const { slots } = cef;
  if (!fields.is(slots.deviceVendor, 'zscaler')) return 'malformed';
  // Feeds of DNS, tunnels and audits tell of no traffic.
  if (!contains(fields, slots.deviceProduct, 'web') && !contains(fields, slots.deviceProduct, 'fw')) return 'other';
  intoTime(fields, slots.rt, transaction, receivedAt);
  fields.into(fields.has(slots.dhost) ? slots.dhost : slots.request, transaction.url);
  intoAddress(fields, slots.dst, transaction.destination);
  intoSource(fields, slots.src, slots.sourceTranslatedAddress, transaction.source);
  // Whoever is not signed in is logged under the name of the location.
  if (!areSame(fields, slots.suser, slots.spriv)) intoUser(fields, slots.suser, transaction.user);
  fields.into(slots.devicehostname, transaction.machine);
  transaction.uploaded = fields.whole(slots.out);
  transaction.downloaded = fields.whole(slots.in);
  transaction.isBlocked = saysBlocked(fields, slots.act);
  return null;
});

const leef = leefReader([
  'vendor',
  'cat',
  'devTime',
  'src',
  'srcPostNAT',
  'dst',
  'usrName',
  'realm',
  'srcBytes',
  'dstBytes',
  'url',
  'hostname',
  'devicehostname',
]);

export const zscalerLeef = fieldParser(leef, (fields, transaction, { receivedAt }): SkipReason | null => {
  const { slots } = leef;
  if (!fields.is(slots.vendor, 'zscaler')) return 'malformed';
  intoTime(fields, slots.devTime, transaction, receivedAt);
  fields.into(isNamed(fields, slots.hostname) ? slots.hostname : slots.url, transaction.url);
  intoAddress(fields, slots.dst, transaction.destination);
  intoSource(fields, slots.src, slots.srcPostNAT, transaction.source);
  if (!areSame(fields, slots.usrName, slots.realm)) intoUser(fields, slots.usrName, transaction.user);
  if (isNamed(fields, slots.devicehostname)) fields.into(slots.devicehostname, transaction.machine);
  transaction.uploaded = fields.whole(slots.srcBytes);
  transaction.downloaded = fields.whole(slots.dstBytes);
  transaction.isBlocked = saysBlocked(fields, slots.cat);
  return null;
});

/** The feed writes NA or None where there is nothing. */
function isNamed(fields: Fields, slot: number): boolean {
  return fields.has(slot) && !fields.is(slot, 'na') && !fields.is(slot, 'n/a') && !fields.is(slot, 'none');
}
