// Roles and their schedules through the calls of Graph: an app assigns, a person activates through an app.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../src/apis/graph/durations.ts';
import { GraphProblem } from '../src/apis/graph/errors.ts';
import { putRoleSettings } from '../src/directory/role-settings.ts';
import type { UserRow } from '../src/directory/users-store.ts';
import { hourMs, minuteMs } from '../src/lib/clock.ts';
import { makeUser } from './support/accounts.ts';
import { appToken, mtp } from './support/bearers.ts';
import { assertGraphError, GraphCalls, type Json } from './support/graph.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';

const securityReader = '5d6b6bb7-de71-4623-b4af-96380a352509';
const globalReader = 'f2ef992c-3afb-46b9-b7cf-a126ee74c451';
const securityOperator = '5f2222b1-57c3-48ba-8ad5-d4759f1fde6f';
const base = '/roleManagement/directory';
const eligible = `${base}/roleEligibilityScheduleRequests`;
const active = `${base}/roleAssignmentScheduleRequests`;
const ownScope = ['RoleAssignmentSchedule.ReadWrite.Directory'];

let server: TestServer;
let graph: GraphCalls;
let other: GraphCalls;
let token: string;
before(async () => {
  server = await startTestServer({ settings: { appRequestsPerMinute: 100_000 } });
  graph = await GraphCalls.start(server);
  other = await GraphCalls.start(server);
  token = await graph.appToken();
});
after(() => server.dispose());

const person = (role?: string): Promise<UserRow> =>
  makeUser(server.services, graph.story.tenant, role === undefined ? {} : { role });
const asking = (action: string, user: UserRow, roleDefinitionId: string, rest: Json = {}): Json => ({
  action,
  principalId: user.id,
  roleDefinitionId,
  directoryScopeId: '/',
  justification: 'It is asked for in a test',
  ...rest,
});
const forHours = (hours: number): Json => ({
  scheduleInfo: {
    startDateTime: new Date(server.services.clock()).toISOString(),
    recurrence: null,
    expiration: { type: 'AfterDuration', endDateTime: null, duration: `PT${hours}H` },
  },
});
const assign = (user: UserRow, role: string, rest: Json = { scheduleInfo: { expiration: { type: 'noExpiration' } } }) =>
  graph.want(token, 201, 'POST', eligible, asking('AdminAssign', user, role, rest));
const refused = async (
  bearer: string | null,
  status: number,
  code: string,
  said: RegExp,
  path: string,
  body?: unknown,
) => {
  const method = body === undefined ? 'GET' : 'POST';
  assertGraphError(await graph.call(bearer, method, path, body), status, code, said);
};
const policy = 'RoleAssignmentRequestPolicyValidationFailed';

test('an app makes a person eligible, and the person activates the role through an app for a time', async () => {
  const user = await person();
  const made = await assign(user, securityReader);
  assert.deepEqual([made.status, made.action, made.targetScheduleId], ['Provisioned', 'adminAssign', made.id]);
  const bearer = await graph.userToken(user, ownScope);
  await refused(
    bearer,
    403,
    'Authorization_RequestDenied',
    /RoleEligibilitySchedule/,
    `${base}/roleEligibilitySchedules`,
  );
  const eligibleReader = await graph.userToken(user, ['RoleEligibilitySchedule.ReadWrite.Directory']);
  const own = `${base}/roleEligibilitySchedules/filterByCurrentUser(on='principal')?$expand=roleDefinition`;
  const [schedule] = (await graph.list(eligibleReader, own)).value;
  assert.equal(schedule?.id, made.id);
  const { displayName } = (schedule?.roleDefinition ?? {}) as Json; // The wire's object.
  assert.equal(displayName, 'Security reader');

  const ticket = { ticketInfo: { ticketNumber: '4711', ticketSystem: 'Desk' } };
  const body = asking('SelfActivate', user, securityReader, { ...forHours(2), ...ticket });
  const activated = await graph.want(bearer, 201, 'POST', active, body);
  assert.equal(activated.status, 'Granted');
  assert.equal(activated.justification, 'It is asked for in a test (ticket Desk 4711)');
  const { expiration } = activated.scheduleInfo as { expiration: Json }; // The wire's object.
  assert.deepEqual([expiration.type, expiration.duration], ['afterDuration', 'PT2H']);
  await refused(bearer, 400, 'RoleAssignmentExists', /active/, active, body);
  const where = `?$filter=${encodeURIComponent(`principalId eq '${user.id}'`)}`;
  const instance = (await graph.list(token, `${base}/roleAssignmentScheduleInstances${where}`)).value[0];
  assert.deepEqual([instance?.assignmentType, instance?.endDateTime], ['Activated', expiration.endDateTime]);
  assert.equal((await graph.list(token, `${base}/roleAssignments${where}`)).value.length, 1);
  assert.deepEqual(
    (await graph.list(bearer, `${active}/filterByCurrentUser(on='principal')`)).value,
    [{ ...activated, '@odata.context': undefined }].map(({ '@odata.context': _, ...rest }) => rest),
  );

  const ended = await graph.want(bearer, 201, 'POST', active, asking('selfDeactivate', user, securityReader));
  assert.equal(ended.status, 'Revoked');
  assert.deepEqual((await graph.list(token, `${base}/roleAssignments${where}`)).value, []);
  await refused(
    bearer,
    400,
    'RoleAssignmentDoesNotExist',
    /does not exist/,
    active,
    asking('selfDeactivate', user, securityReader),
  );
});

test('activating is for the person alone, and with the scope that says so', async () => {
  const user = await person();
  await assign(user, securityReader);
  const body = asking('selfActivate', user, securityReader, forHours(1));
  await refused(null, 401, 'InvalidAuthenticationToken', /./, active, body);
  await refused(token, 403, 'Authorization_RequestDenied', /session/, active, body);
  const elsewhere = await appToken(server.services, graph.story, { audience: mtp });
  await refused(elsewhere, 401, 'InvalidAuthenticationToken', /Microsoft Graph/, active, body);
  for (const scope of ['RoleEligibilitySchedule.ReadWrite.Directory', 'Directory.Read.All', 'User.Read']) {
    const bearer = await graph.userToken(user, [scope]);
    await refused(bearer, 403, 'Authorization_RequestDenied', /RoleAssignmentSchedule\.ReadWrite/, active, body);
  }
  const somebody = await graph.userToken(await person(), ownScope);
  await refused(somebody, 403, 'Authorization_RequestDenied', /principalId/, active, body);
  const { session } = await makePerson(server, graph.story.tenant);
  await refused(session, 403, 'Authorization_RequestDenied', /principalId/, active, body);
  const bearer = await graph.userToken(user, ownScope);
  await refused(
    bearer,
    403,
    'Authorization_RequestDenied',
    /Roles\.manage/,
    active,
    asking('adminAssign', user, globalReader, forHours(1)),
  );
});

test("the role's rules are kept, and each that fails is named", async () => {
  const user = await person();
  await assign(user, securityOperator);
  const bearer = await graph.userToken(user, ownScope);
  const ask = (rest: Json) => asking('selfActivate', user, securityOperator, rest);
  await refused(bearer, 400, policy, /"ExpirationRule"/, active, ask(forHours(9)));
  await refused(bearer, 400, policy, /"ExpirationRule"/, active, ask({}));
  await refused(bearer, 400, policy, /"JustificationRule"/, active, ask({ ...forHours(1), justification: '' }));
  const later = { startDateTime: new Date(server.services.clock() + hourMs).toISOString() };
  const begin = { scheduleInfo: { ...later, expiration: { type: 'afterDuration', duration: 'PT1H' } } };
  await refused(bearer, 400, 'Request_BadRequest', /begins at once/, active, ask(begin));
  await refused(
    bearer,
    400,
    'RoleAssignmentDoesNotExist',
    /eligible/,
    active,
    asking('selfActivate', user, globalReader, forHours(1)),
  );

  await putRoleSettings(graph.story.admin, securityOperator, { requiresSecondFactor: true, requiresApproval: true });
  const { clock } = server.services;
  for (const signedIn of [{ amr: ['pwd'] }, { authTime: clock() - 11 * minuteMs }]) {
    const weak = await graph.userToken(user, ownScope, signedIn);
    await refused(weak, 400, policy, /"MfaRule"/, active, ask(forHours(1)));
  }
  const waiting = await graph.want(bearer, 201, 'POST', active, ask(forHours(1)));
  assert.deepEqual(
    [waiting.status, waiting.approvalId, waiting.completedDateTime],
    ['PendingApproval', waiting.id, null],
  );
  await refused(bearer, 400, 'PendingRoleAssignmentRequest', /approval/, active, ask(forHours(1)));
  await graph.want(bearer, 204, 'POST', `${active}/${waiting.id}/cancel`);
  assert.equal((await graph.want(token, 200, 'GET', `${active}/${waiting.id}`)).status, 'Canceled');
  await refused(bearer, 400, 'Request_BadRequest', /not in force/, `${active}/${waiting.id}/cancel`, {});
});

test('eligibility and assignments are given for a time, listed and taken away', async () => {
  const user = await person();
  const until = new Date(server.services.clock() + 48 * hourMs).toISOString();
  const scheduleInfo = { expiration: { type: 'afterDateTime', endDateTime: until } };
  const given = await assign(user, globalReader, { scheduleInfo });
  await refused(
    token,
    400,
    'RoleAssignmentExists',
    /already|time/,
    eligible,
    asking('adminAssign', user, globalReader, { scheduleInfo }),
  );
  const one = await graph.want(token, 200, 'GET', `${base}/roleEligibilityScheduleInstances/${given.id}`);
  assert.deepEqual([one.endDateTime, one.roleDefinitionId], [until, globalReader]);
  const assigned = await graph.want(
    token,
    201,
    'POST',
    active,
    asking('adminAssign', user, securityReader, { scheduleInfo }),
  );
  const where = `?$filter=${encodeURIComponent(`principalId eq '${user.id}' and roleDefinitionId eq '${securityReader}'`)}`;
  const schedules = (await graph.list(token, `${base}/roleAssignmentSchedules${where}`)).value;
  assert.deepEqual(
    schedules.map((each) => [each.id, each.assignmentType]),
    [[assigned.id, 'Assigned']],
  );
  const removed = await graph.want(token, 201, 'POST', eligible, asking('adminRemove', user, globalReader));
  assert.equal(removed.status, 'Revoked');
  await refused(token, 400, 'RoleAssignmentDoesNotExist', /./, eligible, asking('adminRemove', user, globalReader));
  const direct = await graph.want(token, 201, 'POST', `${base}/roleAssignments`, {
    principalId: user.id,
    roleDefinitionId: securityOperator,
    directoryScopeId: '/',
  });
  await graph.want(token, 204, 'DELETE', `${base}/roleAssignments/${direct.id}`);
  await refused(token, 404, 'Request_ResourceNotFound', /./, `${base}/roleAssignments/${direct.id}`);
  const later = { startDateTime: until, expiration: { type: 'noExpiration' } };
  const planned = await assign(user, securityOperator, { scheduleInfo: later });
  await graph.want(token, 204, 'POST', `${eligible}/${planned.id}/cancel`);
  await refused(token, 404, 'Request_ResourceNotFound', /./, `${eligible}/${planned.id}`);
});

test('what is not supported or does not fit is refused by name', async () => {
  const user = await person();
  for (const [change, said] of [
    [{ action: 'adminExtend' }, /adminExtend/],
    [{ action: 'selfActivate' }, /selfActivate/],
    [{ action: 'give' }, /'action'.*adminAssign/],
    [{ directoryScopeId: '/administrativeUnits/1' }, /directoryScopeId/],
    [{ isValidationOnly: true }, /isValidationOnly/],
    [{ principalId: 'somebody' }, /principalId/],
    [{ colour: 'red' }, /'colour'/],
    [{ scheduleInfo: { recurrence: { pattern: 'daily' } } }, /recurrence/],
    [{ scheduleInfo: { expiration: { type: 'afterDuration', duration: '5 hours' } } }, /duration/],
    [{ scheduleInfo: { expiration: { type: 'afterDateTime' } } }, /endDateTime/],
    [{ roleDefinitionId: '00000000-0000-4000-8000-000000000000' }, /no such role/],
  ] as const) {
    await refused(token, 400, 'Request_BadRequest', said, eligible, {
      ...asking('adminAssign', user, globalReader),
      ...change,
    });
  }
  await refused(token, 400, 'Request_BadRequest', /status/, `${active}?$filter=status%20eq%20'Granted'`);
  const bearer = await graph.userToken(user, ownScope);
  await refused(bearer, 400, 'Request_BadRequest', /on='principal'/, `${active}/filterByCurrentUser(on='approver')`);
});

test('requests come in pages over both of their kinds', async () => {
  const user = await person();
  await assign(user, securityReader);
  await graph.want(token, 201, 'POST', active, asking('adminAssign', user, globalReader));
  const bearer = await graph.userToken(user, ownScope);
  await graph.want(bearer, 201, 'POST', active, asking('selfActivate', user, securityReader, forHours(1)));
  const filter = `$filter=${encodeURIComponent(`principalId eq '${user.id}'`)}`;
  const seen: unknown[] = [];
  let path = `${active}?${filter}&$top=1&$select=action`;
  while (path !== '' && seen.length < 5) {
    const page = await graph.list(token, path);
    seen.push(...page.value.map(({ action }) => action));
    path = page['@odata.nextLink']?.slice(`${server.url}/v1.0`.length) ?? '';
  }
  assert.deepEqual(seen, ['selfActivate', 'adminAssign']);
});

test("another tenant's app sees and changes nothing", async () => {
  const user = await person();
  const made = await assign(user, securityReader);
  const theirs = await other.appToken();
  for (const [method, path, body] of [
    ['GET', `${eligible}/${made.id}`],
    ['POST', `${eligible}/${made.id}/cancel`, {}],
    ['POST', eligible, asking('adminAssign', user, globalReader)],
    ['GET', `/users/${user.id}`],
  ] as const) {
    assertGraphError(await other.call(theirs, method, path, body), 404, 'Request_ResourceNotFound', /./);
  }
  assert.deepEqual((await other.list(theirs, eligible)).value, []);
});

test('roles, people, the organisation and oneself can be read', async () => {
  const user = await person();
  const found = await graph.list(token, `${base}/roleDefinitions?$filter=displayName%20eq%20'Global%20Reader'`);
  assert.deepEqual(
    found.value.map((each) => each.id),
    [globalReader],
  );
  assert.equal((await graph.want(token, 200, 'GET', `${base}/roleDefinitions/${globalReader}`)).isBuiltIn, true);
  const filter = encodeURIComponent(`userPrincipalName eq '${user.userName}'`);
  assert.deepEqual(
    (await graph.list(token, `/users?$filter=${filter}`)).value.map(({ id }) => id),
    [user.id],
  );
  const me = await graph.want(
    await graph.userToken(user, ['User.Read']),
    200,
    'GET',
    '/me?$select=id,userPrincipalName',
  );
  assert.deepEqual([me.id, me.userPrincipalName], [user.id, user.userName]);
  await refused(token, 403, 'Authorization_RequestDenied', /apps that act as themselves/, '/me');
  await refused(
    await graph.userToken(user, ['Directory.Read.All']),
    403,
    'Authorization_RequestDenied',
    /Users\.read/,
    '/users',
  );
  const [organisation] = (await graph.list(token, '/organization')).value;
  assert.equal(organisation?.id, graph.story.tenant.id);
});

test('durations read as they are written; anything else is refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * 24 * 3600 }), (seconds) => {
      assert.equal(parseDuration(formatDuration(seconds * 1000), 'd'), seconds * 1000);
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^P[0-9TDHMS]{0,9}$/)), (text) => {
      try {
        assert.ok(parseDuration(text, 'd') >= 0);
      } catch (error) {
        assert.ok(error instanceof GraphProblem);
      }
    }),
  );
  assert.equal(parseDuration('P1DT2H3M4S', 'd'), 26 * hourMs + 3 * minuteMs + 4000);
});
