// /beta/security/rules/detectionRules and /management/v1/custom-detections: the documented shape in and out, and who may.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeUser } from './support/accounts.ts';
import {
  beginDetections,
  type DetectionStory,
  managementPath,
  ruleBody,
  rulesPath,
  withPeriod,
  withQuery,
} from './support/custom-detections.ts';
import { assertGraphError, type Json, type Page } from './support/graph.ts';
import { type Answer, makePerson, makeToken, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let detections: DetectionStory;
before(async () => {
  server = await startTestServer({ settings: { appRequestsPerMinute: 100_000, customDetectionsPerTenantMax: 30 } });
  detections = await beginDetections(server);
});
after(() => server.dispose());

async function call(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
  const authorization = `Bearer ${token ?? (await detections.token())}`;
  const request = { method, headers: { authorization }, ...(body === undefined ? {} : { body }) };
  return await server.request(rulesPath + path, request);
}

async function want<T = Json>(status: number, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await call(method, path, body);
  assert.equal(answer.status, status, answer.text);
  return (answer.text === '' ? undefined : answer.json()) as T; // The test says what it expects.
}

test('a rule comes back in the documented shape, and changes by what is sent alone', async () => {
  const body = ruleBody();
  const made = await want(201, 'POST', '', body);
  const { id, createdDateTime, lastModifiedDateTime, schedule, ...rest } = made;
  assert.match(String(made['@odata.context']), /\/beta\/\$metadata#security\/rules\/detectionRules\/\$entity$/);
  assert.deepEqual(rest, {
    '@odata.context': made['@odata.context'],
    '@odata.type': '#microsoft.graph.security.detectionRule',
    displayName: body.displayName,
    isEnabled: true,
    createdBy: 'Partner connector',
    lastModifiedBy: 'Partner connector',
    detectorId: id,
    queryCondition: { ...(body.queryCondition as Json), lastModifiedDateTime: null },
    lastRunDetails: { lastRunDateTime: null, status: null, failureReason: null, errorCode: null },
    detectionAction: { ...(body.detectionAction as Json), organizationalScope: null, responseActions: [] },
  });
  assert.equal((schedule as Json).period, '1H');
  assert.equal(createdDateTime, lastModifiedDateTime);
  // What a client read it may send back as it is.
  server.services.testClock.advance(1000);
  const { '@odata.context': _, ...read } = made;
  const same = await want(200, 'PATCH', `/${id}`, read);
  assert.deepEqual(same.detectionAction, made.detectionAction);
  const changed = await want(200, 'PATCH', `/${id}`, {
    detectionAction: { alertTemplate: { severity: 'low' } },
    isEnabled: false,
  });
  const template = (made.detectionAction as { alertTemplate: Json }).alertTemplate;
  assert.deepEqual((changed.detectionAction as Json).alertTemplate, { ...template, severity: 'low' });
  assert.equal((changed.schedule as Json).nextRunDateTime, null);
  const query = await want(200, 'PATCH', `/${id}`, withQuery('DeviceProcessEvents'));
  assert.equal((query.queryCondition as Json).lastModifiedDateTime, query.lastModifiedDateTime);
  assert.equal((await want(200, 'GET', `/${String(id).toUpperCase()}?$select=id,isEnabled`)).isEnabled, false);
  await want(204, 'DELETE', `/${id}`);
  assertGraphError(await call('GET', `/${id}`), 404, 'Request_ResourceNotFound', /custom detection rule was not found/);
});

test('a list is filtered, counted, cut into pages and told in part', async () => {
  const names = ['Filter b', 'Filter a', 'Filter c'];
  const made: Json[] = [];
  for (const displayName of names)
    made.push(await want(201, 'POST', '', ruleBody({ displayName, isEnabled: displayName !== 'Filter c' })));
  const pages: Page[] = [];
  for (let path = "?$filter=startswith(displayName,'filter')&$top=2&$count=true&$select=displayName"; path !== ''; ) {
    const page: Page = await want<Page>(200, 'GET', path);
    pages.push(page);
    path = page['@odata.nextLink'] === undefined ? '' : new URL(page['@odata.nextLink']).search;
  }
  assert.deepEqual(
    pages.map(({ value }) => value),
    [[{ displayName: 'Filter a' }, { displayName: 'Filter b' }], [{ displayName: 'Filter c' }]],
  );
  assert.equal(pages[0]?.['@odata.count'], 3);
  const found = async (filter: string) =>
    (await want<Page>(200, 'GET', `?$filter=${encodeURIComponent(filter)}`)).value.length;
  assert.equal(await found("contains(displayName,'ilter') and isEnabled eq false"), 1);
  assert.equal(await found("displayName in ('Filter a','Filter b') and schedule/period eq '1H'"), 2);
  assert.equal(await found("startswith(displayName,'Filter') and createdDateTime gt 2999-01-01T00:00:00Z"), 0);
  assertGraphError(
    await call('GET', '?$filter=queryCondition%20eq%201'),
    400,
    'Request_BadRequest',
    /cannot be filtered by queryCondition/,
  );
  assertGraphError(await call('GET', '?$search=a'), 400, 'Request_BadRequest', /\$search is not supported/);
  for (const { id } of made) await want(204, 'DELETE', `/${id}`);
});

test('what a rule cannot be is refused by name', async () => {
  const taken = await want(201, 'POST', '', ruleBody({ displayName: 'Taken' }));
  const wrong: readonly (readonly [Json, RegExp])[] = [
    [{ ...ruleBody(), nonsense: 1 }, /'nonsense' is not supported/],
    [{ ...ruleBody(), displayName: undefined }, /'displayName' is required/],
    [{ ...ruleBody(), displayName: ' ' }, /displayName must be 1 to 200 characters/],
    [{ ...ruleBody(), schedule: undefined }, /'schedule.period' is required/],
    [ruleBody(withPeriod('5M')), /one of 0, 1H, 3H, 12H, 24H/],
    [ruleBody(withQuery('DeviceProcessEvents | where Nope == 1')), /named 'Nope' \[line:position=1:29\]/],
    [
      ruleBody(withQuery('DeviceProcessEvents | summarize count() by DeviceId, AccountUpn')),
      /must return the column Timestamp/,
    ],
    [
      ruleBody(withQuery('DeviceProcessEvents | project Timestamp, DeviceId, DeviceName, AccountUpn')),
      /the column ReportId/,
    ],
    [
      ruleBody(withQuery('DeviceProcessEvents | project Timestamp, ReportId, DeviceName, AccountUpn')),
      /the column DeviceId/,
    ],
    [ruleBody(withQuery('DeviceProcessEvents | project-away AccountUpn')), /no column for accountUpn/],
    [ruleBody({}, { title: '{{Nope}}' }), /\{\{Nope\}\} names no column/],
    [
      ruleBody({}, { title: '{{DeviceName}}{{DeviceId}}', description: '{{FileName}}{{SHA1}}' }),
      /3 columns together.*not 4/,
    ],
    [ruleBody({}, { impactedAssets: [] }), /must name at least one column/],
    [
      ruleBody(
        {},
        {
          impactedAssets: [
            { '@odata.type': '#microsoft.graph.security.impactedDeviceAsset', identifier: 'accountUpn' },
          ],
        },
      ),
      /identifier of a device/,
    ],
    [ruleBody({}, { impactedAssets: [{ identifier: 'deviceId' }] }), /impactedAssets\[0\].@odata.type/],
    [ruleBody({}, { category: 'Nonsense' }), /category is one of/],
    [ruleBody({}, { severity: 'critical' }), /one of informational, low, medium, high/],
    [ruleBody({}, { mitreTechniques: ['x'] }), /ids such as T1078/],
    [ruleBody({}, { entityMappings: {} }), /entityMappings' is not supported/],
    [ruleBody({ ...withPeriod('0'), ...withQuery('DeviceProcessEvents | sort by Timestamp') }), /must not use sort/],
    [
      ruleBody({
        detectionAction: { ...(ruleBody().detectionAction as Json), organizationalScope: { scopeType: 'deviceGroup' } },
      }),
      /organizationalScope' is not supported/,
    ],
    [
      ruleBody({
        detectionAction: { ...(ruleBody().detectionAction as Json), responseActions: [{ identifier: 'deviceId' }] },
      }),
      /responseActions' is not supported/,
    ],
  ];
  for (const [body, said] of wrong) {
    assertGraphError(await call('POST', '', body), 400, 'Request_BadRequest', said);
    const answer = await server.request(managementPath, { session: detections.admin.session, body });
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json<{ detail: string }>().detail, said);
  }
  assertGraphError(
    await call('POST', '', ruleBody({ displayName: 'Taken' })),
    409,
    'Request_MultipleObjectsWithSameKeyValue',
    /already/,
  );
  await want(204, 'DELETE', `/${taken.id}`);
});

test('without credentials, with the wrong permission or with a reader nothing is changed', async () => {
  const { id } = await want(201, 'POST', '', ruleBody());
  const reading = await detections.graph.appToken(['CustomDetection.Read.All']);
  const hunting = await detections.graph.appToken(['SecurityAlert.Read.All']);
  const changes: readonly (readonly [string, string, unknown?])[] = [
    ['POST', '', ruleBody()],
    ['PATCH', `/${id}`, { isEnabled: false }],
    ['DELETE', `/${id}`],
  ];
  for (const [method, path, body] of changes) {
    assertGraphError(
      await call(method, path, body, reading),
      403,
      'Authorization_RequestDenied',
      /CustomDetection\.ReadWrite\.All/,
    );
    assertGraphError(await call(method, path, body, 'nonsense'), 401, 'InvalidAuthenticationToken', /./);
  }
  assert.equal((await call('GET', `/${id}`, undefined, reading)).status, 200);
  assertGraphError(
    await call('GET', '', undefined, hunting),
    403,
    'Authorization_RequestDenied',
    /CustomDetection\.Read\.All/,
  );
  const reader = await makePerson(server, detections.story.tenant, 'security-reader');
  const nobody = await makePerson(server, detections.story.tenant, 'application-administrator');
  const token = await makeToken(server, detections.admin);
  for (const [method, path, body] of [
    ...changes,
    ['POST', `/${id}/run`],
    ['POST', `/${id}/dry-run`],
    ['POST', '/dry-run', ruleBody()],
  ] as const) {
    const request = { method, ...(body === undefined ? {} : { body }) };
    const status = async (session: object) =>
      (await server.request(managementPath + path, { ...request, ...session })).status;
    assert.equal(await status({ session: reader.session }), 403, `${method} ${path}`);
    assert.equal(await status({}), 401);
    assert.equal(await status({ token: token.value }), 403);
  }
  const read = async (session: string, path: string) =>
    (await server.request(managementPath + path, { session })).status;
  assert.deepEqual(
    [await read(reader.session, ''), await read(reader.session, `/${id}/runs`), await read(nobody.session, '')],
    [200, 200, 403],
  );
  await want(204, 'DELETE', `/${id}`);
});

test('an app that acts for a person needs the right of the person as well', async () => {
  const scopes = ['CustomDetection.ReadWrite.All'];
  const administrator = await makeUser(server.services, detections.story.tenant, { role: 'compliance-administrator' });
  const without = await detections.graph.userToken(administrator, scopes);
  assertGraphError(await call('POST', '', ruleBody(), without), 403, 'Authorization_RequestDenied', /CustomDetection/);
  const made = await call('POST', '', ruleBody(), await detections.graph.userToken(detections.admin.user, scopes));
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json().createdBy, detections.admin.user.userName);
  await want(204, 'DELETE', `/${made.json().id}`);
});

test('of the other version only these calls are there', async () => {
  const headers = { authorization: `Bearer ${await detections.token()}` };
  const other = await server.request('/v1.0/security/rules/detectionRules', { headers });
  assertGraphError(other, 404, 'Request_ResourceNotFound', /./);
  const beta = await server.request('/beta/security/incidents', { headers });
  assertGraphError(beta, 404, 'Request_ResourceNotFound', /everything else is in v1\.0/);
  assert.equal((await call('PUT', '')).status, 405);
});

test('a tenant has so many rules and no more', async () => {
  const full = await beginDetections(server);
  for (let index = 0; index < 30; index++) await full.manage(201, 'POST', '', ruleBody());
  await full.manage(409, 'POST', '', ruleBody());
});
