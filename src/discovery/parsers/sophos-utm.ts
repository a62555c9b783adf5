// Sophos SG (UTM 9, before that Astaro): the web filter (`httpproxy`) and the packet filter (`ulogd`), both `key="value"` behind a
// header `2026:11:21-09:00:00 host tag[pid]:`, which is the time. Fields: Sophos, "UTM 9 log file descriptions", http.log and
// packetfilter.log.
import { slotsOf } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { LogParser } from '../formats/reader.ts';
import { comesFromOutside } from './firewalls.ts';
import { fieldParser } from './line-parser.ts';
import { intoUser } from './values.ts';

const names = ['sys', 'sub', 'action', 'srcip', 'dstip', 'user', 'statuscode', 'size', 'url'] as const;
const slots = slotsOf(names);

export const sophosUtm: LogParser = fieldParser(keyValueReader(names), (fields, transaction) => {
  const isWeb = fields.is(slots.sub, 'http');
  if (!isWeb && !fields.is(slots.sub, 'packetfilter')) return fields.has(slots.sys) ? 'other' : 'malformed';
  // What the filter says of itself.
  if (!fields.has(slots.url) && !fields.has(slots.dstip)) return 'other';
  // Asking for a password is part of the request that follows.
  if (fields.is(slots.statuscode, '407')) return 'other';
  fields.into(slots.srcip, transaction.source);
  fields.into(slots.dstip, transaction.destination);
  if (!isWeb) {
    if (comesFromOutside(transaction)) return 'inbound';
    // What it has as length is that of the one packet that was logged.
    transaction.isBlocked = fields.is(slots.action, 'drop') || fields.is(slots.action, 'reject');
    return null;
  }
  fields.into(slots.url, transaction.url);
  intoUser(fields, slots.user, transaction.user);
  transaction.downloaded = fields.whole(slots.size);
  transaction.isBlocked = fields.is(slots.action, 'block') || fields.is(slots.action, 'drop');
  return null;
});
