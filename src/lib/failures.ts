// What a noun may throw besides a Refusal. Each surface turns these into its own wire shape in one place.

/** The request is understood and wrong. `field` is the name the caller used, `problem` a sentence that says what to send. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly field: string;
  constructor(field: string, problem: string) {
    super(problem);
    this.field = field;
  }
}

/** The thing is not there, or this caller may not know that it is: both read the same. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
  constructor(what: string) {
    super(`${what} was not found.`);
  }
}

/** The request contradicts what is stored (a taken name, the last administrator). The message says what to do instead. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
  /** Stable, kebab-case; part of the management API's problem type. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** More than the server takes at once. The message names the limit and its setting. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** A store cannot take the write now (full disk, lost connection). Nothing of the request was kept unless the message says so. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly reason: 'disk-full' | 'unreachable';
  constructor(reason: 'disk-full' | 'unreachable', message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The same failure with something added to what it says; failures that nobody foresaw stay as they are. */
export function withAddition(error: unknown, addition: string): unknown {
  if (error instanceof InvalidInput) return new InvalidInput(error.field, `${error.message} ${addition}`);
  if (error instanceof TooLarge) return new TooLarge(`${error.message} ${addition}`);
  if (error instanceof StoreUnavailable) {
    return new StoreUnavailable(error.reason, `${error.message} ${addition}`, { cause: error });
  }
  return error;
}
