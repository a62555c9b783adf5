import { csvValues } from '../formats/csv.ts';
import { DelimitedReader } from '../formats/delimited.ts';
import { Fields, slotsOf } from '../formats/fields.ts';
import { keyValueReader } from '../formats/key-value.ts';
import type { Line } from '../formats/line.ts';
import type { LogParser, RecordReader, SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { type CustomParserDefinition, parseUserFormat, type UserFormat } from './definition.ts';
import { parseTimeFormat, type TimeFormat } from './time-format.ts';

const roles = [
  'timestamp',
  'date',
  'time',
  'source',
  'destination',
  'url',
  'user',
  'uploaded',
  'downloaded',
  'total',
  'action',
] as const;
type Role = (typeof roles)[number];
const slots = slotsOf(roles);

function columnOf(definition: CustomParserDefinition): Readonly<Record<Role, string | null>> {
  return {
    timestamp: definition.timestampColumn,
    date: definition.dateColumn,
    time: definition.timeColumn,
    source: definition.sourceIpColumn,
    destination: definition.destinationIpColumn,
    url: definition.destinationUrlColumn,
    user: definition.userColumn,
    uploaded: definition.uploadedBytesColumn,
    downloaded: definition.downloadedBytesColumn,
    total: definition.totalBytesColumn,
    action: definition.actionColumn,
  };
}

/** A parser of logs as the definition says. A CSV whose header lacks a column that was named is not understood at all. */
export function customParser(definition: CustomParserDefinition): LogParser {
  const isCsv = definition.type === 'csv';
  return {
    records: isCsv ? 'quoted-lines' : 'lines',
    headers: isCsv ? 'first-line' : 'none',
    open: ({ receivedAt }) =>
      isCsv ? new CsvRecords(definition, receivedAt) : new PairRecords(definition, receivedAt),
  };
}

/** Fills a transaction from the values, wherever they came from. */
class Meaning {
  private readonly timestamp: TimeFormat | null;
  private readonly date: TimeFormat | null;
  private readonly time: TimeFormat | null;
  private readonly user: UserFormat | null;
  private readonly denyTerm: string | null;
  private readonly receivedAt: number;

  constructor(definition: CustomParserDefinition, receivedAt: number) {
    this.timestamp = formatOf(definition.timestampFormat);
    this.date = formatOf(definition.dateFormat);
    this.time = formatOf(definition.timeFormat);
    this.user = definition.userFormat === null ? null : parseUserFormat(definition.userFormat);
    this.denyTerm = definition.denyTerm?.toLowerCase() ?? null;
    this.receivedAt = receivedAt;
  }

  fill(fields: Fields, transaction: Transaction): SkipReason | null {
    fields.into(slots.url, transaction.url);
    fields.into(slots.destination, transaction.destination);
    fields.into(slots.source, transaction.source);
    this.fillUser(fields, transaction);
    transaction.uploaded = fields.whole(slots.uploaded);
    transaction.downloaded = fields.whole(slots.downloaded);
    transaction.total = fields.whole(slots.total);
    transaction.isBlocked = this.denyTerm !== null && fields.text(slots.action).toLowerCase() === this.denyTerm;
    transaction.time = this.timeOf(fields);
    return Number.isNaN(transaction.time) ? 'no-time' : null;
  }

  private timeOf(fields: Fields): number {
    const { bytes, starts, ends } = fields;
    if (this.timestamp !== null) {
      return this.timestamp.moment(bytes, starts[slots.timestamp] ?? 0, ends[slots.timestamp] ?? 0, this.receivedAt);
    }
    if (this.date === null || this.time === null) return Number.NaN;
    const day = this.date.moment(bytes, starts[slots.date] ?? 0, ends[slots.date] ?? 0, this.receivedAt);
    return day + this.time.clock(bytes, starts[slots.time] ?? 0, ends[slots.time] ?? 0);
  }

  private fillUser(fields: Fields, { user }: Transaction): void {
    if (this.user === null || !fields.has(slots.user)) fields.into(slots.user, user);
    else user.setText(nameIn(fields.text(slots.user), this.user));
  }
}

function formatOf(format: string | null): TimeFormat | null {
  const parsed = format === null ? null : parseTimeFormat(format);
  return typeof parsed === 'string' ? null : parsed; // It was checked when the definition was made.
}

/** The name without what is around it; a value that is written otherwise is the name itself. */
function nameIn(text: string, { before, after, isOpenBefore, isOpenAfter }: UserFormat): string {
  const found = text.indexOf(before);
  if (found < 0 || (!isOpenBefore && found > 0)) return text;
  const start = found + before.length;
  const end = isOpenAfter ? text.indexOf(after, start) : text.length - after.length;
  if (end <= start || !text.startsWith(after, end)) return text;
  return text.slice(start, end);
}

class CsvRecords implements RecordReader {
  private readonly rows: DelimitedReader<Role>;
  private readonly fields = new Fields(roles.length);
  private readonly meaning: Meaning;
  private readonly wanted: ReadonlyMap<string, Role>;
  private readonly delimiter: string;
  private isKnown = false;

  constructor(definition: CustomParserDefinition, receivedAt: number) {
    this.meaning = new Meaning(definition, receivedAt);
    this.delimiter = definition.delimiter;
    this.wanted = wantedBy(definition);
    this.rows = new DelimitedReader(slots, { separator: definition.delimiter, quotes: 'doubled' });
  }

  header(line: Line): void {
    const titles = csvValues(line.text().replace(/^\uFEFF/u, ''), this.delimiter);
    const columns = titles.map((title) => this.wanted.get(title.trim()) ?? null);
    const found = new Set(columns);
    this.isKnown = [...this.wanted.values()].every((role) => found.has(role));
    // A title that comes twice counts where it comes first.
    this.rows.setColumns(columns.map((role, index) => (columns.indexOf(role) === index ? role : null)));
  }

  read(line: Line, transaction: Transaction): SkipReason | null {
    if (!this.isKnown || !this.rows.read(line, this.fields)) return 'malformed';
    return this.meaning.fill(this.fields, transaction);
  }
}

class PairRecords implements RecordReader {
  private readonly pairs: ReturnType<typeof keyValueReader>;
  private readonly found: Fields;
  private readonly fields = new Fields(roles.length);
  private readonly meaning: Meaning;
  /** Where each of the pairs' slots goes. */
  private readonly places: readonly number[];

  constructor(definition: CustomParserDefinition, receivedAt: number) {
    this.meaning = new Meaning(definition, receivedAt);
    const wanted = [...wantedBy(definition)];
    this.pairs = keyValueReader(
      wanted.map(([column]) => column),
      { separators: definition.delimiter },
    );
    this.found = new Fields(wanted.length);
    this.places = wanted.map(([, role]) => slots[role]);
  }

  read(line: Line, transaction: Transaction): SkipReason | null {
    const { found, fields } = this;
    if (!this.pairs.read(line, found)) return 'malformed';
    fields.begin(line);
    fields.decode = found.decode;
    let some = false;
    for (const [slot, place] of this.places.entries()) {
      const start = found.starts[slot] ?? -1;
      if (start < 0) continue;
      some = true;
      fields.put(place, start, found.ends[slot] ?? start, found.forms[slot] ?? 0);
    }
    return some ? this.meaning.fill(fields, transaction) : 'malformed';
  }
}

function wantedBy(definition: CustomParserDefinition): ReadonlyMap<string, Role> {
  const columns = columnOf(definition);
  return new Map(
    roles.flatMap((role): [string, Role][] => {
      const column = columns[role];
      return column === null ? [] : [[column, role]];
    }),
  );
}
