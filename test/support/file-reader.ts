// Somebody who reads files, and a story that has six of them, for tests of /api/v1/files/.
import assert from 'node:assert/strict';
import type { AssignmentScope } from '../../src/directory/effective.ts';
import type { Tenant } from '../../src/directory/tenants.ts';
import { filesFollower } from '../../src/files/follower.ts';
import { makeTenant } from './accounts.ts';
import { follow, ingest } from './entity-sources.ts';
import { makePerson, makeToken, type RequestOptions, type TestServer } from './server.ts';

export interface FileRecord {
  readonly _id: string;
  readonly name: string;
  readonly [member: string]: unknown;
}
export interface FileList {
  readonly data: readonly FileRecord[];
  readonly hasNext: boolean;
  readonly max: number;
  readonly total: number;
  readonly moreThanTotal: boolean;
}

export const siteId = '11111111-2222-4333-8444-555555555555';
export const itemId = (letter: string) =>
  `${letter.charCodeAt(0).toString(16).padStart(8, '0')}-7777-4888-8999-aaaaaaaaaaaa`;
export const fileTime = (day: number) => `2026-10-${String(day).padStart(2, '0')}T10:00:00`;
/** Epoch milliseconds of the same. */
export const fileMs = (day: number) => Date.UTC(2026, 9, day, 10);

let records = 0;

/** A record about the file with that letter. */
export function onFile(letter: string, day: number, Operation: string, more: object = {}): Record<string, unknown> {
  const folder = 'Shared Documents/plans';
  return {
    Id: `cccccccc-0000-4000-8000-${String(++records).padStart(12, '0')}`,
    CreationTime: fileTime(day),
    Operation,
    Site: siteId,
    SiteUrl: 'https://contoso.sharepoint.example/sites/plans/',
    SourceRelativeUrl: folder,
    SourceFileName: `${letter}.docx`,
    ListItemUniqueId: itemId(letter),
    ObjectId: `https://contoso.sharepoint.example/sites/plans/${folder}/${letter}.docx`,
    ItemType: 'File',
    UserKey: '',
    ...more,
  };
}

/** a: shared outside; b: a picture behind an open link; c: recycled; d: deleted for good; e: a folder; f: only read, in OneDrive. */
export function fileStory({ slug }: Tenant): Record<string, unknown>[] {
  const ada = `ada@${slug}.example`;
  const bob = `bob@${slug}.example`;
  const byAda = { UserId: ada };
  const picture = { SourceFileName: 'b.PNG', UserId: bob };
  const personal = {
    Workload: 'OneDrive',
    UserId: ada,
    SiteUrl: `https://contoso-my.sharepoint.example/personal/${ada.replace(/[^a-z0-9]/g, '_')}/`,
  };
  const folder = { ItemType: 'Folder', SourceFileName: 'e', UserId: ada };
  return [
    onFile('a', 1, 'FileUploaded', byAda),
    onFile('a', 2, 'AddedToSecureLink', {
      ...byAda,
      TargetUserOrGroupName: 'eve@Fabrikam.example',
      TargetUserOrGroupType: 'Guest',
    }),
    onFile('a', 3, 'SharingSet', { ...byAda, TargetUserOrGroupName: bob, TargetUserOrGroupType: 'Member' }),
    onFile('a', 3, 'SharingSet', {
      ...byAda,
      TargetUserOrGroupName: 'Plan readers',
      TargetUserOrGroupType: 'SecurityGroup',
    }),
    onFile('a', 4, 'FileModified', { UserId: bob, SensitivityLabelId: 'label-secret' }),
    onFile('b', 2, 'FileUploaded', picture),
    onFile('b', 3, 'AnonymousLinkCreated', picture),
    onFile('b', 6, 'FileDownloaded', picture),
    onFile('c', 3, 'FileUploaded', byAda),
    onFile('c', 4, 'CompanyLinkCreated', byAda),
    onFile('c', 5, 'FileRecycled', byAda),
    onFile('d', 4, 'FileUploaded', byAda),
    onFile('d', 5, 'FileRecycled', byAda),
    onFile('d', 6, 'FileDeletedSecondStageRecycleBin', byAda),
    onFile('e', 5, 'FolderCreated', folder),
    onFile('e', 6, 'CompanyLinkCreated', folder),
    onFile('e', 7, 'CompanyLinkRemoved', folder),
    onFile('f', 6, 'FileAccessed', personal),
  ];
}

export interface FileReader {
  readonly tenant: Tenant;
  call(path: string, options?: RequestOptions): ReturnType<TestServer['request']>;
  list(body?: object): Promise<FileList>;
  /** First letters of the files that are found. */
  found(filters?: object): Promise<string>;
}

export async function fileReader(
  server: TestServer,
  tenant: Tenant,
  role = 'security-reader',
  scope?: Partial<AssignmentScope>,
): Promise<FileReader> {
  const person = await makePerson(server, tenant, scope ? undefined : role);
  if (scope) {
    const admin = await makePerson(server, tenant, 'global-administrator');
    const body = { user: person.user.userName, role, kind: 'permanent', scope };
    const answer = await server.request('/management/v1/role-assignments', { session: admin.session, body });
    assert.equal(answer.status, 201, answer.text);
  }
  const { value: token } = await makeToken(server, person);
  const call: FileReader['call'] = (path, options = {}) =>
    server.request(`/api/v1/files/${path}`, { token, ...options });
  const list: FileReader['list'] = async (body = {}) => {
    const answer = await call('', { body });
    assert.equal(answer.status, 200, answer.text);
    return answer.json<FileList>();
  };
  return {
    tenant,
    call,
    list,
    async found(filters = {}) {
      const { data, total } = await list({ filters });
      assert.equal(data.length, total);
      return data
        .map((each) => each.name[0])
        .sort()
        .join('');
    },
  };
}

export async function fileStoryTenant(server: TestServer): Promise<Tenant> {
  const tenant = await makeTenant(server.services);
  await ingest(server.services, tenant, fileStory(tenant));
  await follow(server.services, [filesFollower]);
  return tenant;
}
