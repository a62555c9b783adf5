// Changes over /v1.0/security: incidents, their alerts, and who may make them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sampleDraft } from './support/drafts.ts';
import { assertGraphError, type Json, type Page } from './support/graph.ts';
import { alerts, beginSecurity, incidents, person } from './support/security.ts';
import { makePerson, makeToken, startTestServer, type TestServer } from './support/server.ts';

const idsIn = (page: Page): unknown[] => page.value.map(({ id }) => id);

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { appRequestsPerMinute: 100_000 } });
});
after(() => server.dispose());

const begin = () => beginSecurity(server);

test('an incident is changed: only what is sent, and what it says goes to its alerts', async () => {
  const { graph, token, raise } = await begin();
  const id = await raise(sampleDraft('a1', [person('ana')]));
  const changed = await graph.want(token, 200, 'PATCH', `${incidents}/${id}`, {
    status: 'Resolved',
    classification: 'truePositive',
    determination: 'compromisedUser',
    customTags: ['x'],
    displayName: 'Ours',
    severity: 'low',
    resolvingComment: 'cleaned',
    description: 'd',
    summary: 's',
  });
  assert.deepEqual(
    [changed.status, changed.classification, changed.determination, changed.customTags, changed.displayName],
    ['resolved', 'truePositive', 'compromisedAccount', ['x'], 'Ours'],
  );
  assert.deepEqual(
    [changed.severity, changed.resolvingComment, changed.description, changed.summary, changed.lastModifiedBy],
    ['low', 'cleaned', 'd', 's', 'Partner connector'],
  );
  const alert = await graph.want(token, 200, 'GET', `${alerts}/a1`);
  assert.deepEqual(
    [alert.status, alert.classification, alert.determination],
    ['resolved', 'truePositive', 'compromisedAccount'],
  );
  assert.notEqual(alert.resolvedDateTime, null);
  const comments = await graph.want(token, 200, 'POST', `${incidents}/${id}/comments`, { comment: 'seen' });
  assert.equal((comments.value as Json[])[0]?.comment, 'seen');
  for (const [body, said] of [
    [{ status: 'redirected' }, /one of active, inProgress, resolved/],
    [{ determination: 'notMalicious' }, /does not go with/],
    [{ priorityScore: 5 }, /not supported/],
    [{}, /nothing to update/],
  ] as const) {
    assertGraphError(await graph.call(token, 'PATCH', `${incidents}/${id}`, body), 400, 'Request_BadRequest', said);
  }
  for (const missing of ['999', 'abc']) {
    const answer = await graph.call(token, 'PATCH', `${incidents}/${missing}`, { status: 'active' });
    assertGraphError(answer, 404, 'Request_ResourceNotFound', /not found/);
  }
});

test('incidents are merged, and alerts moved to another or a new one; nothing is lost', async () => {
  const { graph, token, raise } = await begin();
  const one = await raise(sampleDraft('a1', [person('ana')]));
  const two = await raise(sampleDraft('a2', [person('bo')]), sampleDraft('a3', [person('bo')]));
  await graph.want(token, 200, 'POST', `${incidents}/${two}/comments`, { comment: 'of two' });
  const merged = await graph.want(token, 200, 'POST', `${incidents}/mergeIncidents`, {
    incidentIds: [two, one],
    incidentComment: 'the same person',
    mergeReasons: ['sameActor'],
  });
  assert.equal(merged.targetIncidentId, one);
  const target = await graph.want(token, 200, 'GET', `${incidents}/${one}?$expand=alerts`);
  assert.deepEqual((target.alerts as Json[]).map(({ id }) => id).sort(), ['a1', 'a2', 'a3']);
  assert.deepEqual(
    (target.comments as Json[]).map(({ comment }) => comment),
    ['the same person', 'of two'],
  );
  const old = await graph.want(token, 200, 'GET', `${incidents}/${two}?$expand=alerts`);
  assert.deepEqual([old.status, old.redirectIncidentId, old.alerts], ['redirected', one, []]);
  assertGraphError(
    await graph.call(token, 'PATCH', `${incidents}/${two}`, { status: 'active' }),
    400,
    'Request_BadRequest',
    new RegExp(`merged into incident ${one}`),
  );
  const moved = await graph.want(token, 200, 'POST', `${alerts}/moveAlerts`, { alertIds: ['a3'], alertComment: 'no' });
  const fresh = String(moved.targetIncidentId);
  assert.notEqual(fresh, one);
  assert.equal((await graph.want(token, 200, 'GET', `${alerts}/a3`)).incidentId, fresh);
  // What connects the two later joins one of them and does not undo what somebody decided.
  await raise(sampleDraft('a4', [person('bo'), person('ana')]));
  const open = await graph.list(token, `${incidents}?$filter=status%20eq%20'active'&$expand=alerts`);
  assert.deepEqual(
    open.value.map((each) => (each.alerts as Json[]).map(({ id }) => id).sort()).sort(),
    [['a1', 'a2', 'a4'], ['a3']].sort(),
  );
  const back = await graph.want(token, 200, 'POST', `${alerts}/moveAlerts`, { alertIds: ['a3'], incidentId: one });
  assert.equal(back.targetIncidentId, one);
  assert.equal((await graph.want(token, 200, 'GET', `${incidents}/${fresh}`)).redirectIncidentId, one);
  for (const [path, body, status] of [
    [`${incidents}/mergeIncidents`, { incidentIds: [one] }, 400],
    [`${incidents}/mergeIncidents`, { incidentIds: [one, '999'] }, 404],
    [`${incidents}/mergeIncidents`, {}, 400],
    [`${alerts}/moveAlerts`, { alertIds: ['a3', 'nothing'] }, 404],
    [`${alerts}/moveAlerts`, { alertIds: [] }, 400],
    [`${alerts}/moveAlerts`, { alertIds: ['a3'], incidentId: fresh }, 400],
  ] as const) {
    assert.equal((await graph.call(token, 'POST', path, body)).status, status, `${path} ${JSON.stringify(body)}`);
  }
});

test('alerts are listed by filter and order, changed and commented, and their incident follows', async () => {
  const { graph, token, raise } = await begin();
  const id = await raise(
    sampleDraft('a1', [person('ana')], { severity: 'low', minutes: 1 }),
    sampleDraft('a2', [person('ana')], { severity: 'high', serviceSource: 'AzureATP', minutes: 2 }),
    sampleDraft('a3', [person('ana')], { category: 'Persistence', minutes: 3 }),
  );
  for (const [filter, expected] of [
    ["severity eq 'high'", ['a2']],
    ["serviceSource eq 'microsoftDefenderForCloudApps'", ['a3', 'a1']],
    ["serviceSource eq 'microsoftDefenderForIdentity' or category eq 'Persistence'", ['a3', 'a2']],
    ["detectionSource eq 'cloudAppSecurity' and status eq 'new'", ['a3', 'a2', 'a1']],
    [`incidentId eq '${id}' and not (id eq 'a1')`, ['a3', 'a2']],
    ['assignedTo eq null and resolvedDateTime gt 2000-01-01T00:00:00Z', []],
  ] as const) {
    assert.deepEqual(
      idsIn(await graph.list(token, `${alerts}?$filter=${encodeURIComponent(filter)}`)),
      expected,
      filter,
    );
  }
  const page = await graph.list(token, `${alerts}?$top=2&$count=true&$orderby=createdDateTime%20asc`);
  assert.deepEqual([idsIn(page), page['@odata.count']], [['a1', 'a2'], 3]);
  const link = page['@odata.nextLink'] ?? '';
  assert.deepEqual(idsIn(await graph.list(token, link.slice(link.indexOf('/v1.0') + 5))), ['a3']);
  const changed = await graph.want(token, 200, 'PATCH', `${alerts}/a1`, {
    status: 'resolved',
    classification: 'falsePositive',
    determination: 'notEnoughDataToValidate',
    assignedTo: 'bo@contoso.example',
  });
  assert.deepEqual([changed.status, changed.assignedTo], ['resolved', 'bo@contoso.example']);
  const comments = await graph.want(token, 200, 'POST', `${alerts}/a1/comments`, { comment: 'no' });
  assert.equal((comments.value as Json[])[0]?.createdByDisplayName, 'Partner connector');
  const incident = await graph.want(token, 200, 'GET', `${incidents}/${id}?$expand=alerts`);
  const first = (incident.alerts as Json[]).find((alert) => alert.id === 'a1');
  assert.deepEqual([first?.status, first?.determination], ['resolved', 'notEnoughDataToValidate']);
  for (const [body, said] of [
    [{ status: 'closed' }, /one of new, inProgress, resolved/],
    [{ title: 'x' }, /not supported/],
    [{ determination: 'malware' }, /does not go with/],
  ] as const) {
    assertGraphError(await graph.call(token, 'PATCH', `${alerts}/a1`, body), 400, 'Request_BadRequest', said);
  }
  assertGraphError(await graph.call(token, 'GET', `${alerts}/none`), 404, 'Request_ResourceNotFound', /not found/);
});

test('each call needs its very permission, and another tenant sees nothing', async () => {
  const { graph, raise } = await begin();
  const id = await raise(sampleDraft('a1', [person('ana')]));
  const readIncidents = await graph.appToken(['SecurityIncident.Read.All']);
  const readAlerts = await graph.appToken(['SecurityAlert.Read.All']);
  for (const [token, method, path, body] of [
    [readAlerts, 'GET', incidents, undefined],
    [readAlerts, 'GET', `${incidents}/${id}`, undefined],
    [readIncidents, 'GET', alerts, undefined],
    [readIncidents, 'PATCH', `${incidents}/${id}`, { status: 'active' }],
    [readIncidents, 'POST', `${incidents}/${id}/comments`, { comment: 'x' }],
    [readIncidents, 'POST', `${incidents}/mergeIncidents`, { incidentIds: [id, '1'] }],
    [readAlerts, 'PATCH', `${alerts}/a1`, { status: 'new' }],
    [readAlerts, 'POST', `${alerts}/a1/comments`, { comment: 'x' }],
    [readAlerts, 'POST', `${alerts}/moveAlerts`, { alertIds: ['a1'] }],
  ] as const) {
    const answer = await graph.call(token, method, path, body);
    assertGraphError(answer, 403, 'Authorization_RequestDenied', /Security(Incident|Alert)\./);
  }
  assertGraphError(await graph.call(null, 'GET', incidents), 401, 'InvalidAuthenticationToken', /./);
  const admin = await makePerson(server, graph.story.tenant, 'global-administrator');
  const { value } = await makeToken(server, admin);
  const answer = await server.request(`/v1.0${incidents}`, { headers: { authorization: `Token ${value}` } });
  assert.equal(answer.status, 403);
  const reader = await makePerson(server, graph.story.tenant, 'security-reader');
  assert.equal((await server.request(`/v1.0${incidents}`, { session: reader.session })).status, 200);
  const theirs = await begin();
  assert.deepEqual((await theirs.graph.list(theirs.token, incidents)).value, []);
  assert.deepEqual((await theirs.graph.list(theirs.token, alerts)).value, []);
  for (const path of [`${incidents}/${id}`, `${alerts}/a1`]) {
    assert.equal((await theirs.graph.call(theirs.token, 'GET', path)).status, 404);
  }
  const move = { alertIds: ['a1'] };
  assert.equal((await theirs.graph.call(theirs.token, 'POST', `${alerts}/moveAlerts`, move)).status, 404);
});
