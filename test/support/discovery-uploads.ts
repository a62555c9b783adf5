// Logs that come in as clients of the documented API send them: upload_url, PUT, done_upload.
import assert from 'node:assert/strict';
import type { Services } from '../../src/context.ts';
import { type LogReading, startReadingLogs } from '../../src/discovery/uploads/worker.ts';
import { makeTenant } from './accounts.ts';
import { type Answer, makePerson, makeToken, type Person, type RequestOptions, type TestServer } from './server.ts';

export interface Uploader extends Person {
  readonly token: string;
  call(path: string, options?: RequestOptions): Promise<Answer>;
  /** The URL that upload_url gives. */
  url(filename?: string, source?: string): Promise<string>;
  dataSource(displayName: string, fields?: object): Promise<string>;
  done(uploadUrl: string, inputStreamName: string, fields?: object): Promise<Answer>;
  /** All three steps; the upload's id. */
  upload(content: string | Buffer, inputStreamName: string, fields?: object): Promise<string>;
  /** What the management API shows of an upload. */
  shown(id: string): Promise<ShownUpload>;
}

export interface ShownUpload {
  readonly id: string;
  readonly state: string;
  readonly problemCode: string | null;
  readonly problem: string | null;
  readonly duplicateOf: string | null;
  readonly attempts: number;
  readonly bytes: number;
  readonly streamId: string;
  readonly streamName: string | null;
  readonly result: {
    readonly read: number;
    readonly used: number;
    readonly apps: number;
    readonly skipped: Readonly<Record<string, number>>;
    readonly firstBad: readonly { readonly line: number; readonly reason: string }[];
    readonly looksLike: string | null;
  } | null;
}

/** The path of a URL on this server, for `request`. */
export function pathOfUrl(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

export async function makeUploader(
  server: TestServer,
  role = 'security-administrator',
  of?: Person,
): Promise<Uploader> {
  const tenant = of?.tenant ?? (await makeTenant(server.services));
  const person = await makePerson(server, tenant, role);
  const { value: token } = await makeToken(server, person);
  const call = (path: string, options: RequestOptions = {}) =>
    server.request(`/api/v1/discovery/${path}`, { token, ...options });
  const uploader: Uploader = {
    ...person,
    token,
    call,
    async url(filename = 'proxy.log', source = 'SQUID_NATIVE') {
      const answer = await call(`upload_url/?filename=${encodeURIComponent(filename)}&source=${source}`);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.json().provider, 'azure');
      return answer.json<{ url: string }>().url;
    },
    async dataSource(displayName, fields = {}) {
      const answer = await call('data_sources/', { body: { displayName, logType: 'SQUID_NATIVE', ...fields } });
      assert.equal(answer.status, 200, answer.text);
      return answer.json<{ _id: string }>()._id;
    },
    done: (uploadUrl, inputStreamName, fields = {}) =>
      call('done_upload/', { body: { uploadUrl, inputStreamName, ...fields } }),
    async upload(content, inputStreamName, fields = {}) {
      const url = await uploader.url();
      const put = await server.request(pathOfUrl(url), { method: 'PUT', body: content });
      assert.equal(put.status, 201, put.text);
      const answer = await uploader.done(url, inputStreamName, fields);
      assert.equal(answer.status, 200, answer.text);
      return answer.json<{ uploadId: string }>().uploadId;
    },
    async shown(id) {
      const answer = await server.request(`/management/v1/discovery/uploads/${id}`, { token });
      assert.equal(answer.status, 200, answer.text);
      return answer.json<ShownUpload>();
    },
  };
  return uploader;
}

/** Reads what waits, in this process. */
export async function readWaiting(services: Services): Promise<void> {
  const reading: LogReading = startReadingLogs(services);
  await reading.settled();
  await reading.stop();
}

/** Lines of Squid's native format at 2026-11-20, before the test clock. */
export function squidLines(count: number, host = 'www.dropbox.com'): string {
  const begin = Date.UTC(2026, 10, 20, 9) / 1000;
  return Array.from(
    { length: count },
    (_, index) =>
      `${begin + index}.123    120 192.0.2.${1 + (index % 9)} TCP_TUNNEL/200 ${1000 + index} CONNECT ${host}:443 user${index % 5} HIER_DIRECT/198.51.100.7 -\n`,
  ).join('');
}
