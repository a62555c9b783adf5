// Whoever tags and describes apps, for tests of cloud discovery through a whole server.
import assert from 'node:assert/strict';
import { addAssignment } from '../../src/directory/assignments.ts';
import { findRole } from '../../src/directory/role-table.ts';
import { makeTenant, makeUser } from './accounts.ts';
import { makePerson, makeToken, type Person, type RequestOptions, signIn, type TestServer } from './server.ts';

export const dropbox = 11627;
export const box = 10489;

/** Settings with bounds that a test reaches soon. */
export const smallBounds = {
  tenantRequestsPerMinute: 1_000_000,
  discoveryOwnTagsMax: 2,
  discoveryCustomAppsMax: 2,
  discoveryTaggedAppsMax: 30,
};

export interface Manager extends Person {
  readonly token: string;
  /** Below /api/v1. */
  api(path: string, options?: RequestOptions): ReturnType<TestServer['request']>;
  /** Below /management/v1/discovery. */
  manage(path: string, options?: RequestOptions): ReturnType<TestServer['request']>;
  tag(appId: number, tagName: string, verb?: 'add_tag' | 'remove_tag'): ReturnType<TestServer['request']>;
  tagsOf(app: number | string): Promise<string[]>;
}

async function withToken(server: TestServer, person: Person): Promise<Manager> {
  const { value: token } = await makeToken(server, person);
  const api: Manager['api'] = (path, options = {}) => server.request(`/api/v1/${path}`, { token, ...options });
  const manage: Manager['manage'] = (path, options = {}) =>
    server.request(`/management/v1/discovery/${path}`, { session: person.session, ...options });
  return {
    ...person,
    token,
    api,
    manage,
    tag: (appId, tagName, verb = 'add_tag') => api(`discovery/discovery_app/${appId}/${verb}/`, { body: { tagName } }),
    async tagsOf(app) {
      const answer = await manage(`apps/${app}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.json<{ tags: string[] }>().tags;
    },
  };
}

export async function makeManager(
  server: TestServer,
  role = 'cloud-app-security-administrator',
  tenantOf?: Person,
): Promise<Manager> {
  return await withToken(
    server,
    await makePerson(server, tenantOf?.tenant ?? (await makeTenant(server.services)), role),
  );
}

/** Somebody who sees one report and nothing else. */
export async function makeReportAdministrator(server: TestServer, tenantOf: Person): Promise<Manager> {
  const { services } = server;
  const { tenant } = tenantOf;
  const user = await makeUser(services, tenant);
  const role = findRole('cloud-discovery-report-administrator');
  assert.ok(role);
  const scope = { instances: [], groupIds: [], reportIds: ['5f0000000000000000000007'] };
  await services.store.change(tenant.id, async (trx) => {
    await addAssignment(services, trx, user, { role, kind: 'permanent', scope }, 'test');
  });
  return await withToken(server, { user, tenant, session: await signIn(server, user) });
}
