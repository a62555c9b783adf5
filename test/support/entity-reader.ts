// Somebody who reads accounts and users, and a story that has five accounts, for tests of /api/v1/entities/.
import assert from 'node:assert/strict';
import type { AssignmentScope } from '../../src/directory/effective.ts';
import type { Tenant } from '../../src/directory/tenants.ts';
import { entitiesFollower } from '../../src/entities/follower.ts';
import { makeTenant } from './accounts.ts';
import { follow, ingest } from './entity-sources.ts';
import { makePerson, makeToken, type RequestOptions, type TestServer } from './server.ts';

export interface EntityRecord {
  readonly _id: string;
  readonly id: string;
  readonly type: number;
  readonly ii: string;
  readonly lastSeen: string | null;
  readonly subApps: readonly { readonly appId: number }[];
  readonly userGroups: readonly { readonly id: string; readonly name: string; readonly usersCount: number | null }[];
}
export interface EntityList {
  readonly data: readonly EntityRecord[];
  readonly hasNext: boolean;
  readonly max: number;
  readonly total: number;
  readonly moreThanTotal: boolean;
}

export const adaId = 'aaaaaaaa-0000-4000-8000-00000000000a';
export const recordTime = (day: number) => `2026-10-${String(day).padStart(2, '0')}T10:00:00`;
export const recordId = (index: number) => `bbbbbbbb-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** Five accounts, four of them of people: the letters by which the tests below name them. */
export function story({ slug }: Tenant): Record<string, unknown>[] {
  const [ada, bob, dot] = ['ada', 'bob', 'dot'].map((name) => `${name}@${slug}.example`);
  const oneDrive = { Workload: 'OneDrive', RecordType: 6 };
  const exchange = { Workload: 'Exchange', RecordType: 2, Operation: 'MailItemsAccessed' };
  const directory = { Workload: 'AzureActiveDirectory', RecordType: 8, ResultStatus: 'Success', ClientIP: '' };
  return [
    { UserId: ada, UserKey: adaId, CreationTime: recordTime(3), ...oneDrive },
    { UserId: ada, UserKey: adaId, CreationTime: recordTime(5), ...exchange, MailboxOwnerUPN: ada },
    { UserId: bob, UserKey: '', CreationTime: recordTime(4) },
    { UserId: 'Guest@Fabrikam.example', UserKey: '', CreationTime: recordTime(2), ...oneDrive },
    { UserId: 'app@sharepoint', UserType: 5, UserKey: '', CreationTime: recordTime(1) },
    {
      UserId: bob,
      CreationTime: recordTime(6),
      ...directory,
      Operation: 'Add user.',
      ObjectId: dot,
      Target: [{ ID: dot, Type: 5 }],
    },
  ].map((changes, index) => ({ Id: recordId(index), SourceFileName: `${index}.txt`, ...changes }));
}

export interface EntityReader {
  readonly tenant: Tenant;
  call(path: string, options?: RequestOptions): ReturnType<TestServer['request']>;
  list(body?: object): Promise<EntityList>;
  /** First letters of the entities that are found, users in upper case. */
  found(filters?: object): Promise<string>;
}

export async function entityReader(
  server: TestServer,
  tenant: Tenant,
  role = 'security-reader',
  scope?: Partial<AssignmentScope>,
): Promise<EntityReader> {
  const person = await makePerson(server, tenant, scope ? undefined : role);
  if (scope) {
    const admin = await makePerson(server, tenant, 'global-administrator');
    const body = { user: person.user.userName, role, kind: 'permanent', scope };
    const answer = await server.request('/management/v1/role-assignments', { session: admin.session, body });
    assert.equal(answer.status, 201, answer.text);
  }
  const { value: token } = await makeToken(server, person);
  const call: EntityReader['call'] = (path, options = {}) =>
    server.request(`/api/v1/entities/${path}`, { token, ...options });
  const list: EntityReader['list'] = async (body = {}) => {
    const answer = await call('', { body });
    assert.equal(answer.status, 200, answer.text);
    return answer.json<EntityList>();
  };
  return {
    tenant,
    call,
    list,
    async found(filters = {}) {
      const { data, total } = await list({ filters });
      assert.equal(data.length, total);
      return data
        .map((each) => letterOf(each))
        .sort()
        .join('');
    },
  };
}

export function letterOf({ type, id: key, ii }: EntityRecord): string {
  const letter = key === adaId || ii.includes('|ada@') ? 'a' : (key[0] ?? '');
  const known = key === 'app@sharepoint' ? 'p' : letter;
  return type === 2 ? known.toUpperCase() : known;
}

export async function storyTenant(server: TestServer): Promise<Tenant> {
  const tenant = await makeTenant(server.services);
  await ingest(server.services, tenant, story(tenant));
  await follow(server.services, [entitiesFollower]);
  return tenant;
}
