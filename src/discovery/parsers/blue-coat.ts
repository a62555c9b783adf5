// Blue Coat ProxySG, Edge SWG and Cloud SWG: access logs in ELFF (Broadcom, "Access Log Formats"). The `main` format of SGOS 6.7 and
// later begins with the client, the one before with the result; both are known without header too, told apart by their looks.
import { Fields } from '../formats/fields.ts';
import type { Line } from '../formats/line.ts';
import type { LogParser, SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { W3cReader, w3cHeaders } from '../formats/w3c.ts';
import { contains } from './values.ts';
import { readW3c, w3cTitles } from './w3c-log.ts';

const titles = { ...w3cTitles, action: 'sc-filter-result', exception: 'x-exception-id' } as const;

/** Beginnings of names that no other appliance gives to columns. */
const marks = [
  'x-bluecoat-',
  'x-exception-id',
  'x-virus-id',
  's-action',
  's-supplier-',
  'sc-filter-',
  'cs-categor',
  'cs-auth-group',
  'cs-userdn',
  'cs-uri-scheme',
  'cs-uri-path',
  'cs-uri-extension',
  'cs-uri-port',
];

/** Order of `main` since SGOS 6.7, and of `bcreportermain_v1`, which has no `s-supplier-` fields. */
const newer =
  'date time time-taken c-ip cs-username cs-auth-group s-supplier-name s-supplier-ip s-supplier-country s-supplier-failures ' +
  'x-exception-id sc-filter-result cs-categories cs(Referer) sc-status s-action cs-method rs(Content-Type) cs-uri-scheme cs-host ' +
  'cs-uri-port cs-uri-path cs-uri-query cs-uri-extension cs(User-Agent) s-ip sc-bytes cs-bytes';
const reporter = newer.replace('s-supplier-name s-supplier-ip s-supplier-country s-supplier-failures ', '');
const older =
  'date time time-taken c-ip sc-status s-action sc-bytes cs-bytes cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path ' +
  'cs-uri-query cs-username cs-auth-group s-supplier-name rs(Content-Type) cs(Referer) cs(User-Agent) sc-filter-result';

function readBlueCoat(
  fields: Fields,
  { slots }: W3cReader<keyof typeof titles>,
  transaction: Transaction,
  receivedAt: number,
): SkipReason | null {
  const skipped = readW3c(fields, slots, transaction, { receivedAt });
  if (skipped !== null) return skipped;
  // OBSERVED and PROXIED passed. An exception alone is no refusal: most are failures of the server or of the network.
  if (fields.has(slots.action)) transaction.isBlocked = fields.is(slots.action, 'denied');
  else transaction.isBlocked ||= contains(fields, slots.exception, 'denied');
  return null;
}

function isKnownResult(fields: Fields, slot: number): boolean {
  return fields.is(slot, 'observed') || fields.is(slot, 'denied') || fields.is(slot, 'proxied');
}

export const blueCoat: LogParser = {
  records: 'lines',
  headers: w3cHeaders,
  open: ({ receivedAt }) => {
    const withHeader = new W3cReader(titles);
    let isOurs = false;
    const withoutHeader = [newer, reporter, older].map((columns) => new W3cReader(titles, columns));
    const fields = new Fields(Object.keys(titles).length);
    const fitting = (line: Line): W3cReader<keyof typeof titles> | undefined =>
      withHeader.hasColumns
        ? isOurs && withHeader.read(line, fields)
          ? withHeader
          : undefined
        : withoutHeader.find((reader) => reader.read(line, fields) && isKnownResult(fields, reader.slots.action));
    return {
      header: (line) => {
        withHeader.header(line);
        isOurs = withHeader.hasOneOf(marks);
      },
      read: (line, transaction) => {
        if (line.bytes[line.start] === 0x23) return 'other';
        const reader = fitting(line);
        return reader === undefined ? 'malformed' : readBlueCoat(fields, reader, transaction, receivedAt);
      },
    };
  },
};
