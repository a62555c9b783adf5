// Stormshield Network Security (SNS, before that Netasq): lines of WELF with additions, of l_connection, l_plugin, l_web, l_ssl, l_ftp,
// and what l_filter and l_alarm say was blocked. Fields: Stormshield, "Description of audit logs".
import { readZone } from '../formats/date-parts.ts';
import { isoTime } from '../formats/dates.ts';
import { type Fields, slotsOf } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { LogParser } from '../formats/reader.ts';
import { comesFromOutside } from './firewalls.ts';
import { fieldParser } from './line-parser.ts';
import { contains } from './values.ts';

const names = [
  'fw',
  'sn',
  'time',
  'tz',
  'src',
  'srcname',
  'dst',
  'dstname',
  'sent',
  'rcvd',
  'user',
  'action',
  'logtype',
  'alarmid',
] as const;
const slots = slotsOf(names);

const traffic = ['connection', 'plugin', 'web', 'ssl', 'ftp'];
/** Told once for a packet, and again as a connection when it was let through. */
const verdicts = ['filter', 'alarm'];

export const stormshield: LogParser = fieldParser(keyValueReader(names), (fields, transaction) => {
  // SonicWall begins alike, and has the number of the appliance besides.
  if (!fields.has(slots.time) || !fields.has(slots.fw) || fields.has(slots.sn)) return 'malformed';
  const isBlocked = fields.is(slots.action, 'block');
  if (!isTraffic(fields) && !(isBlocked && isVerdict(fields))) return 'other';
  fields.into(slots.src, transaction.source);
  fields.into(slots.dst, transaction.destination);
  if (transaction.destination.isEmpty && !fields.has(slots.dstname)) return 'other';
  if (comesFromOutside(transaction)) return 'inbound';
  // The name may be that of an object of the firewall, which has no dot.
  if (contains(fields, slots.dstname, '.')) fields.into(slots.dstname, transaction.url);
  fields.into(slots.srcname, transaction.machine);
  fields.into(slots.user, transaction.user);
  transaction.uploaded = fields.whole(slots.sent);
  transaction.downloaded = fields.whole(slots.rcvd);
  transaction.isBlocked = isBlocked;
  transaction.time = timeOf(fields);
  return null;
});

/** Files of one log alone leave its name out. */
function isTraffic(fields: Fields): boolean {
  if (!fields.has(slots.logtype))
    return fields.has(slots.sent) || (fields.has(slots.dstname) && !fields.has(slots.alarmid));
  return traffic.some((type) => fields.is(slots.logtype, type));
}

function isVerdict(fields: Fields): boolean {
  return !fields.has(slots.logtype) || verdicts.some((type) => fields.is(slots.logtype, type));
}

/** The firewall's own time, and what that is ahead of UTC. */
function timeOf(fields: Fields): number {
  const { bytes, starts, ends } = fields;
  const local = isoTime(bytes, starts[slots.time] ?? 0, ends[slots.time] ?? 0);
  if (!fields.has(slots.tz)) return local;
  const ahead = readZone(bytes, starts[slots.tz] ?? 0, ends[slots.tz] ?? 0);
  return Number.isNaN(ahead) ? local : local - ahead;
}
