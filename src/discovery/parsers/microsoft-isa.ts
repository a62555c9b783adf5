// Microsoft ISA Server and Forefront TMG, logs of the web proxy and of the firewall in W3C format (Microsoft, "Web proxy log fields"
// and "Firewall log fields"): values stand between tabs, times are UTC.
import type { Fields, Slots } from '../formats/fields.ts';
import type { ReadingContext, SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { beginsWith, intoAddressOfEndpoint } from './values.ts';
import { readW3c, w3cParser, w3cTitles } from './w3c-log.ts';

const titles = {
  ...w3cTitles,
  host: ['r-host', 'cs-host'],
  source: 'source',
  target: 'destination',
  original: 'original-client-ip',
  agent: 'agent',
} as const;

/** Columns that no other appliance has. */
const marks = [
  'c-agent',
  'sc-authenticated',
  's-svcname',
  's-object-source',
  's-operation',
  'original-client-ip',
  'filterinfo',
];

/** Status that the proxy gives to a request that a rule stops, and the one with which it asks for a password. */
const deniedStatus = '12202';
const challengeStatus = '12209';

function read(
  fields: Fields,
  slots: Slots<keyof typeof titles>,
  transaction: Transaction,
  context: ReadingContext,
): SkipReason | null {
  if (fields.is(slots.status, challengeStatus)) return 'other';
  const skipped = readW3c(fields, slots, transaction, context);
  if (skipped !== null) return skipped;
  // The firewall logs the begin of a connection too, without bytes.
  if (beginsWith(fields, slots.action, 'Establish') || beginsWith(fields, slots.action, 'Initiate')) return 'other';
  intoAddressOfEndpoint(fields, slots.target, transaction.destination);
  intoAddressOfEndpoint(fields, slots.source, transaction.source);
  intoAddressOfEndpoint(fields, slots.original, transaction.source);
  transaction.isBlocked ||= fields.is(slots.status, deniedStatus);
  return null;
}

export const microsoftIsa = w3cParser(titles, read, marks);
