// Bodies of the graph surface, read by name: a property that a call does not know is refused, because a client that sets
// it would believe that it counts.
import { parseIsoTime } from '../../lib/clock.ts';
import { isGuid } from '../../lib/ids.ts';
import { shown } from '../odata/problem.ts';
import { GraphProblem } from './errors.ts';

/** Reads one value; `at` is its place in the body, such as `web.redirectUris`. Throws a GraphProblem that names it. */
export type Reader<T> = (value: unknown, at: string) => T;
type Readers = Readonly<Record<string, Reader<unknown>>>;
export type Read<R extends Readers> = { readonly [Name in keyof R]?: ReturnType<R[Name]> };

function wrong(at: string, wanted: string): GraphProblem {
  return new GraphProblem(`Invalid value specified for property '${at}': it must be ${wanted}.`);
}

/** The body as an object; annotations such as @odata.type say nothing here. Without a body, everything is absent. */
export function readBody<R extends Readers>(body: unknown, readers: R): Read<R> {
  return readObject(body ?? {}, '', readers);
}

function readObject<R extends Readers>(value: unknown, at: string, readers: R): Read<R> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw at === '' ? new GraphProblem('The body must be a JSON object.') : wrong(at, 'an object');
  }
  const found: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (name.includes('@')) continue;
    const place = at === '' ? name : `${at}.${name}`;
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (!reader) throw new GraphProblem(`The property '${shown(place)}' is not supported here.`);
    found[name] = reader(member, place);
  }
  return found as Read<R>; // Each member was read by the reader of its name.
}

export const object =
  <R extends Readers>(readers: R): Reader<Read<R>> =>
  (value, at) =>
    readObject(value, at, readers);

const entriesMax = 1000;

export const listOf =
  <T>(reader: Reader<T>): Reader<T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) throw wrong(at, 'a list');
    if (value.length > entriesMax) throw wrong(at, `a list of at most ${entriesMax} entries`);
    return value.map((each: unknown, index) => reader(each, `${at}[${index}]`));
  };

export const nullable =
  <T>(reader: Reader<T>): Reader<T | null> =>
  (value, at) =>
    value === null ? null : reader(value, at);

export const text: Reader<string> = (value, at) => {
  if (typeof value !== 'string') throw wrong(at, 'a text');
  return value;
};

export const flag: Reader<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw wrong(at, 'true or false');
  return value;
};

export const guid: Reader<string> = (value, at) => {
  if (typeof value !== 'string' || !isGuid(value)) throw wrong(at, 'a GUID');
  return value.toLowerCase();
};

/** Epoch milliseconds. */
export const time: Reader<number> = (value, at) => {
  const found = typeof value === 'string' ? parseIsoTime(value) : undefined;
  if (found === undefined) throw wrong(at, 'a time with its zone, such as 2027-01-31T09:00:00Z');
  return found;
};

/** A member of an enumeration; its case does not count, as samples of the documentation write several. */
export const oneOf =
  <Value extends string>(...values: readonly Value[]): Reader<Value> =>
  (value, at) => {
    const found = typeof value === 'string' && values.find((each) => each.toLowerCase() === value.toLowerCase());
    if (!found) throw wrong(at, `one of ${values.join(', ')}`);
    return found;
  };

/** A documented property that this server has nothing for: it may come as it would be without a value. */
export const empty: Reader<undefined> = (value, at) => {
  if (isEmpty(value)) return undefined;
  throw new GraphProblem(`The property '${at}' is not supported here. Leave it out.`);
};

function isEmpty(value: unknown): boolean {
  if (value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}

/** A documented property that the documented service itself does not use. */
export const unused: Reader<undefined> = () => undefined;

/** The value, or a problem that says that it is missing. */
export function needed<T>(value: T | undefined | null, name: string): T {
  if (value === undefined || value === null) throw new GraphProblem(`The property '${name}' is required.`);
  return value;
}
