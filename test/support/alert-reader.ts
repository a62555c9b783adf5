// Somebody with a token and alerts of their own, for tests of the cloud-apps surface.
import assert from 'node:assert/strict';
import type { AlertDraft } from '../../src/alerts/alert.ts';
import { makeTenant } from './accounts.ts';
import { raise } from './alerts.ts';
import { makePerson, makeToken, type Person, type RequestOptions, type TestServer } from './server.ts';

export interface AlertInList {
  readonly _id: string;
  readonly timestamp: number;
  readonly title: string;
  readonly statusValue: number;
  readonly severityValue: number;
  readonly resolutionStatusValue: number;
  readonly [member: string]: unknown;
}

export interface AlertList {
  readonly data: readonly AlertInList[];
  readonly hasNext: boolean;
  readonly max: number;
  readonly total: number;
  readonly moreThanTotal: boolean;
}

export interface AlertReader extends Person {
  readonly token: string;
  call(path: string, options?: RequestOptions): ReturnType<TestServer['request']>;
  list(options?: RequestOptions & { query?: string }): Promise<AlertList>;
}

/** A person of a new tenant with these alerts, and a token of theirs. */
export async function makeAlertReader(
  server: TestServer,
  drafts: readonly AlertDraft[],
  role = 'security-reader',
): Promise<AlertReader> {
  const tenant = await makeTenant(server.services);
  await raise(server.services, tenant.id, drafts);
  return await readerOf(server, await makePerson(server, tenant, role));
}

/** The same for somebody who is there already. */
export async function readerOf(server: TestServer, person: Person): Promise<AlertReader> {
  const { value: token } = await makeToken(server, person);
  const call: AlertReader['call'] = (path, options = {}) => server.request(path, { token, ...options });
  return {
    ...person,
    token,
    call,
    async list({ query = '', ...options } = {}) {
      const answer = await call(`/api/v1/alerts/${query}`, options);
      assert.equal(answer.status, 200, answer.text);
      return answer.json<AlertList>();
    },
  };
}
