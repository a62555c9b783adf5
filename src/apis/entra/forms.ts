// Forms as the token endpoint and its neighbours read them: each parameter once, empty ones as if they were not there
// (RFC 6749 section 3.2). Unknown parameters are carried along and looked at by nobody.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { entraError } from './errors.ts';
import type { Form } from './surface.ts';

const formBytesMax = 131_072;
const parametersMax = 200;
const noForm: Form = new Map();

/** Parameters of an `application/x-www-form-urlencoded` text. Throws AADSTS9000411 and 9002313. */
export function parseForm(text: string): Form {
  const form = new Map<string, string>();
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf('&', start);
    if (end < 0) end = text.length;
    const equals = text.indexOf('=', start);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    const name = decodePart(text.slice(start, nameEnd));
    const value = nameEnd === end ? '' : decodePart(text.slice(nameEnd + 1, end));
    start = end + 1;
    if (value === '') continue;
    if (form.has(name)) throw entraError(9000411, { name });
    if (form.size >= parametersMax) throw entraError(9002313, { reason: `more than ${parametersMax} parameters.` });
    form.set(name, value);
  }
  return form;
}

/** One name or value, form-decoded. Throws AADSTS9002313 for what is not UTF-8 in percent encoding, and for U+0000. */
export function decodePart(text: string): string {
  if (!/[%+]/.test(text)) return text;
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw entraError(9002313, { reason: 'a parameter is not percent-encoded UTF-8.' });
  }
  if (decoded.includes('\u0000')) throw entraError(9002313, { reason: 'a parameter contains the character U+0000.' });
  return decoded;
}

/**
 * Makes the app read forms into a {@link Form}. Bodies of any other type are read and hold no parameter, so that the
 * answer is the documented one: which parameter the body must contain.
 */
export function readForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: formBytesMax },
    (_request, body, done) => {
      try {
        done(null, parseForm(String(body)));
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  );
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: formBytesMax }, (_request, _body, done) => {
    done(null, noForm);
  });
}

/** The form of a request whose route reads forms; empty when it had no body. */
export function formOf(request: FastifyRequest): Form {
  return request.body instanceof Map ? request.body : noForm;
}

/** A parameter that must be there; AADSTS900144 otherwise. */
export function requireParameter(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw entraError(900144, { name });
  return value;
}
