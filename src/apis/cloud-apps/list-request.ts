// What a client asks of a list, in any of the ways that clients are known to ask (cloud-apps reference 1.6 and 2.1): a
// JSON body, on GET too; a form; the query string; or nothing at all.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { parseJsonBody } from '../bodies.ts';
import { InvalidFilters } from './errors.ts';
import { isPlainObject } from './filter-grammar.ts';
import { parseFlag, parseNumber, shown } from './filter-values.ts';

export interface ListRequest {
  /** Not yet checked. */
  readonly filters: unknown;
  readonly skip: number;
  readonly limit: number | undefined;
  readonly sortField: string | undefined;
  readonly direction: 'asc' | 'desc';
  /** Only the body of a POST can ask for a scan (reference 2.3). */
  readonly isScan: boolean;
}

type Limits = Pick<Config, 'bodyDepthMax' | 'bodyBytesMax' | 'skipRowsMax'>;

/** Makes the app read forms. A JSON body that came without its content type, as curl sends it, is read as JSON. */
export function readFormBodies(app: FastifyInstance, config: Limits): void {
  if (app.hasContentTypeParser('application/x-www-form-urlencoded')) return;
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: config.bodyBytesMax },
    (_request, body, done) => {
      const text = String(body).trim();
      try {
        done(null, /^[[{]/.test(text) || text === 'null' ? parseJsonBody(text, config.bodyDepthMax) : formFields(text));
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  );
}

function formFields(text: string): Record<string, string> {
  const fields = [...new URLSearchParams(text)];
  if (fields.some((each) => each.some((part) => part.includes('\u0000')))) {
    throw new InvalidInput('body', 'The body contains the character U+0000, which cannot be stored.');
  }
  return Object.fromEntries(fields);
}

/** Body over query string, each member by itself. Throws InvalidInput and InvalidFilters; members it does not know are let be. */
export function readListRequest(request: FastifyRequest, config: Limits): ListRequest {
  const body = bodyMembers(request.body);
  const asked = { ...queryMembers(request.query), ...body };
  return {
    filters: typeof asked.filters === 'string' ? parseFilterText(asked.filters, config.bodyDepthMax) : asked.filters,
    skip: wholeNumber('skip', asked.skip, config.skipRowsMax) ?? 0,
    limit: wholeNumber('limit', asked.limit, Number.MAX_SAFE_INTEGER),
    sortField: text('sortField', asked.sortField),
    direction: direction(asked.sortDirection),
    isScan: request.method === 'POST' && parseFlag(body.isScan) === true,
  };
}

function bodyMembers(body: unknown): Record<string, unknown> {
  if (body === undefined || body === null || body === '') return {};
  if (!isPlainObject(body)) throw new InvalidInput('body', 'The body must be a JSON object, or empty.');
  return body;
}

/** A name that occurs more than once counts with its last value. */
function queryMembers(query: unknown): Record<string, unknown> {
  if (!isPlainObject(query)) return {};
  return Object.fromEntries(
    Object.entries(query).map(([member, value]) => [member, Array.isArray(value) ? value.at(-1) : value]),
  );
}

function parseFilterText(text: string, depthMax: number): unknown {
  try {
    return parseJsonBody(text, depthMax);
  } catch {
    throw new InvalidFilters([{ field: 'filters', value: shown(text), reason: 'it is not JSON' }]);
  }
}

function wholeNumber(member: string, value: unknown, maximum: number): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const number = parseNumber(value);
  if (number === undefined || !Number.isInteger(number) || number < 0 || number > maximum) {
    throw new InvalidInput(member, `${member} must be a whole number from 0 to ${maximum}.`);
  }
  return number;
}

function text(member: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new InvalidInput(member, `${member} must be a text.`);
  return value;
}

function direction(value: unknown): 'asc' | 'desc' {
  const word = text('sortDirection', value)?.toLowerCase() ?? 'desc';
  if (word !== 'asc' && word !== 'desc') throw new InvalidInput('sortDirection', 'sortDirection must be asc or desc.');
  return word;
}
