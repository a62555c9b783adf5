// Check Point: CEF of Log Exporter, and what SmartView Tracker exports. Sources: Check Point sk122323 "Log Exporter" (CEF field
// mapping); "SmartView Tracker Administration Guide" (the columns of its records; the first line of an export names them).
import { cefReader } from '../formats/cef.ts';
import { CsvReader } from '../formats/csv.ts';
import { epochSeconds, timeOfDay } from '../formats/dates.ts';
import { Fields } from '../formats/fields.ts';
import { anyTime } from '../formats/named-dates.ts';
import type { LogParser, ReadingContext, SkipReason } from '../formats/reader.ts';
import { withSyslog } from '../formats/syslog.ts';
import type { Transaction } from '../formats/transaction.ts';
import { intoAccount, isBlockedAction } from './check-point.ts';
import { comesFromOutside, indexOfText, isInbound } from './firewalls.ts';
import { fieldParser } from './line-parser.ts';
import { intoAddress, intoClient } from './values.ts';

const cef = cefReader([
  'act',
  'rt',
  'src',
  'dst',
  'suser',
  'shost',
  'request',
  'dhost',
  'in',
  'out',
  'deviceVendor',
  'conn_direction',
  'inzone',
  'outzone',
]);
const keys = cef.slots;

export const checkPointCef = fieldParser(cef, (fields, transaction) => {
  if (!fields.is(keys.deviceVendor, 'check point')) return 'malformed';
  if (!fields.has(keys.dst) && !fields.has(keys.request) && !fields.has(keys.dhost)) return 'other';
  const { bytes, starts, ends } = fields;
  if (fields.has(keys.rt)) transaction.time = epochSeconds(bytes, starts[keys.rt] ?? 0, ends[keys.rt] ?? 0);
  intoAddress(fields, keys.src, transaction.source);
  intoAddress(fields, keys.dst, transaction.destination);
  fields.into(fields.has(keys.request) ? keys.request : keys.dhost, transaction.url);
  intoAccount(fields, keys.suser, transaction.user);
  fields.into(keys.shost, transaction.machine);
  transaction.uploaded = fields.whole(keys.out);
  transaction.downloaded = fields.whole(keys.in);
  transaction.isBlocked = isBlockedAction(fields, keys.act);
  if (fields.has(keys.conn_direction)) return fields.is(keys.conn_direction, 'incoming') ? 'inbound' : null;
  return isInbound(fields, keys.inzone, keys.outzone, transaction) ? 'inbound' : null;
});

const titles = {
  date: 'Date',
  time: 'Time',
  action: 'Action',
  source: ['Source', 'Source IP'],
  destination: ['Destination', 'Destination IP'],
  user: ['Source User Name', 'User'],
  machine: 'Source Machine Name',
  url: ['Resource', 'URL'],
  uploaded: ['Sent Bytes', 'Sent'],
  downloaded: ['Received Bytes', 'Received'],
  total: ['Bytes', 'Total Bytes'],
} as const;

/** Values in quotation marks or not, apart by commas, semicolons, tabs or spaces, as the exporting program was told. */
export const smartViewTracker: LogParser = withSyslog(
  {
    records: 'quoted-lines',
    headers: 'first-line',
    open(context) {
      const reader = new CsvReader(titles, { separators: ',;\t ' });
      const fields = new Fields(Object.keys(titles).length);
      return {
        header(line) {
          // Words with an equals sign are no names of columns but a record of another log.
          if (indexOfText(line.bytes, line.start, line.end, '=') < 0) reader.header(line);
        },
        read: (line, transaction) =>
          reader.read(line, fields) ? mapTracker(fields, reader.slots, transaction, context) : 'malformed',
      };
    },
  },
  false,
);

type TrackerSlots = CsvReader<keyof typeof titles>['slots'];

function mapTracker(
  fields: Fields,
  slots: TrackerSlots,
  transaction: Transaction,
  { receivedAt }: ReadingContext,
): SkipReason | null {
  if (!fields.has(slots.destination) && !fields.has(slots.url)) return 'other';
  const { bytes, starts, ends } = fields;
  const [timeStart, timeEnd] = [starts[slots.time] ?? 0, ends[slots.time] ?? 0];
  if (fields.has(slots.date)) {
    const day = anyTime(bytes, starts[slots.date] ?? 0, ends[slots.date] ?? 0, receivedAt);
    transaction.time = day + timeOfDay(bytes, timeStart, timeEnd);
  } else if (fields.has(slots.time)) transaction.time = anyTime(bytes, timeStart, timeEnd, receivedAt);
  intoClient(fields, slots.source, transaction.source, transaction.machine);
  intoAddress(fields, slots.destination, transaction.destination);
  // Where names are resolved, the destination is a host.
  if (fields.has(slots.url)) fields.into(slots.url, transaction.url);
  else if (transaction.destination.isEmpty) fields.into(slots.destination, transaction.url);
  fields.into(slots.machine, transaction.machine);
  intoAccount(fields, slots.user, transaction.user);
  transaction.uploaded = fields.whole(slots.uploaded);
  transaction.downloaded = fields.whole(slots.downloaded);
  transaction.total = fields.whole(slots.total);
  transaction.isBlocked = isBlockedAction(fields, slots.action);
  return comesFromOutside(transaction) ? 'inbound' : null;
}
