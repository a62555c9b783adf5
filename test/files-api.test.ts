// /api/v1/files/ through a whole server: files out of ingested records, their filters and wire forms, who sees them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { entitiesFollower } from '../src/entities/follower.ts';
import { filesFollower } from '../src/files/follower.ts';
import { makeTenant } from './support/accounts.ts';
import { follow, ingest } from './support/entity-sources.ts';
import {
  type FileList,
  fileMs,
  fileReader,
  fileStory,
  fileStoryTenant,
  itemId,
  onFile,
  siteId,
} from './support/file-reader.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { tenantRequestsPerMinute: 1_000_000, sessionRequestsPerMinute: 1_000_000, pageRowsMax: 50 },
  });
});
after(() => server.dispose());

test('a file is what its records say of it, in the documented form', async () => {
  const tenant = await fileStoryTenant(server);
  const { list, call } = await fileReader(server, tenant);
  const [ada, bob] = ['ada', 'bob'].map((name) => `${name}@${tenant.slug}.example`);
  const [record] = (await list({ filters: { filename: { eq: ['a.docx'] } } })).data;
  const people = [
    { name: bob, email: bob, isExternal: false },
    { name: 'eve@fabrikam.example', email: 'eve@fabrikam.example', isExternal: true },
  ];
  assert.match(record?._id ?? '', /^[0-9a-f]{24}$/);
  assert.deepEqual(record, {
    _id: record?._id,
    _tid: tenant.number,
    appId: 20892,
    id: `${siteId}|${itemId('a')}`,
    saasId: 20892,
    instId: 0,
    appName: 'Microsoft SharePoint Online',
    name: 'a.docx',
    name_l: 'a.docx',
    fileExtension: 'docx',
    fileSize: null,
    mimeType: null,
    isFolder: false,
    fileType: [1, 'DOCUMENT'],
    ftype: 1,
    fileTypeDisplay: 'File',
    fileAccessLevel: [2, 'EXTERNAL'],
    facl: 2,
    fileStatus: [0, 'EXISTS'],
    fstat: 0,
    createdDate: fileMs(1),
    modifiedDate: fileMs(4),
    lastNrtTimestamp: fileMs(4),
    snapshotLastModifiedDate: null,
    alternateLink: 'https://contoso.sharepoint.example/sites/plans/Shared Documents/plans/a.docx',
    siteCollection: 'https://contoso.sharepoint.example/sites/plans/',
    siteCollectionId: siteId,
    sitePath: '/sites/plans/',
    filePath: 'Shared Documents/plans/a.docx',
    spDomain: 'contoso.sharepoint.example',
    driveId: null,
    sharepointItem: null,
    parentId: null,
    parentIds: [],
    effectiveParents: [],
    ownerAddress: ada,
    ownerName: ada,
    ownerExternal: null,
    externalShares: ['eve@fabrikam.example'],
    emails: people.map(({ name }) => name),
    groupIds: [],
    groups: ['plan readers'],
    domains: [`${tenant.slug}.example`, 'fabrikam.example'].sort(),
    collaborators: people,
    display_collaborators: people,
    fTags: ['label-secret'],
    dlpScanResults: [],
    scanVersion: null,
    unseenScans: null,
    isForeign: null,
    noGovernance: null,
    enriched: null,
    originalId: null,
    actions: [],
  });
  for (const path of [`${record?._id}/`, `${record?._id}`]) assert.deepEqual((await call(path)).json(), record);
  for (const pk of ['ffffffffffffffffffffffff', 'x', '%27']) {
    const answer = await call(`${pk}/`);
    assert.deepEqual([answer.status, answer.json().detail], [404, 'Not found.']);
  }
});

test('every filter finds the files that meet it and no others', async () => {
  const tenant = await fileStoryTenant(server);
  const adaId = 'aaaaaaaa-0000-4000-8000-00000000000a';
  const [ada, bob] = ['ada', 'bob'].map((name) => `${name}@${tenant.slug}.example`);
  await ingest(server.services, tenant, [
    { Id: 'dddddddd-0000-4000-8000-000000000001', UserId: ada, UserKey: adaId, Workload: 'Exchange', RecordType: 2 },
  ]);
  await follow(server.services, [entitiesFollower]);
  const { found, call } = await fileReader(server, tenant);
  const all = { allowDeleted: { eq: true } };
  const since = (now: number) => Math.ceil((server.services.clock() - now) / 86_400_000);
  const cases: [object, string][] = [
    [{}, 'abef'],
    [all, 'abcdef'],
    [{ allowDeleted: { eq: false } }, 'abef'],
    [{ trashed: { eq: true } }, 'c'],
    [{ trashed: { eq: false } }, 'abef'],
    [{ ...all, trashed: { eq: true } }, 'c'],
    [{ service: { eq: [15600] } }, 'f'],
    [{ service: { neq: 15600 } }, 'abe'],
    [{ instance: { eq: 0 } }, 'abef'],
    [{ instance: { eq: 1 } }, ''],
    [{ fileType: { eq: [5] } }, 'b'],
    [{ fileType: { eq: [1, 6] } }, 'aef'],
    [{ fileType: { neq: 1 } }, 'be'],
    [{ folder: { eq: true } }, 'e'],
    [{ folder: { eq: [false] } }, 'abf'],
    [{ filename: { eq: 'B.png' } }, 'b'],
    [{ filename: { neq: ['b.png'] } }, 'aef'],
    [{ filename: { text: 'DOC' } }, 'af'],
    [{ filename: { contains: ['docx'] } }, 'af'],
    [{ filename: { startswith: ['a.', 'E'] } }, 'ae'],
    [{ filename: { endswith: 'png' } }, 'b'],
    [{ extension: { eq: ['PNG'] } }, 'b'],
    [{ extension: { neq: ['png'] } }, 'aef'],
    [{ modifiedDate: { gte: fileMs(4) } }, 'ae'],
    [{ modifiedDate: { lte: fileMs(4) } }, 'ab'],
    [{ modifiedDate: { range: [{ start: fileMs(2), end: fileMs(3) }] } }, 'b'],
    [{ modifiedDate: { gte_ndays: since(fileMs(4)) } }, 'ae'],
    [{ modifiedDate: { lte_ndays: since(fileMs(3)) } }, 'b'],
    [{ createdDate: { lte: fileMs(2) } }, 'ab'],
    [{ createdDate: { range: [{ start: fileMs(2) }] } }, 'be'],
    [{ sharing: { eq: [2] } }, 'a'],
    [{ sharing: { eq: [3, 0] } }, 'be'],
    [{ sharing: { neq: 2 } }, 'bef'],
    [{ ...all, sharing: { eq: 1 } }, 'c'],
    [{ 'collaborators.entity': { eq: [{ id: bob, saas: 11161, inst: 0 }] } }, 'a'],
    [{ 'collaborators.entity': { eq: [{ id: 'EVE@fabrikam.example' }] } }, 'a'],
    [{ 'collaborators.entity': { neq: [{ id: bob }] } }, 'bef'],
    [{ 'collaborators.entity': { eq: [{ id: 'e%' }] } }, ''],
    [{ 'collaborators.users': { eq: [bob, ada] } }, 'a'],
    [{ 'collaborators.users': { neq: [bob] } }, 'bef'],
    [{ 'collaborators.withDomain': { eq: ['Fabrikam.example'] } }, 'a'],
    [{ 'collaborators.domains': { neq: ['fabrikam.example'] } }, 'bef'],
    [{ 'collaborators.withDomain': { deq: [`${tenant.slug}.example`] } }, 'a'],
    [{ 'collaborators.withDomain': { deq: [`${tenant.slug}.example`, 'fabrikam.example'] } }, ''],
    [{ 'collaborators.groups': { eq: ['Plan readers'] } }, 'a'],
    [{ 'collaborators.groups': { neq: ['Plan readers'] } }, 'bef'],
    [{ 'owner.entity': { eq: [{ id: ada, saas: 11161, inst: 0 }] } }, 'aef'],
    [{ 'owner.entity': { eq: [{ id: adaId, saas: 11161, inst: 0 }] } }, 'aef'],
    [{ 'owner.entity': { neq: [{ id: ada }] } }, 'b'],
    [{ 'owner.username': { eq: [(bob ?? '').toUpperCase()] } }, 'b'],
    [{ 'owner.username': { neq: [bob] } }, 'aef'],
    [{ fileId: { eq: [`${siteId}|${itemId('b')}`] } }, 'b'],
    [{ fileId: { neq: [`${siteId}|${itemId('b')}`] } }, 'aef'],
    [{ fileLabels: { eq: ['label-secret'] } }, 'a'],
    [{ fileLabels: { neq: ['label-secret'] } }, 'bef'],
    [{ fileLabels: { isset: true } }, 'a'],
    [{ fileLabels: { isnotset: true } }, 'bef'],
  ];
  for (const [filters, expected] of cases) assert.equal(await found(filters), expected, JSON.stringify(filters));
  const refused = [
    { policy: { cabinetmatchedrulesequals: ['x'] } },
    { quarantined: { eq: true } },
    { mimeType: { eq: 'x' } },
    { 'owner.orgUnit': { eq: ['x'] } },
    { fileType: { eq: 7 } },
    { sharing: { gt: 1 } },
    { trashed: { neq: true } },
    { nonsense: { eq: 1 } },
  ];
  for (const filters of refused) {
    const answer = await call('', { body: { filters } });
    assert.equal(answer.status, 400, JSON.stringify(filters));
    assert.equal(answer.json().error, true);
  }
});

test('pages are sorted by modification and follow one another', async () => {
  const tenant = await fileStoryTenant(server);
  const { list, call } = await fileReader(server, tenant);
  const letters = async (body: object) => (await list(body)).data.map((each) => each.name[0]).join('');
  assert.equal(await letters({}), 'eabf');
  assert.equal(await letters({ sortField: 'dateModified', sortDirection: 'asc' }), 'fbae');
  assert.equal(await letters({ limit: 3 }), 'eab');
  assert.equal(await letters({ limit: 3, skip: 3 }), 'f');
  const { data, ...rest } = await list({ limit: 3 });
  assert.deepEqual(rest, { hasNext: true, max: 50, total: 4, moreThanTotal: false });
  assert.equal(data.length, 3);
  assert.equal((await call('', { body: { sortField: 'name' } })).status, 400);
  assert.equal((await call('?limit=2')).json<FileList>().data.length, 2);
});

test('the order in which records come in makes no difference, nor do crashes and repetitions', async () => {
  const { services } = server;
  const tenant = await fileStoryTenant(server);
  const shown = async (where: typeof tenant) => {
    const { list } = await fileReader(server, where);
    const { data } = await list({ filters: { allowDeleted: { eq: true } } });
    const text = JSON.stringify(
      data.map(({ _id, _tid, ...rest }) => rest).sort((l, r) => (String(l.id) < String(r.id) ? -1 : 1)),
    );
    return text.replaceAll(where.slug, 'slug');
  };
  const expected = await shown(tenant);
  for (const turn of [1, 2]) {
    const other = await makeTenant(services);
    const records = fileStory(other);
    if (turn === 1) records.reverse();
    else records.sort((left, right) => (String(left.Operation) < String(right.Operation) ? -1 : 1));
    for (let from = 0; from < records.length; from += 5) {
      await ingest(services, other, records.slice(from, from + 5));
      let crashes = 0;
      const crashing = {
        ...filesFollower,
        follow: (...[inner, tenantId, range, advance]: Parameters<typeof filesFollower.follow>) =>
          filesFollower.follow(inner, tenantId, range, async (trx) => {
            await advance(trx);
            if (tenantId === other.id && crashes++ === 0) throw new Error('The process ends here.');
          }),
      };
      await assert.rejects(follow(services, [crashing]), /ends here/);
      await follow(services, [filesFollower]);
      await follow(services, [filesFollower]);
    }
    assert.equal(await shown(other), expected, String(turn));
  }
});

test('renaming, restoring, taking shares and labels away show in the file', async () => {
  const { services } = server;
  const tenant = await makeTenant(services);
  const guest = { TargetUserOrGroupName: 'eve@fabrikam.example', TargetUserOrGroupType: 'Guest' };
  await ingest(services, tenant, [
    onFile('a', 1, 'FileUploaded', { SensitivityLabelId: 'label-secret' }),
    onFile('a', 2, 'SharingInvitationCreated', guest),
    onFile('a', 3, 'FileRecycled'),
    onFile('a', 4, 'FileRestored'),
    onFile('a', 5, 'SharingRevoked', guest),
    onFile('a', 6, 'FileSensitivityLabelRemoved'),
    onFile('a', 7, 'FileRenamed', { DestinationFileName: 'z.xlsx', DestinationRelativeUrl: 'Shared Documents/old' }),
    onFile('b', 8, 'AnonymousLinkCreated', { ResultStatus: 'Failed' }),
    onFile('p', 8, 'PageViewed', { ItemType: 'Page' }),
    { ...onFile('q', 8, 'FileAccessed'), ListItemUniqueId: '' },
  ]);
  await follow(services, [filesFollower]);
  const { list } = await fileReader(server, tenant);
  const { data } = await list();
  assert.deepEqual(
    data.map(({ name, filePath, fileType, facl, fstat, fTags, emails }) => ({
      name,
      filePath,
      fileType,
      facl,
      fstat,
      fTags,
      emails,
    })),
    [
      {
        name: 'z.xlsx',
        filePath: 'Shared Documents/old/z.xlsx',
        fileType: [2, 'SPREADSHEET'],
        facl: 0,
        fstat: 0,
        fTags: [],
        emails: [],
      },
    ],
  );
});

test('a link made for one guest shares the file outside', async () => {
  const { services } = server;
  const tenant = await makeTenant(services);
  const target = { TargetUserOrGroupName: 'eve@fabrikam.example', TargetUserOrGroupType: 'Guest' };
  await ingest(services, tenant, [
    onFile('g', 5, 'SecureLinkCreated', { UserId: `ada@${tenant.slug}.example`, ...target }),
  ]);
  await follow(services, [filesFollower]);
  assert.equal(await (await fileReader(server, tenant)).found({ sharing: { eq: [2] } }), 'g');
});

test('a role that is cut to a part sees that part, and roles without files none', async () => {
  const tenant = await fileStoryTenant(server);
  const whole = (await (await fileReader(server, tenant)).list({ filters: { allowDeleted: { eq: true } } })).data;
  const instances = [{ appId: 15600, instance: 0 }];
  const ofOneDrive = await fileReader(server, tenant, 'app-instance-administrator', { instances });
  assert.equal(await ofOneDrive.found({ allowDeleted: { eq: true } }), 'f');
  for (const { _id, name } of whole) {
    assert.equal((await ofOneDrive.call(`${_id}/`)).status, name[0] === 'f' ? 200 : 404);
  }
  const other = { instances: [{ appId: 15600, instance: 1 }] };
  assert.equal(await (await fileReader(server, tenant, 'app-instance-administrator', other)).found(), '');
  const report = { reportIds: ['abababababababababababab'] };
  for (const [role, scope] of [
    ['cloud-discovery-report-administrator', report],
    ['cloud-discovery-global-administrator', undefined],
  ] as const) {
    const none = await fileReader(server, tenant, role, scope);
    for (const path of ['', `${whole[0]?._id}/`]) {
      const answer = await none.call(path);
      assert.equal(answer.status, 403);
      assert.match(String(answer.json().detail), /Insufficient role based permissions/);
    }
  }
});

test('nobody without a token, and nobody of another tenant, sees a file', async () => {
  const tenant = await fileStoryTenant(server);
  const { list } = await fileReader(server, tenant);
  const stranger = await fileReader(server, await makeTenant(server.services));
  assert.equal(await stranger.found(), '');
  const id = (await list()).data[0]?._id;
  assert.equal((await stranger.call(`${id}/`)).status, 404);
  assert.equal((await server.request(`/api/v1/files/${id}/`)).status, 401);
  assert.equal((await server.request('/api/v1/files/')).status, 401);
});

test('more files than the limit: those seen longest ago are forgotten', async () => {
  const { services } = server;
  const tenant = await makeTenant(services);
  const count = 5000;
  const records = Array.from({ length: count }, (_, index) => ({
    ...onFile('a', 1, 'FileModified', { SourceFileName: `${index}.txt` }),
    ListItemUniqueId: `00000000-7777-4888-8999-${String(index).padStart(12, '0')}`,
    CreationTime: new Date(fileMs(1) + index * 1000).toISOString().slice(0, 19),
  }));
  await ingest(services, tenant, records);
  const small = { ...services, config: { ...services.config, filesPerTenantMax: 100 } };
  await follow(small, [filesFollower]);
  const { list } = await fileReader(server, tenant);
  const { data, total } = await list();
  assert.equal(total, 100);
  assert.equal(data[0]?.name, '4999.txt');
});
