// Reports of web gateways as CSV, with a first line that names the columns or, where the product writes none, in a known order.

import { CsvReader } from '../formats/csv.ts';
import { type DateOrder, timeOfDay } from '../formats/dates.ts';
import { Fields, type Slots } from '../formats/fields.ts';
import type { Line } from '../formats/line.ts';
import { anyTime } from '../formats/named-dates.ts';
import type { LogParser } from '../formats/reader.ts';
import type { Titles } from '../formats/titles.ts';
import type { Span, Transaction } from '../formats/transaction.ts';
import { intoAddress, intoSource, intoUser, saysBlocked } from './values.ts';

/** What the columns of such reports are called, the better ones first. */
export const reportTitles = {
  date: ['date', 'day'],
  time: ['time', 'date & time', 'date and time', 'date/time', 'datetime', 'date time', 'timestamp'],
  user: ['user', 'user name', 'username', 'login name', 'user id', 'login'],
  client: ['source ip', 'source ip address', 'source', 'client ip', 'internal ip'],
  connection: ['connection ip', 'connection ip address', 'external ip', 'public ip'],
  machine: ['workstation', 'machine name', 'device hostname', 'host name', 'source name'],
  url: ['full url', 'url', 'url path', 'request url'],
  host: ['url hostname', 'hostname', 'domain', 'site', 'url host', 'destination host'],
  destination: ['destination ip', 'destination ip address', 'server ip', 'destination'],
  action: ['action', 'disposition', 'policy action', 'action name'],
  uploaded: ['bytes sent', 'request size', 'sent bytes', 'bytes sent (bytes)'],
  downloaded: ['bytes received', 'response size', 'received bytes', 'bytes received (bytes)'],
  total: ['bytes', 'total bytes', 'bytes total'],
} as const satisfies Titles<string>;

type ReportName = keyof typeof reportTitles;

function readRow(fields: Fields, slots: Slots<ReportName>, transaction: Transaction): null {
  fields.into(fields.has(slots.url) ? slots.url : slots.host, transaction.url);
  intoAddress(fields, slots.destination, transaction.destination);
  intoUser(fields, slots.user, transaction.user);
  intoSource(fields, slots.client, slots.connection, transaction.source);
  if (transaction.source.isEmpty) intoNamed(fields, slots.client, transaction.machine);
  intoNamed(fields, slots.machine, transaction.machine);
  transaction.uploaded = fields.whole(slots.uploaded);
  transaction.downloaded = fields.whole(slots.downloaded);
  transaction.total = fields.whole(slots.total);
  transaction.isBlocked = saysBlocked(fields, slots.action);
  return null;
}

/** What the report has no name for is written out as not available. */
function intoNamed(fields: Fields, slot: number, span: Span): void {
  if (!fields.is(slot, 'not available')) fields.into(slot, span);
}

function timeOf({ bytes, starts, ends }: Fields, date: number, time: number, now: number, order: DateOrder): number {
  const timeStart = starts[time] ?? -1;
  const timeEnd = ends[time] ?? 0;
  const dateStart = starts[date] ?? -1;
  if (dateStart < 0) return timeStart < 0 ? Number.NaN : anyTime(bytes, timeStart, timeEnd, now, order);
  const day = anyTime(bytes, dateStart, ends[date] ?? 0, now, order);
  return timeStart < 0 ? day : day + timeOfDay(bytes, timeStart, timeEnd);
}

export interface ReportOptions {
  readonly titles: Titles<ReportName>;
  readonly order: DateOrder;
  /** The order of a report that comes without a line of names, as titles; null when it always has that line. */
  readonly columns: readonly string[] | null;
}

export function reportParser({ titles, order, columns }: ReportOptions): LogParser {
  return {
    records: 'quoted-lines',
    headers: 'first-line',
    open: ({ receivedAt }) => {
      const reader = new CsvReader(titles, { separators: ',;\t', columnsMin: 3 });
      const fields = new Fields(Object.keys(titles).length);
      if (columns !== null) reader.setHeader(columns, ',');
      let isOurs = columns !== null;
      return {
        isHeader: (line) => columns === null || namesColumns(line),
        header: (line) => {
          reader.header(line);
          isOurs = isReport(reader);
        },
        read: (line, transaction) => {
          if (!isOurs || !reader.read(line, fields)) return 'malformed';
          const { date, time } = reader.slots;
          transaction.time = timeOf(fields, date, time, receivedAt, order);
          return Number.isNaN(transaction.time) ? 'malformed' : readRow(fields, reader.slots, transaction);
        },
      };
    },
  };
}

/** A table without a person or a page is no report of this kind. */
function isReport(reader: CsvReader<ReportName>): boolean {
  return (
    reader.hasOneOf('user', 'client', 'connection') && reader.hasOneOf('url', 'host') && reader.hasOneOf('date', 'time')
  );
}

/** A row has digits in its date and in its addresses; names of columns have none. */
function namesColumns(line: Line): boolean {
  return !/\d{2}/u.test(line.text());
}
