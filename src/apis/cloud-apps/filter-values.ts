// Single values of the filter grammar, in all the spellings that clients are known to use. Undefined means: cannot be
// used here.
import type { EntityKey, FilterableField, FilterValue } from '../../activities/filters.ts';
import { normaliseAddress } from '../../lib/addresses.ts';

export type Parsed<T> = T | undefined;

const textLengthMax = 4096;
const shownLengthMax = 200;
const integerMax = 2 ** 31 - 1;

/** A value as an error shows it: texts as they are, everything else as JSON, never long. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.slice(0, shownLengthMax);
}

/** A number, also written as text. Bounded so that it is exact. */
export function parseNumber(value: unknown): Parsed<number> {
  const number = typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : undefined;
}

/** Epoch milliseconds. */
export function parseTime(value: unknown): Parsed<number> {
  const number = parseNumber(value);
  return number === undefined ? undefined : Math.trunc(number);
}

/** True or false, also written as text. */
export function parseFlag(value: unknown): Parsed<boolean> {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** The values that one element of an `eq` list stands for: one, or several where it is a list in itself. */
export function parseValue(field: FilterableField, value: unknown): Parsed<FilterValue[]> {
  switch (field.type) {
    case 'integer':
      return one(parseInteger(field, value));
    case 'time':
      return one(parseTime(value));
    case 'flag':
      return one(parseFlag(value));
    case 'choice':
      return parseChoice(field, value);
    case 'address':
      return one(typeof value === 'string' ? normaliseAddress(value.trim()) : undefined);
    case 'entity':
      return parseEntities(value);
    case 'group':
      return isGroupOptions(value) ? [] : one(parseWord(value));
    case 'set':
      return one(parseWord(value) ?? parseObjectId(value));
    case 'text':
    case 'prose': {
      const word = parseWord(value);
      if (word === undefined || field.letterCase === undefined) return one(word);
      return [field.letterCase === 'lower' ? word.toLowerCase() : word.toUpperCase()];
    }
  }
}

function one<T extends FilterValue>(value: Parsed<T>): Parsed<FilterValue[]> {
  return value === undefined ? undefined : [value];
}

function parseInteger(field: FilterableField, value: unknown): Parsed<number> {
  const number = parseNumber(value);
  if (number === undefined || !Number.isInteger(number) || Math.abs(number) > integerMax) return undefined;
  return !field.oneOf || field.oneOf.includes(number) ? number : undefined;
}

/** One of the field's words in any case; null, also as text, for "has none". */
function parseChoice(field: FilterableField, value: unknown): Parsed<FilterValue[]> {
  if (value === null) return [null];
  if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined;
  const word = String(value).trim().toUpperCase();
  if (word === 'NULL') return [null];
  return field.oneOf?.includes(word) ? [word] : undefined;
}

function parseWord(value: unknown): Parsed<string> {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= textLengthMax ? value : undefined;
}

function parseObjectId(value: unknown): Parsed<string> {
  return typeof value === 'object' && value !== null && 'id' in value ? parseWord(value.id) : undefined;
}

/**
 * `{"role": 1, "adv": true}` may stand before group ids (reference 2.2). Role 1 means the actor, whose groups are the
 * ones that records tell; other roles cannot be answered.
 */
function isGroupOptions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return 'role' in value && parseNumber(value.role) === 1;
}

const nestingMax = 3;

/** Account keys: an object, a list of them, either as JSON text, or base64 of that (reference 2.2 and 2.5); a plain text is an id. */
function parseEntities(value: unknown, nesting = 0): Parsed<EntityKey[]> {
  if (nesting > nestingMax) return undefined;
  if (Array.isArray(value)) {
    const keys = value.map((each) => parseEntities(each, nesting + 1));
    return keys.every((each) => each !== undefined) ? keys.flat() : undefined;
  }
  if (typeof value === 'object' && value !== null) return parseEntityKey(value);
  if (typeof value !== 'string' || value.trim() === '' || value.length > textLengthMax) return undefined;
  const text = value.trim();
  const written = text.startsWith('{') || text.startsWith('[') ? text : decodedKey(text);
  if (written === undefined) return [{ id: text.toLowerCase(), appId: null, instance: null }];
  try {
    return parseEntities(JSON.parse(written), nesting + 1);
  } catch {
    return undefined;
  }
}

/** The JSON behind base64, standard or URL-safe, padded or not; undefined when it is none. */
function decodedKey(text: string): string | undefined {
  // Every such key begins with {" or [{, in base64 eyJ and W3s or W3; other texts are not worth decoding.
  if (!/^(ey|W)[0-9A-Za-z+/_-]+={0,2}$/.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8').trim();
  return decoded.startsWith('{') || decoded.startsWith('[') ? decoded : undefined;
}

function parseEntityKey(value: object): Parsed<EntityKey[]> {
  const { id, saas, inst } = value as Record<string, unknown>; // Each is checked below.
  const word = parseWord(id);
  const [appId, instance] = [saas, inst].map((each) =>
    each === undefined || each === null ? null : parseNumber(each),
  );
  if (word === undefined || appId === undefined || instance === undefined) return undefined;
  // No app is 0: so are users known whose accounts are of several (entities-wire.ts).
  if (appId === 0) return [{ id: word.toLowerCase(), appId: null, instance: null }];
  return [{ id: word.toLowerCase(), appId, instance }];
}
