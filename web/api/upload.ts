// Files to the server, with progress: fetch does not tell how much has been sent.
import { csrfHeader, type QueryValues, queryText } from './client.ts';
import { ApiProblem, problemOf } from './problem.ts';

interface UploadOptions {
  readonly method: 'POST' | 'PUT';
  readonly query?: QueryValues;
  readonly contentType: string;
  readonly signal: AbortSignal;
  /** How much has been sent, from 0 to 1. */
  progress(part: number): void;
}

/** Sends a file as it is and gives the JSON of the answer. Throws an ApiProblem, or an AbortError when it was cancelled. */
export function upload<T>(path: string, file: Blob, options: UploadOptions): Promise<T> {
  const { method, query, contentType, signal, progress } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path + queryText(query));
    const headers = { accept: 'application/json', 'content-type': contentType, ...csrfHeader() };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => progress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      const answer = jsonOf(request.responseText);
      if (request.status >= 200 && request.status < 300)
        resolve(answer as T); // The caller names the schema's type.
      else reject(problemOf(request.status, headersOf(request), answer));
    };
    request.onerror = () => reject(new ApiProblem(0, 'The connection broke off.', { code: 'unreachable' }));
    request.onabort = () => reject(new DOMException('Cancelled', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

function headersOf(request: XMLHttpRequest): Headers {
  const headers = new Headers();
  for (const name of ['x-correlation-id', 'retry-after']) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}

function jsonOf(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
