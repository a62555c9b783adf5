// Names on the wire that have words of ours; what is not known has words as well.

const problems = [
  'unsupported-file',
  'format-mismatch',
  'too-old',
  'nothing-cataloged',
  'too-large',
  'broken-archive',
  'unpublished-format',
  'gave-up',
  'file-lost',
  'cancelled',
  'no-parser',
  'disk-full',
] as const;

const reasons = [
  'other',
  'malformed',
  'no-time',
  'no-destination',
  'inbound',
  'too-old',
  'in-the-future',
  'too-long',
  'internal',
  'unknown-address',
] as const;

/** Why a log could not be read. */
export function problemOf(code: string | null): (typeof problems)[number] | 'unknown' {
  return problems.find((each) => each === code) ?? 'unknown';
}

/** Why a line was not used. */
export function reasonOf(name: string): (typeof reasons)[number] {
  return reasons.find((each) => each === name) ?? 'other';
}
