// Tags of cloud apps through a whole server, as scripts call for them and as the portal does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { appDomainsTagged } from '../src/discovery/apps/tagged-domains.ts';
import { tagByPolicy } from '../src/discovery/apps/tagging.ts';
import { appIdsTagged } from '../src/discovery/apps/tags.ts';
import { unclassifiedId } from '../src/discovery/catalog/unclassified.ts';
import { nobodyKnows, storeRows } from './support/discovered.ts';
import { box, dropbox, makeManager, makeReportAdministrator, smallBounds } from './support/discovery-apps.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: smallBounds });
});
after(() => server.dispose());

test('an app is tagged and untagged by API, and the list of tags says which apps have each', async () => {
  const manager = await makeManager(server);
  const added = await manager.tag(dropbox, 'Sanctioned');
  assert.deepEqual([added.status, added.json()], [200, { appId: dropbox, tags: ['Sanctioned'] }]);
  assert.equal((await manager.tag(box, 'Sanctioned')).status, 200);
  assert.equal((await manager.tag(box, 'Under review')).status, 200);
  const list = await manager.api('discovery/app_tags/', { method: 'POST' });
  const tags =
    list.json<{ name: string; id: string; target: number; _tid: number; appIds: number[]; builtIn: boolean }[]>();
  assert.deepEqual(
    tags.map(({ name, target, _tid, appIds, builtIn }) => [
      name,
      target,
      _tid === manager.tenant.number,
      appIds,
      builtIn,
    ]),
    [
      ['Sanctioned', 6, true, [box, dropbox], true],
      ['Unsanctioned', 6, true, [], true],
      ['Monitored', 6, true, [], true],
      ['None', 6, true, [], true],
      ['Under review', 6, true, [box], false],
    ],
  );
  const page = await server.request('/cas/api/v1/discovery/app_tags', { token: manager.token });
  assert.deepEqual(page.json<{ data: unknown; total: number }>().data, tags);
  assert.equal((await manager.tag(box, 'under REVIEW', 'remove_tag')).status, 200);
  assert.deepEqual(await manager.tagsOf(box), ['Sanctioned']);
  const form = await manager.api(`discovery/discovery_app/${dropbox}/remove_tag/`, {
    body: 'tagName=Sanctioned',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.deepEqual([form.status, await manager.tagsOf(dropbox)], [200, []]);
});

test('sanctioned and unsanctioned exclude each other, and None takes the built-in tags away', async () => {
  const manager = await makeManager(server);
  await manager.tag(dropbox, 'Own');
  await manager.tag(dropbox, 'Sanctioned');
  await manager.tag(dropbox, 'Monitored');
  await manager.tag(dropbox, 'Unsanctioned');
  assert.deepEqual(await manager.tagsOf(dropbox), ['Unsanctioned', 'Monitored', 'Own']);
  const path = `discovery/discovery_app/${dropbox}/set_sanctioned/`;
  assert.equal(
    (await manager.api(path, { body: { appId: String(dropbox), sanctioned: true, streamId: 'x' } })).status,
    200,
  );
  assert.deepEqual(await manager.tagsOf(dropbox), ['Sanctioned', 'Monitored', 'Own']);
  await manager.tag(dropbox, 'None');
  assert.deepEqual(await manager.tagsOf(dropbox), ['Own']);
});

test('what can never be blocked is not tagged unsanctioned, by nobody, and the refusal says why', async () => {
  const manager = await makeManager(server);
  for (const [appId, service] of [
    [20595, 'Microsoft Defender for Cloud Apps'],
    [32537, 'Microsoft 365 security center'],
  ] as const) {
    const answer = await manager.tag(appId, 'Unsanctioned');
    assert.equal(answer.status, 409, answer.text);
    assert.match(answer.json<{ detail: string }>().detail, new RegExp(`cannot be tagged Unsanctioned.*${service}`));
    assert.equal((await manager.tag(appId, 'Sanctioned')).status, 200);
  }
  const { services } = server;
  const { id } = manager.tenant;
  const refused = await services.store.change(id, (trx) =>
    tagByPolicy(services, trx, id, { appId: 20595 }, 'Unsanctioned', { id: 'p', name: 'P' }),
  );
  assert.equal(refused.outcome, 'refused');
  assert.deepEqual(await manager.tagsOf(20595), ['Sanctioned']);
});

test('many apps are tagged at once by id, name and domain; what cannot be done is reported and stops nothing', async () => {
  const manager = await makeManager(server);
  const apps = [dropbox, 'BOX', 'https', 'www.slack.com', '999', 'files.nobody-knows.co.uk', 20595, String(dropbox)];
  const answer = await manager.manage('apps/tags', {
    body: { action: 'add', tag: 'Unsanctioned', apps, reason: 'Decision 7 of the data protection board' },
  });
  assert.equal(answer.status, 200, answer.text);
  const { items, changed, failed } = answer.json<{
    items: {
      app: string | number;
      appId: number | null;
      name: string | null;
      outcome: string;
      problem: string | null;
    }[];
    changed: number;
    failed: number;
  }>();
  assert.deepEqual(
    items.map(({ name, outcome }) => [name, outcome]),
    [
      ['Dropbox', 'changed'],
      ['Box', 'changed'],
      [null, 'not-found'],
      ['Slack', 'changed'],
      [null, 'not-found'],
      ['nobody-knows.co.uk', 'changed'],
      ['Cloud App Security', 'refused'],
      ['Dropbox', 'unchanged'],
    ],
  );
  assert.deepEqual([changed, failed], [4, 3]);
  const { db } = server.services.store;
  const unknown = unclassifiedId('nobody-knows.co.uk');
  const slack = items[3]?.appId ?? 0;
  assert.deepEqual(await appIdsTagged(db, manager.tenant.id, 'unsanctioned'), [box, dropbox, slack, unknown]);
  const domains = await appDomainsTagged(db, manager.tenant.id, 'Unsanctioned');
  assert.deepEqual(domains.at(-1), { appId: unknown, domains: ['nobody-knows.co.uk'], canBeBlocked: true });
  const shown = (await manager.manage(`apps/${unknown}`)).json<{
    name: string;
    isUnclassified: boolean;
    tagged: object[];
  }>();
  assert.deepEqual([shown.name, shown.isUnclassified], ['nobody-knows.co.uk', true]);
  assert.deepEqual(shown.tagged, [
    {
      name: 'Unsanctioned',
      isBuiltIn: true,
      setByKind: 'caller',
      setBy: manager.user.userName,
      policyId: null,
      reason: 'Decision 7 of the data protection board',
      setAt: new Date(server.services.clock()).toISOString(),
    },
  ]);
  const audit = await server.request('/management/v1/audit?action=discovery-app-tag.add', { session: manager.session });
  assert.match(audit.text, /Decision 7/);
});

test('an app that nobody knows is tagged by the id that traffic has, by those whose traffic it is', async () => {
  const manager = await makeManager(server);
  const other = await makeManager(server);
  const found = nobodyKnows('found-in-traffic.com');
  await storeRows(server.services, manager.tenant.id, '5f0000000000000000000008', [{ ...found }]);
  const reader = await makeReportAdministrator(server, manager);
  for (const each of [other, reader]) assert.equal((await each.manage(`apps/${found.appId}`)).status, 404);
  assert.equal((await other.tag(found.appId, 'Monitored')).status, 404);
  const answer = await manager.tag(found.appId, 'Unsanctioned');
  assert.deepEqual([answer.status, answer.json()], [200, { appId: found.appId, tags: ['Unsanctioned'] }]);
  const domains = await appDomainsTagged(server.services.store.db, manager.tenant.id, 'Unsanctioned');
  assert.deepEqual(domains, [{ appId: found.appId, domains: ['found-in-traffic.com'], canBeBlocked: true }]);
  assert.equal((await reader.manage(`apps/${found.appId}`)).status, 200);
});

test('a call takes a thousand apps, and no more tags than a tenant may have', async () => {
  const manager = await makeManager(server);
  const apps = Array.from({ length: 1001 }, (_, index) => `site-${index}-of-nobody.com`);
  const body = { action: 'add', tag: 'Monitored', apps };
  assert.equal((await manager.manage('apps/tags', { body })).status, 400);
  const many = await manager.manage('apps/tags', { body: { ...body, apps: apps.slice(1) } });
  assert.match(many.text, /discoveryTaggedAppsMax/);
  const few = await manager.manage('apps/tags', { body: { ...body, apps: apps.slice(0, 30) } });
  assert.deepEqual([few.status, few.json<{ changed: number }>().changed], [200, 30]);
});

test('apps that only their domain tells of do not pile up, whether they are tagged and untagged or noted', async () => {
  const manager = await makeManager(server);
  const sites = (kind: string) => Array.from({ length: 30 }, (_, index) => `${kind}-${index}-of-nobody.com`);
  const rows = async () => {
    const { db } = server.services.store;
    const all = await db
      .selectFrom('discoveryApps')
      .select('appId')
      .where('tenantId', '=', manager.tenant.id)
      .execute();
    return all.length;
  };
  for (const kind of ['once', 'twice', 'thrice']) {
    for (const action of ['add', 'remove']) {
      const body = { action, tag: 'Monitored', apps: sites(kind) };
      const answer = await manager.manage('apps/tags', { body });
      assert.deepEqual([answer.status, answer.json<{ changed: number }>().changed], [200, 30], answer.text);
      assert.ok((await rows()) <= 30);
    }
  }
  const note = (app: string) => manager.manage(`apps/${app}/note`, { method: 'PUT', body: { note: 'seen' } });
  for (const app of sites('noted')) assert.equal((await note(app)).status, 200);
  const refused = await note('one-more-of-nobody.com');
  assert.deepEqual([refused.status, await rows()], [409, 30]);
  assert.match(refused.text, /discoveryTaggedAppsMax/);
  assert.equal((await note(String(dropbox))).status, 200);
});

test('of a person and a policy the last one is right, and the app says who it was', async () => {
  const manager = await makeManager(server);
  const { services } = server;
  const { id } = manager.tenant;
  const policy = { id: '5f0000000000000000000009', name: 'New risky app' };
  await manager.tag(dropbox, 'Sanctioned');
  const byPolicy = (tag: string, app: { appId: number; domain?: string }) =>
    services.store.change(id, (trx) => tagByPolicy(services, trx, id, app, tag, policy));
  assert.deepEqual(await byPolicy('Unsanctioned', { appId: dropbox }), { outcome: 'tagged' });
  assert.deepEqual(await byPolicy('Unsanctioned', { appId: dropbox }), { outcome: 'unchanged' });
  const shown = (await manager.manage('apps/Dropbox')).json<{ tagged: Record<string, unknown>[] }>();
  assert.deepEqual(
    shown.tagged.map(({ name, setByKind, policyId, reason }) => [name, setByKind, policyId, reason]),
    [['Unsanctioned', 'policy', policy.id, 'Policy New risky app']],
  );
  await manager.tag(dropbox, 'Sanctioned');
  assert.deepEqual(await manager.tagsOf(dropbox), ['Sanctioned']);
  const unknown = { appId: unclassifiedId('unknown.example.com'), domain: 'unknown.example.com' };
  assert.deepEqual(await byPolicy('Monitored', unknown), { outcome: 'tagged' });
  assert.equal((await byPolicy('Monitored', { appId: 7 })).outcome, 'refused');
  assert.equal((await byPolicy('Gone', { appId: dropbox })).outcome, 'refused');
});

test('own tags are made and deleted, as scripts of the portal do it too, and are bounded', async () => {
  const manager = await makeManager(server);
  const made = await manager.api('discovery/app_tags/create_tag/', { body: { tagName: ' Approved ' } });
  assert.deepEqual([made.status, made.json<{ name: string }>().name], [200, 'Approved']);
  assert.equal((await manager.manage('app-tags', { body: { name: 'approved' } })).status, 409);
  assert.equal((await manager.manage('app-tags', { body: { name: 'Sanctioned' } })).status, 409);
  assert.equal((await manager.manage('app-tags', { body: { name: 'Review' } })).status, 201);
  const third = await manager.tag(dropbox, 'One too many');
  assert.equal(third.status, 409);
  assert.match(third.text, /discoveryOwnTagsMax/);
  for (const name of ['', ' ', 'x'.repeat(61), 'a\nb', '5f0000000000000000000007']) {
    assert.equal((await manager.tag(dropbox, name)).status, 400, name);
  }
  await manager.tag(dropbox, 'Approved');
  const encoded = Buffer.from('Approved').toString('base64');
  assert.equal((await manager.api(`discovery/app_tags/${encoded}/`, { method: 'DELETE' })).status, 200);
  assert.deepEqual(await manager.tagsOf(dropbox), []);
  assert.equal((await manager.manage('app-tags/Review', { method: 'DELETE' })).status, 204);
  assert.equal((await manager.manage('app-tags/Review', { method: 'DELETE' })).status, 404);
  assert.equal((await manager.manage('app-tags/sanctioned', { method: 'DELETE' })).status, 409);
});

test('a tag that a policy sets or looks for is not deleted, by either API, until the policy is gone', async () => {
  const manager = await makeManager(server);
  const policy = (name: string, filters: object, settings: object) =>
    server.request('/management/v1/policies', {
      session: manager.session,
      body: { name, type: 'NEW_SERVICE', severity: 'low', filters, settings },
    });
  for (const name of ['Set', 'Looked for']) {
    assert.equal((await manager.manage('app-tags', { body: { name } })).status, 201);
  }
  await manager.tag(dropbox, 'Set');
  const sets = await policy('Setting one', { risk: { eq: ['high'] } }, { tag: 'set' });
  const looks = await policy('Looking one', { tag: { eq: ['LOOKED FOR'] } }, {});
  assert.deepEqual([sets.status, looks.status], [201, 201], sets.text + looks.text);
  for (const [tag, named] of [
    ['Set', 'Setting one'],
    ['Looked for', 'Looking one'],
  ] as const) {
    const refused = await manager.manage(`app-tags/${encodeURIComponent(tag)}`, { method: 'DELETE' });
    assert.deepEqual([refused.status, refused.json<{ code: string }>().code], [409, 'app-tag-in-policies']);
    const encoded = Buffer.from(tag).toString('base64');
    const script = await manager.api(`discovery/app_tags/${encoded}/`, { method: 'DELETE' });
    assert.equal(script.status, 409, script.text);
    const detail = `Policies name this tag: "${named}". Change them first.`;
    assert.deepEqual(
      [refused.json<{ detail: string }>().detail, script.json<{ detail: string }>().detail],
      [detail, detail],
    );
  }
  assert.deepEqual(await manager.tagsOf(dropbox), ['Set']);
  const stranger = await makeManager(server);
  assert.equal((await stranger.manage('app-tags/Set', { method: 'DELETE' })).status, 404);
  const { id } = sets.json<{ id: string }>();
  const gone = await server.request(`/management/v1/policies/${id}`, { method: 'DELETE', session: manager.session });
  assert.equal(gone.status, 204, gone.text);
  assert.equal((await manager.manage('app-tags/Set', { method: 'DELETE' })).status, 204);
  assert.deepEqual(await manager.tagsOf(dropbox), []);
});

test('the tags of a tenant are bounded, and a request that goes beyond leaves everything as it was', async () => {
  const manager = await makeManager(server);
  const { items } = (await manager.manage('apps?limit=31')).json<{ items: { appId: number }[] }>();
  const ids = items.map(({ appId }) => appId);
  const answer = await manager.manage('apps/tags', { body: { action: 'add', tag: 'Monitored', apps: ids } });
  assert.equal(answer.status, 409, answer.text);
  assert.deepEqual(await appIdsTagged(server.services.store.db, manager.tenant.id, 'Monitored'), []);
});
