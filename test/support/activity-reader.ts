// Somebody with a token and activities of their own, for tests of the cloud-apps surface.
import assert from 'node:assert/strict';
import { insertActivities } from '../../src/activities/store.ts';
import { makeTenant } from './accounts.ts';
import { madeActivity } from './activities.ts';
import { makePerson, makeToken, type Person, type RequestOptions, type TestServer } from './server.ts';

/** The answer of a list; records are those of {@link madeActivity}. */
export interface List {
  readonly data: readonly { readonly _id: string; readonly index: number; readonly timestamp: number }[];
  readonly hasNext: boolean;
  readonly max: number;
  readonly total: number;
  readonly moreThanTotal: boolean;
  readonly nextQueryFilters?: Record<string, unknown>;
}

export interface Reader extends Person {
  readonly token: string;
  call(path: string, options?: RequestOptions): ReturnType<TestServer['request']>;
  list(options?: RequestOptions & { query?: string }): Promise<List>;
}

/** A person of a new tenant with that many activities, and a token of theirs. */
export async function makeReader(server: TestServer, count: number, role = 'security-reader'): Promise<Reader> {
  const tenant = await makeTenant(server.services);
  const rows = Array.from({ length: count }, (_, index) => madeActivity(index));
  await insertActivities(server.services.events, tenant.id, rows);
  const person = await makePerson(server, tenant, role);
  const { value: token } = await makeToken(server, person);
  const call: Reader['call'] = (path, options = {}) => server.request(path, { token, ...options });
  return {
    ...person,
    token,
    call,
    async list({ query = '', ...options } = {}) {
      const answer = await call(`/api/v1/activities/${query}`, options);
      assert.equal(answer.status, 200, answer.text);
      return answer.json<List>();
    },
  };
}

export const form = { 'content-type': 'application/x-www-form-urlencoded' };
