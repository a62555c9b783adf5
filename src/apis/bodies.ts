// How request bodies become values, before any route sees them: bounded in size and depth, JSON without surprises.
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import { InvalidInput } from '../lib/failures.ts';
import { jsonProblem } from '../lib/json.ts';

/** JSON of a body: empty is undefined, `null` is null, nesting is bounded. Throws InvalidInput with where it breaks. */
export function parseJsonBody(text: string, depthMax: number): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (isDeeperThan(trimmed, depthMax))
    throw new InvalidInput('body', `The body is nested deeper than ${depthMax} levels.`);
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch (error) {
    throw new InvalidInput('body', `The body is not JSON: ${jsonProblem(trimmed, error)}.`);
  }
  // Only an escape can bring the character in, so most bodies need no second look.
  if (trimmed.includes('\\u0000') && containsNul(value))
    throw new InvalidInput('body', 'The body contains the character U+0000, which cannot be stored.');
  return value;
}

function containsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\u0000');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, member]) => name.includes('\u0000') || containsNul(member));
}

/** Counts brackets outside of strings, so that a hostile body is turned away before it is parsed. */
function isDeeperThan(text: string, depthMax: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > depthMax) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

/** Makes the app read JSON with {@link parseJsonBody}. */
export function readJsonBodies(app: FastifyInstance, config: Pick<Config, 'bodyDepthMax' | 'bodyBytesMax'>): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: config.bodyBytesMax },
    (_request, body, done) => {
      try {
        done(null, parseJsonBody(String(body), config.bodyDepthMax));
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  );
}
