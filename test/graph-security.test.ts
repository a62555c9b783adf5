// GET /v1.0/security/incidents and alerts_v2 through a whole server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseTicks } from '../src/lib/ticks.ts';
import { tenantUrl } from '../src/listening/names.ts';
import { address, sampleDraft } from './support/drafts.ts';
import { assertGraphError, type Json, type Page } from './support/graph.ts';
import { alerts, beginSecurity, incidents, person } from './support/security.ts';
import { startTestServer, type TestServer } from './support/server.ts';

const idsIn = (page: Page): unknown[] => page.value.map(({ id }) => id);

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { appRequestsPerMinute: 100_000 } });
});
after(() => server.dispose());

const portalOf = (slug: string) => `${tenantUrl(server.services.names, slug)}/portal`;
const begin = () => beginSecurity(server);

test('an incident has the members and the words of the documentation', async () => {
  const { graph, token, raise } = await begin();
  const id = await raise(sampleDraft('a1', [person('ana')], { severity: 'high' }));
  const incident = await graph.want(token, 200, 'GET', `${incidents}/${id}`);
  assert.match(String(incident['@odata.context']), /\/v1\.0\/\$metadata#security\/incidents\/\$entity$/);
  const { '@odata.context': _context, createdDateTime, lastUpdateDateTime, ...rest } = incident;
  assert.match(`${createdDateTime} ${lastUpdateDateTime}`, /^2\S+Z 2\S+Z$/);
  assert.deepEqual(rest, {
    id,
    tenantId: graph.story.tenant.id,
    status: 'active',
    incidentWebUrl: `${portalOf(graph.story.tenant.slug)}/incidents/${id}?tid=${graph.story.tenant.id}`,
    redirectIncidentId: null,
    displayName: 'Mass download involving one user',
    assignedTo: null,
    classification: 'unknown',
    determination: 'unknown',
    severity: 'high',
    customTags: [],
    systemTags: [],
    description: null,
    summary: null,
    resolvingComment: null,
    lastModifiedBy: null,
    priorityScore: null,
    comments: [],
  });
});

test('an alert has the members of the documentation, and what it is about as evidence', async () => {
  const { graph, token, raise } = await begin();
  const devices = [{ mdatpDeviceId: 'd1', deviceDnsName: 'pc1.contoso.example', riskScore: 'High', tags: ['x'] }];
  const file = { entityType: 'File', sha1: 'aa', fileName: 'x.dll', evidenceRole: 'Source' };
  const other = { entityType: 'Something', x: 1 };
  const incidentId = await raise(sampleDraft('a1', [person('ana'), address('203.0.113.7'), file, other], { devices }));
  const alert = await graph.want(token, 200, 'GET', `${alerts}/a1`);
  assert.deepEqual(
    [alert.incidentId, alert.status, alert.severity, alert.serviceSource, alert.detectionSource, alert.productName],
    [
      incidentId,
      'new',
      'medium',
      'microsoftDefenderForCloudApps',
      'cloudAppSecurity',
      'Microsoft Defender for Cloud Apps',
    ],
  );
  const { slug, id: tenantId } = graph.story.tenant;
  assert.deepEqual(
    [alert.alertWebUrl, alert.incidentWebUrl],
    [`${portalOf(slug)}/alerts/a1?tid=${tenantId}`, `${portalOf(slug)}/incidents/${incidentId}?tid=${tenantId}`],
  );
  const evidence = alert.evidence as Json[];
  assert.deepEqual(
    evidence.map((each) => each['@odata.type']),
    ['device', 'user', 'ip', 'file'].map((kind) => `#microsoft.graph.security.${kind}Evidence`),
  );
  const [device, account, ip, image] = evidence;
  assert.deepEqual(
    [device?.mdeDeviceId, device?.riskScore, device?.hostName, device?.tags],
    ['d1', 'high', 'pc1', ['x']],
  );
  assert.equal((account?.userAccount as Json | undefined)?.userPrincipalName, 'ana@contoso.example');
  assert.deepEqual([ip?.ipAddress, ip?.countryLetterCode], ['203.0.113.7', null]);
  assert.deepEqual([(image?.fileDetails as Json | undefined)?.sha1, image?.roles], ['aa', ['source']]);
  assert.ok(evidence.every((each) => each.verdict === 'unknown' && Array.isArray(each.tags)));
});

test('the list is filtered by severity, assignee, status and times, with and, or, not and null', async () => {
  const { graph, token, raise } = await begin();
  const low = await raise(sampleDraft('a1', [person('ana')], { severity: 'low' }));
  const medium = await raise(sampleDraft('a2', [person('bo')], { severity: 'medium' }));
  const high = await raise(sampleDraft('a3', [person('cy')], { severity: 'high' }));
  await graph.want(token, 200, 'PATCH', `${incidents}/${medium}`, { assignedTo: 'Ana@contoso.example' });
  await graph.want(token, 200, 'PATCH', `${incidents}/${low}`, {
    status: 'resolved',
    classification: 'falsePositive',
    determination: 'notMalicious',
  });
  for (const [filter, expected] of [
    ["severity eq 'high'", [high]],
    ["severity eq 'low' or severity eq 'high'", [low, high]],
    ["severity in ('low','medium')", [low, medium]],
    ['assignedTo eq null', [low, high]],
    ["assignedTo ne null and severity eq 'medium'", [medium]],
    ["assignedTo eq 'ana@CONTOSO.example'", [medium]],
    ["status eq 'active' and (assignedTo eq null or severity eq 'high')", [high]],
    ["not (status eq 'resolved')", [medium, high]],
    ["status eq 'awaitingAction'", []],
    ["classification eq 'falsePositive' and determination eq 'notMalicious'", [low]],
    ["classification eq microsoft.graph.security.alertClassification'falsePositive'", null],
    [`id eq '${high}'`, [high]],
    ['createdDateTime gt 2000-01-01T00:00:00Z and lastUpdateDateTime lt 2000-01-01T00:00:00.1234567Z', []],
  ] as const) {
    const path = `${incidents}?$filter=${encodeURIComponent(filter)}`;
    if (expected === null) assertGraphError(await graph.call(token, 'GET', path), 400, 'Request_BadRequest', /./);
    else assert.deepEqual(idsIn(await graph.list(token, path)).sort(), [...expected].sort(), filter);
  }
  for (const filter of [
    'x eq 1',
    "severity eq 'grave'",
    'severity gt 1',
    'createdDateTime gt yesterday',
    'status eq',
  ]) {
    const answer = await graph.call(token, 'GET', `${incidents}?$filter=${encodeURIComponent(filter)}`);
    assertGraphError(answer, 400, 'Request_BadRequest', /./);
  }
});

test('pages follow each other in both orders, by nextLink and by $skip, while incidents come in and change', async () => {
  const { graph, token, raise } = await begin();
  const ids: string[] = [];
  for (let n = 0; n < 7; n++) ids.push(await raise(sampleDraft(`a${n}`, [person(`p${n}`)])));
  for (const [order, expected] of [
    ['lastUpdateDateTime asc', ids],
    ['createdDateTime desc', [...ids].reverse()],
  ] as const) {
    const found: unknown[] = [];
    let next: string | undefined = `${incidents}?$top=3&$count=true&$orderby=${encodeURIComponent(order)}`;
    for (let pages = 0; next !== undefined && pages < 5; pages++) {
      const page: Page = await graph.list(token, next);
      assert.equal(page['@odata.count'], 7);
      found.push(...idsIn(page));
      const link: string | undefined = page['@odata.nextLink'];
      next = link === undefined ? undefined : link.slice(link.indexOf('/v1.0') + 5);
    }
    assert.deepEqual(found, expected);
  }
  const skipped = await graph.list(token, `${incidents}?$top=3&$skip=5&$orderby=lastUpdateDateTime%20asc`);
  assert.deepEqual(idsIn(skipped), ids.slice(5));
  const first = await graph.list(token, `${incidents}?$top=2&$orderby=createdDateTime%20asc`);
  await raise(sampleDraft('late', [person('late')]));
  const link = first['@odata.nextLink'] ?? '';
  assert.deepEqual(idsIn(await graph.list(token, link.slice(link.indexOf('/v1.0') + 5))), ids.slice(2, 4));
  for (const path of [
    '?$orderby=severity',
    '?$orderby=createdDateTime,id',
    '?$skiptoken=x',
    '?$top=-1',
    '?$search=x',
  ]) {
    assertGraphError(await graph.call(token, 'GET', `${incidents}${path}`), 400, 'Request_BadRequest', /./);
  }
});

test('$expand=alerts brings the alerts, $select what is named', async () => {
  const { graph, token, raise } = await begin();
  const id = await raise(sampleDraft('a1', [person('ana')]), sampleDraft('a2', [person('ana')]));
  const page = await graph.list(token, `${incidents}?$expand=alerts`);
  const told = page.value[0]?.alerts as Json[];
  assert.deepEqual(told.map((alert) => [alert.id, alert.incidentId]).sort(), [
    ['a1', id],
    ['a2', id],
  ]);
  const one = await graph.want(token, 200, 'GET', `${incidents}/${id}?$expand=alerts`);
  assert.deepEqual(one.alerts, told);
  const chosen = await graph.list(token, `${incidents}?$select=id,displayName`);
  assert.deepEqual(Object.keys(chosen.value[0] ?? {}), ['id', 'displayName']);
  assert.equal((await graph.list(token, incidents)).value[0]?.alerts, undefined);
  for (const query of ['$expand=comments', '$select=nothing']) {
    assertGraphError(await graph.call(token, 'GET', `${incidents}?${query}`), 400, 'Request_BadRequest', /./);
  }
});

test('members after unknownFutureValue are told to who asks for them', async () => {
  const { graph, token, raise } = await begin();
  await raise(sampleDraft('a1', [], { serviceSource: 'MicrosoftSentinel' }));
  const told = async (headers: Record<string, string>) => {
    const path = `/v1.0${alerts}/a1`;
    const answer = await server.request(path, { headers: { authorization: `Bearer ${token}`, ...headers } });
    return answer.json<Json>().serviceSource;
  };
  assert.equal(await told({}), 'unknownFutureValue');
  assert.equal(await told({ prefer: 'odata.maxpagesize=5, include-unknown-enum-members' }), 'microsoftSentinel');
  assert.equal(graph.story.tenant.id.length, 36);
});

test('a list goes on behind an alert of the far future, and a position beyond all times is refused', async () => {
  const { graph, token, raise } = await begin();
  const createdTicks = parseTicks('9999-12-31T23:59:59Z') ?? 0n;
  await raise(sampleDraft('f1', [], { createdTicks }), sampleDraft('f2', [], { createdTicks }));
  const first = (await graph.want(token, 200, 'GET', `${alerts}?$top=1`)) as unknown as Page;
  const { pathname, search } = new URL(String(first['@odata.nextLink']));
  const second = (await graph.want(token, 200, 'GET', `${pathname.replace('/v1.0', '')}${search}`)) as unknown as Page;
  assert.deepEqual([...idsIn(first), ...idsIn(second)].sort(), ['f1', 'f2']);
  await graph.want(token, 400, 'GET', `${alerts}?$skiptoken=${'9'.repeat(19)}-${'a'.repeat(24)}`);
});
