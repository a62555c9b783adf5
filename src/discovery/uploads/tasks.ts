// What the governance log tells of uploads: the documented tasks, how they end, and the documented sentences with what to do
// next (cloud-apps reference 3.4). The names that programs read stand beside them.
import type { GovernanceDetails } from '../../policies/governance.ts';
import type { RefusalCode } from '../parsing/refused.ts';
import type { UploadResult } from './upload.ts';

export const parseTask = 'DiscoveryParseLogTask';
export const snapshotTask = 'DiscoveryCreateSnapshotStreamTask';
export const aggregationsTask = 'DiscoveryAggregationsTask';

export const parseTaskId = (uploadId: string): string => `parse ${uploadId}`;
export const snapshotTaskId = (streamId: string): string => `snapshot ${streamId}`;

/** Why reading a log failed: a log that cannot be used, or one of ours. */
export type ProblemCode = RefusalCode | 'gave-up' | 'file-lost' | 'cancelled' | 'no-parser' | 'disk-full';

/** The names that clients of the governance log know are of this shape; only two of them are public. */
const status = (name: string): string => `REPOOPER_COMPLETION_STATUS_BASELOGPARSER_${name}`;

const templates: Readonly<Record<ProblemCode, string>> = {
  'unsupported-file': status('UNSUPPORTED_FILE_TYPE'),
  'format-mismatch': status('UNEXPECTED_FORMAT'),
  'too-old': status('TRANSACTIONS_TOO_OLD'),
  'nothing-cataloged': status('NO_CATALOGED_TRANSACTIONS'),
  'too-large': status('FILE_TOO_LARGE'),
  'broken-archive': status('BROKEN_ARCHIVE'),
  'unpublished-format': status('UNSUPPORTED_LOG_TYPE'),
  'gave-up': status('GAVE_UP'),
  'file-lost': status('FILE_LOST'),
  cancelled: status('CANCELLED'),
  'no-parser': status('NO_CUSTOM_PARSER'),
  'disk-full': status('DISK_FULL'),
};

const documented: Partial<Record<ProblemCode, (source: string, keepDays: number) => string>> = {
  'unsupported-file': () => 'Unsupported file type.',
  'format-mismatch': (source) => `Log format does not match the expected format for ${source}.`,
  'too-old': (_, keepDays) => `Transactions are more than ${keepDays} days old.`,
  'nothing-cataloged': () => 'No transactions to cataloged cloud apps.',
  'unpublished-format': () => 'Unsupported log type.',
};

/** The documented sentence, then what happened and what to do; never the same twice. */
export function problemSentence(code: ProblemCode, own: string, source: string, keepDays: number): string {
  const first = documented[code]?.(source, keepDays);
  return first === undefined || own.startsWith(first) ? own : `${first} ${own}`;
}

export function failureDetails(code: ProblemCode, source: string, settledAt: number): Partial<GovernanceDetails> {
  return { template: templates[code], parameters: { dataSource: source }, settledAt };
}

/** `transactionsCount` and `cloudServicesCount` are the names that clients read. */
export function successDetails(result: UploadResult, settledAt: number): Partial<GovernanceDetails> {
  const skipped = Object.values(result.skipped).reduce((sum, count) => sum + count, 0);
  return {
    template: status('PARSED_LOG_FILE_ALL_RELEVANT'),
    parameters: {
      transactionsCount: result.used,
      cloudServicesCount: result.apps,
      linesCount: result.read,
      skippedCount: skipped,
      ...Object.fromEntries(Object.entries(result.skipped).map(([reason, count]) => [`skipped.${reason}`, count])),
    },
    settledAt,
  };
}

export function successSentence(result: UploadResult): string {
  const { read, used, skipped, apps } = result;
  const reasons = Object.entries(skipped)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} ${reason}`);
  const left = reasons.length === 0 ? '' : ` Not used: ${reasons.join(', ')}.`;
  return `${read} lines read, ${used} transactions with ${apps} apps.${left}`;
}
