/** Why a log as a whole cannot be read (cloud-apps reference 3.4), and the two that are ours: sizes and broken archives. */
export type RefusalCode =
  | 'unsupported-file'
  | 'format-mismatch'
  | 'too-old'
  | 'nothing-cataloged'
  | 'too-large'
  | 'broken-archive'
  | 'unpublished-format';

/** A record that could not be read, for people who look for the cause. */
export interface BadRecord {
  /** Of its first line; the first line of the log is 1. */
  readonly line: number;
  readonly reason: string;
  /** At most 200 characters. */
  readonly excerpt: string;
}

export interface RefusalDetails {
  readonly firstBad?: readonly BadRecord[];
  /** Name of the source that reads it better than the one that was named. */
  readonly looksLike?: string | null;
}

/** The log is understood and cannot be used; the message says what to do. Nothing of it was kept. */
export class LogRefused extends Error {
  override readonly name = 'LogRefused';
  readonly code: RefusalCode;
  readonly firstBad: readonly BadRecord[];
  readonly looksLike: string | null;

  constructor(code: RefusalCode, message: string, { firstBad = [], looksLike = null }: RefusalDetails = {}) {
    super(message);
    this.code = code;
    this.firstBad = firstBad;
    this.looksLike = looksLike;
  }
}
