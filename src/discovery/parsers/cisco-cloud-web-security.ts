// Cisco Cloud Web Security (ScanSafe): files of its log extraction, W3C with tabs (Cisco ScanCenter Administrator Guide, "Log
// Extraction"). The service sees the organisation's address; the client's own is in the header that the connector adds.
import type { Fields, Slots } from '../formats/fields.ts';
import type { ReadingContext, SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';
import { intoAddress, saysBlocked } from './values.ts';
import { readW3c, w3cParser, w3cTitles } from './w3c-log.ts';

const titles = {
  ...w3cTitles,
  internal: ['cs(x-forwarded-for)', 'x-forwarded-for'],
  server: 's-ip',
  blockType: 'x-ss-block-type',
  ruleAction: 'x-ss-last-rule-action',
} as const;

function read(
  fields: Fields,
  slots: Slots<keyof typeof titles>,
  transaction: Transaction,
  context: ReadingContext,
): SkipReason | null {
  const skipped = readW3c(fields, slots, transaction, context);
  if (skipped !== null) return skipped;
  intoAddress(fields, slots.internal, transaction.source);
  intoAddress(fields, slots.server, transaction.destination);
  transaction.isBlocked ||= saysBlocked(fields, slots.ruleAction) || isNamed(fields, slots.blockType);
  return null;
}

/** What was blocked has the kind of the block; the rest has nothing or `none` there. */
function isNamed(fields: Fields, slot: number): boolean {
  return fields.has(slot) && !fields.is(slot, 'none');
}

export const ciscoCloudWebSecurity = w3cParser(titles, read, ['x-ss-']);
