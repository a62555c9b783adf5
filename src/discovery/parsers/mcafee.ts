// McAfee Web Gateway and Skyhigh Secure Web Gateway, access.log (product guide, "Log handler"; the fields of a customised log are named
// by its first line): `[time] "user" client status "request" "categories" "reputation" "media type" bytes …`.
import { commonLog, epochSeconds } from '../formats/dates.ts';
import { DelimitedReader } from '../formats/delimited.ts';
import { Fields, type Slots } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { Line } from '../formats/line.ts';
import type { LogParser, SkipReason } from '../formats/reader.ts';
import { columnsOf, slotsOfTitles, type Titles } from '../formats/titles.ts';
import type { Transaction } from '../formats/transaction.ts';
import { intoAddress, intoClient, intoTarget, intoUser } from './values.ts';

const titles = {
  time: 'time_stamp',
  user: ['auth_user', 'user_name', 'username'],
  client: ['src_ip', 'client_ip', 'source_ip'],
  status: ['status_code', 'http_status_code'],
  request: ['req_line', 'request_line', 'http_request'],
  url: ['url', 'requested_url', 'uri'],
  host: ['requested_host', 'url_host', 'host'],
  destination: ['dst_ip', 'server_ip', 'dest_ip', 'destination_ip'],
  machine: ['src_host', 'client_host', 'machine_name'],
  toClient: ['bytes_to_client', 'bytes_to_clt'],
  fromClient: ['bytes_from_client', 'bytes_from_clt'],
  block: ['block_res', 'block_id', 'block_reason_id'],
} as const satisfies Titles<string>;

type Name = keyof typeof titles;

/**
 * Pairs between bars, as the rule sets for SIEMs write them: `McAfeeWG|time_stamp=[…]|auth_user=…|src_ip=…|` (Nitro), and
 * `LEEF:1.0|McAfee|Web Gateway|…|devTime=…|src=…|usrName=…|` (QRadar, the last six names).
 */
const pairs = keyValueReader(
  [
    'time_stamp',
    'auth_user',
    'src_ip',
    'status_code',
    'req_line',
    'url',
    'host',
    'server_ip',
    'src_host',
    'bytes_to_client',
    'bytes_from_client',
    'block_res',
    'devTime',
    'src',
    'usrName',
    'httpStatus',
    'dst',
    'blockReason',
  ],
  { separators: '|' },
);

/** The log as it comes, and with the bytes of the client before the user agent, as the vendor's reporting recommends. */
const usual =
  'time_stamp auth_user src_ip status_code req_line categories rep_level media_type bytes_to_client user_agent virus_name block_res';
const expanded = usual.replace('user_agent', 'bytes_from_client user_agent');

const pairSlots: Slots<Name> = {
  time: pairs.slots.time_stamp,
  user: pairs.slots.auth_user,
  client: pairs.slots.src_ip,
  status: pairs.slots.status_code,
  request: pairs.slots.req_line,
  url: pairs.slots.url,
  host: pairs.slots.host,
  destination: pairs.slots.server_ip,
  machine: pairs.slots.src_host,
  toClient: pairs.slots.bytes_to_client,
  fromClient: pairs.slots.bytes_from_client,
  block: pairs.slots.block_res,
};

const leefSlots: Slots<Name> = {
  ...pairSlots,
  time: pairs.slots.devTime,
  user: pairs.slots.usrName,
  client: pairs.slots.src,
  status: pairs.slots.httpStatus,
  destination: pairs.slots.dst,
  block: pairs.slots.blockReason,
};

/** Number of the block that asks for a password. */
const authenticationBlock = '81';

function rowsOf(columns: string): DelimitedReader<Name> {
  const rows = new DelimitedReader<Name>(slotsOfTitles(titles), {
    separator: ' ',
    collapse: true,
    quotes: 'doubled',
    brackets: true,
    columnsMin: 5,
  });
  rows.setColumns(columnsOf(titles, columns.split(' ')));
  return rows;
}

/** Pairs may come without a time, behind a syslog header that has it. */
function readPairs(fields: Fields, transaction: Transaction): SkipReason | null {
  const { slots } = pairs;
  if (!fields.has(slots.url) && !fields.has(slots.host)) return 'malformed';
  if (fields.has(slots.devTime)) {
    transaction.time = epochSeconds(fields.bytes, fields.starts[slots.devTime] ?? 0, fields.ends[slots.devTime] ?? 0);
    return fill(fields, leefSlots, transaction);
  }
  const skipped = fill(fields, pairSlots, transaction);
  if (fields.has(slots.time_stamp)) transaction.time = timeOf(fields, slots.time_stamp);
  return skipped;
}

function readRow(fields: Fields, { slots }: DelimitedReader<Name>, transaction: Transaction): SkipReason | null {
  transaction.time = timeOf(fields, slots.time);
  return Number.isNaN(transaction.time) ? 'malformed' : fill(fields, slots, transaction);
}

function timeOf(fields: Fields, slot: number): number {
  return commonLog(fields.bytes, fields.starts[slot] ?? 0, fields.ends[slot] ?? 0);
}

function fill(fields: Fields, slots: Slots<Name>, transaction: Transaction): SkipReason | null {
  if (fields.is(slots.status, '407') || fields.is(slots.block, authenticationBlock)) return 'other';
  intoTarget(fields, slots.request, transaction.url);
  if (transaction.url.isEmpty) fields.into(slots.url, transaction.url);
  if (transaction.url.isEmpty) fields.into(slots.host, transaction.url);
  intoAddress(fields, slots.destination, transaction.destination);
  intoUser(fields, slots.user, transaction.user);
  intoClient(fields, slots.client, transaction.source, transaction.machine);
  fields.into(slots.machine, transaction.machine);
  transaction.downloaded = fields.whole(slots.toClient);
  transaction.uploaded = fields.whole(slots.fromClient);
  transaction.isBlocked = fields.has(slots.block) && !fields.is(slots.block, '0');
  return null;
}

/** Rows have a quotation mark before any bar. */
function hasBarFirst({ bytes, start, end }: Line): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === 0x7c) return true;
    if (bytes[at] === 0x22) return false;
  }
  return false;
}

export const mcafee: LogParser = {
  records: 'lines',
  headers: { prefix: '#time_stamp' },
  open: () => {
    const fields = new Fields(Object.keys(pairs.slots).length);
    const [plain, wide] = [rowsOf(usual), rowsOf(expanded)];
    let named: DelimitedReader<Name> | null = null;
    const fitting = (line: Line): DelimitedReader<Name> | null => {
      if (named !== null) return named.read(line, fields) ? named : null;
      // A number without quotation marks where the user agent would stand tells the expanded layout.
      if (!wide.read(line, fields)) return null;
      const start = fields.starts[wide.slots.fromClient] ?? -1;
      if (start > 0 && fields.bytes[start - 1] === 0x20 && fields.whole(wide.slots.fromClient) >= 0) return wide;
      return plain.read(line, fields) ? plain : null;
    };
    return {
      header: (line) => {
        named = rowsOf(line.text().slice(1).trim().replaceAll('"', '').replaceAll(/\s+/gu, ' '));
      },
      read: (line, transaction) => {
        if (line.bytes[line.start] === 0x23) return 'other';
        if (hasBarFirst(line)) return pairs.read(line, fields) ? readPairs(fields, transaction) : 'malformed';
        const rows = fitting(line);
        return rows === null ? 'malformed' : readRow(fields, rows, transaction);
      },
    };
  },
};
