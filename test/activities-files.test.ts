// Activities found by the files that they are about (cloud-apps reference 2.3), through a whole server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileReader, fileStoryTenant, itemId, siteId } from './support/file-reader.ts';
import { makePerson, makeToken, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000 } });
});
after(() => server.dispose());

const folder = 'https://contoso.sharepoint.example/sites/plans/Shared Documents/plans';

test('activities are found by the address, the id and the label of their file', async () => {
  const tenant = await fileStoryTenant(server);
  const { list } = await fileReader(server, tenant);
  const [file] = (await list({ filters: { filename: { eq: ['a.docx'] } } })).data;
  const { value: token } = await makeToken(server, await makePerson(server, tenant, 'security-reader'));
  const total = async (filters: object): Promise<number> => {
    const answer = await server.request('/api/v1/activities/', { token, body: { filters } });
    assert.equal(answer.status, 200, answer.text);
    return answer.json<{ total: number }>().total;
  };
  const all = await total({});
  for (const [filters, expected] of [
    [{ office365url: { eq: [`${folder}/a.docx`] } }, 5],
    [{ office365url: { eq: [`${folder}/A.DOCX`, `${folder}/c.docx`] } }, 8],
    [{ office365url: { eq: ['a.docx'] } }, 0],
    [{ office365url: { startswith: [folder] } }, all],
    [{ office365url: { startswith: ['http'] } }, all],
    [{ office365url: { startswith: ['contoso'] } }, 0],
    [{ office365url: { endswith: ['/d.docx'] } }, 3],
    [{ office365url: { endswith: ['Plan readers'] } }, 0],
    [{ fileSelector: { eq: [file?._id] } }, 5],
    [{ fileSelector: { eq: [`${siteId}|${itemId('c')}`] } }, 3],
    [{ fileSelector: { neq: file?._id } }, all - 5],
    [{ fileSelector: { eq: ['0123456789abcdef01234567'] } }, 0],
    [{ fileLabels: { eq: ['label-secret'] } }, 5],
    [{ fileLabels: { eq: ['label-other'] } }, 0],
    [{ fileLabels: { neq: ['label-secret'] } }, all - 5],
  ] as const) {
    assert.equal(await total(filters), expected, JSON.stringify(filters));
  }
});

test('a policy for files with a label matches what is done with them', async () => {
  const tenant = await fileStoryTenant(server);
  const { session } = await makePerson(server, tenant, 'global-administrator');
  const policy = { name: 'Labelled', filters: { fileLabels: { eq: ['label-secret'] } } };
  const body = { from: '2026-10-01T00:00:00Z', until: '2026-10-09T00:00:00Z', policy };
  const tried = await server.request('/management/v1/policies/dry-run', { session, body });
  assert.equal(tried.status, 200, tried.text);
  assert.equal(tried.json<{ matches: number }>().matches, 5);
});
