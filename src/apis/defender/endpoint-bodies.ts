// Bodies of the endpoint API. Names of members count as they are written (reference 1.5), and one that is not known is
// refused by name: a misspelled one must not be lost.
import { InvalidInput } from '../../lib/failures.ts';
import { shown } from '../odata/problem.ts';
import { DefenderProblem } from './errors.ts';

/** The members of a body that may have these and no others. */
export function readBody(body: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InvalidInput('body', 'Request body is incorrect: it must be a JSON object.');
  }
  const strange = Object.keys(body).find((name) => !names.includes(name));
  if (strange !== undefined) {
    throw new InvalidInput(
      'body',
      `Request body is incorrect: there is no ${shown(strange)}; there are ${names.join(', ')}.`,
    );
  }
  return body as Readonly<Record<string, unknown>>; // An object that JSON.parse made.
}

/** Throws a DefenderProblem when it is not there, InvalidInput when it is no text. */
export function requiredText(body: Readonly<Record<string, unknown>>, name: string): string {
  const text = optionalText(body, name);
  if (text === undefined || text.trim() === '') {
    throw new DefenderProblem('MissingRequiredParameter', `Parameter ${name} is missing`);
  }
  return text;
}

export function optionalText(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new InvalidInput('body', `Request body is incorrect: ${name} must be a text.`);
  return value;
}
