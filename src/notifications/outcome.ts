/** What came of one attempt to deliver. Reasons are sentences for administrators. */
export type Outcome =
  | { readonly kind: 'delivered'; readonly status: number | null }
  /** The receiver wants nothing more, ever. */
  | { readonly kind: 'gone'; readonly reason: string; readonly status: number }
  /** This one will never be taken; others may. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly status: number }
  /** `askedMs`: how long the receiver asks to be left alone. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly status: number | null;
      readonly askedMs: number | null;
    };
