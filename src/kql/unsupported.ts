import type { Span } from './ir.ts';

/** A construct that the compiler refuses: named as KQL names it, with its place. It becomes a diagnostic, never an answer. */
export class Unsupported extends Error {
  readonly span: Span;

  constructor(what: string, span: Span) {
    super(what);
    this.name = 'Unsupported';
    this.span = span;
  }
}
