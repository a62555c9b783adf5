// JSON whose numbers keep every digit. JSON.parse makes doubles of them: a 64-bit id would lose its last digits, and 1.0
// would become 1, which is another type for KQL. Such numbers are kept as they are written (JSON.rawJSON), and they are
// rare: a text without any is parsed as usual. Only a record's own members may lose a zero behind the point.

/** What Node has and the standard library's types do not know yet: the proposal "JSON.parse source text access". */
interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}

export interface RawNumber {
  readonly rawJSON: string;
}

const json: ExactJson = JSON as unknown as ExactJson; // See above.

/** A number of 16 digits or more, with a fraction or with an exponent, where a value may stand. */
const mayLose = /(?:"\s*:|[[,])\s*-?(?:\d{16}|\d+[.eE])/;

/** Throws SyntaxError. */
export function parseExact(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return mayHide(value) && mayLose.test(text) ? json.parse(text, keepDigits) : value;
}

/** The number -0, which is kept as it is written only where another number of the record loses digits. */
const negativeZero = /[[,:]\s*-0\s*[\]},]/;

/**
 * An object or array inside of a record, as {@link parseExact} reads it there. Undefined when it is no JSON, or when it
 * depends on the rest of the record.
 */
export function parseExactPart(text: string): unknown {
  if (negativeZero.test(text)) return undefined;
  try {
    return mayLose.test(text) ? json.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Looking through the text takes half as long as parsing it; a record of texts and small whole numbers need not be. */
function mayHide(value: unknown, envelope = 'properties'): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
  for (const name in value) {
    const each: unknown = value[name as keyof typeof value]; // What JSON.parse makes inherits nothing that is enumerable.
    if (typeof each === 'number' && !Number.isSafeInteger(each)) return true;
    if (typeof each === 'object' && each !== null && (name !== envelope || mayHide(each, ''))) return true;
  }
  return false;
}

function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
  return json.rawJSON(source);
}

export function isRawNumber(value: unknown): value is RawNumber {
  return typeof value === 'object' && value !== null && json.isRawJSON(value);
}

/** Deeper values are refused: whatever walks through them has a stack. */
export const depthMax = 100;

/** The value as JSON text that any reader takes: half a surrogate pair becomes U+FFFD. Undefined when it is too deep. */
export function writeJson(value: unknown): string | undefined {
  if (isTooDeep(value, depthMax)) return undefined;
  const text = JSON.stringify(value);
  return text.includes('\\ud') ? JSON.stringify(wellFormed(value)) : text;
}

function isTooDeep(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (left === 0) return true;
  for (const each of Object.values(value)) if (isTooDeep(each, left - 1)) return true;
  return false;
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key.toWellFormed(), wellFormed(each)]));
}
