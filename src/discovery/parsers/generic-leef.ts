// Any appliance that writes LEEF by the list of predefined attributes, and the names that many add to it for what the list
// lacks: the host and the action. Source: IBM, QRadar "Predefined LEEF event attributes" and "Custom event date format".
import { parseTimeFormat, type TimeFormat } from '../custom-parser/time-format.ts';
import { Fields, slotsOf } from '../formats/fields.ts';
import { leefReader } from '../formats/leef.ts';
import { anyTime } from '../formats/named-dates.ts';
import type { SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { comesFromOutside } from './firewalls.ts';
import { lineParser } from './line-parser.ts';
import { saysBlocked } from './values.ts';

const names = [
  'url',
  'host',
  'dstHost',
  'dhost',
  'domain',
  'dst',
  'src',
  'srcPreNAT',
  'dstPostNAT',
  'identHostName',
  'usrName',
  'accountName',
  'srcBytes',
  'dstBytes',
  'totalBytes',
  'action',
  'act',
  'devTime',
  'devTimeFormat',
] as const;
const slots = slotsOf(names);
const reader = leefReader(names);
/** The better ones first. */
const hostSlots = [slots.url, slots.host, slots.dstHost, slots.dhost, slots.domain];

export const genericLeef = lineParser(({ receivedAt }) => {
  const fields = new Fields(names.length);
  const times = new DeviceTimes(receivedAt);
  return {
    read(line, transaction) {
      if (!reader.read(line, fields)) return 'malformed';
      return fill(fields, transaction, times);
    },
  };
});

function fill(fields: Fields, transaction: Transaction, times: DeviceTimes): SkipReason | null {
  fields.into(fields.has(slots.srcPreNAT) ? slots.srcPreNAT : slots.src, transaction.source);
  fields.into(fields.has(slots.dst) ? slots.dst : slots.dstPostNAT, transaction.destination);
  if (comesFromOutside(transaction)) return 'inbound';
  fields.into(hostSlots.find((slot) => isHostLike(fields, slot)) ?? slots.host, transaction.url);
  if (transaction.url.isEmpty && transaction.destination.isEmpty) return 'other';
  fields.into(fields.has(slots.usrName) ? slots.usrName : slots.accountName, transaction.user);
  fields.into(slots.identHostName, transaction.machine);
  transaction.uploaded = fields.whole(slots.srcBytes);
  transaction.downloaded = fields.whole(slots.dstBytes);
  transaction.total = fields.whole(slots.totalBytes);
  transaction.isBlocked = saysBlocked(fields, fields.has(slots.action) ? slots.action : slots.act);
  transaction.time = times.read(fields);
  return null;
}

/** There is a value, and it is no path alone. */
function isHostLike(fields: Fields, slot: number): boolean {
  return fields.has(slot) && fields.bytes[fields.starts[slot] ?? 0] !== 0x2f;
}

/** `devTime` in the format that the same record names, or in one of the usual ones. The last format is kept, as records repeat it. */
class DeviceTimes {
  private readonly receivedAt: number;
  private text = '';
  private format: TimeFormat | null = null;

  constructor(receivedAt: number) {
    this.receivedAt = receivedAt;
  }

  read(fields: Fields): number {
    if (!fields.has(slots.devTime)) return Number.NaN;
    const { bytes } = fields;
    const start = fields.starts[slots.devTime] ?? 0;
    const end = fields.ends[slots.devTime] ?? 0;
    if (fields.has(slots.devTimeFormat)) {
      const text = fields.text(slots.devTimeFormat);
      if (text !== this.text) this.keep(text);
      const time = this.format?.moment(bytes, start, end, this.receivedAt) ?? Number.NaN;
      if (!Number.isNaN(time)) return time;
    }
    return anyTime(bytes, start, end, this.receivedAt);
  }

  private keep(text: string): void {
    const format = parseTimeFormat(text);
    this.text = text;
    this.format = typeof format === 'string' || !format.hasDay ? null : format;
  }
}
