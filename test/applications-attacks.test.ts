// Attacks on applications through the management API: owners who undo what an administrator did, members who use up what
// belongs to all, tenants that look at each other's applications, certificates that cost or prove nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { parseCertificate } from '../src/applications/certificates.ts';
import { findPrincipals, getDirectoryPrincipal } from '../src/applications/directory-lists.ts';
import { findApi } from '../src/applications/lookup.ts';
import { getServicePrincipal } from '../src/applications/service-principals.ts';
import { InvalidInput } from '../src/lib/failures.ts';
import { type App, Applications, type Principal } from './applications-calls.ts';
import { ctxOf } from './directory-ctx.ts';
import { type Person, startTestServer } from './support/server.ts';

let apps: Applications;
before(async () => {
  const settings = {
    applicationsPerMemberMax: 3,
    sessionRequestsPerMinute: 1_000_000,
    permissionsPerApplicationMax: 100,
  };
  apps = new Applications(await startTestServer({ settings }));
});
after(() => apps.server.dispose());

test('what an administrator disabled or deleted, its owner does not bring back', async () => {
  const tenant = await apps.tenant();
  const admin = await apps.person(tenant, 'application-administrator');
  const member = await apps.person(tenant);
  const { id } = await apps.register(member);
  const path = `/applications/${id}`;
  await apps.want(admin, 200, 'POST', `${path}/disable`);
  await apps.want(member, 403, 'POST', `${path}/enable`);
  assert.equal((await apps.want<App>(member, 200, 'GET', path)).status, 'disabled');
  await apps.want(admin, 204, 'DELETE', path);
  await apps.want(member, 403, 'POST', `${path}/restore`);
  await apps.want(admin, 200, 'POST', `${path}/restore`);
  await apps.want(admin, 200, 'POST', `${path}/enable`);
  // Stopping it is the owner's too.
  await apps.want(member, 200, 'POST', `${path}/disable`);
  await apps.want(member, 204, 'DELETE', path);
});

test("a member who deletes what he registered does not use up the tenant's share", async () => {
  const tenant = await apps.tenant();
  const member = await apps.person(tenant);
  for (let made = 0; made < 3; made++) {
    const { id } = await apps.register(member);
    await apps.want(member, 204, 'DELETE', `/applications/${id}`);
  }
  await apps.want(member, 409, 'POST', '/applications', { displayName: 'One more' });
});

test("another tenant's own application is absent to who asks for consent, whatever it asks for", async () => {
  const member = await apps.person(await apps.tenant());
  const publisher = await apps.person(await apps.tenant(), 'application-administrator');
  const empty = await apps.register(publisher);
  const asking = await apps.register(publisher, {
    requiredAccess: [{ resource: 'Microsoft Graph', roles: ['User.Read.All'] }],
  });
  const nobody = '11111111-2222-3333-4444-555555555555';
  for (const appId of [empty.appId, asking.appId, nobody]) {
    const answers = [
      await apps.call(member, 'POST', '/consent-requests', { appId, reason: 'please' }),
      await apps.call(member, 'GET', `/consent-questions/${appId}`),
      await apps.call(member, 'POST', '/service-principals', { appId, all: true }),
      await apps.call(member, 'POST', '/service-principals', { appId, permissions: [] }),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404, 404, 404],
      appId,
    );
  }
});

test('an application that its tenant keeps to itself again tells others nothing new', async () => {
  const { services } = apps.server;
  const publisher = await apps.person(await apps.tenant(), 'application-administrator');
  const customer = await apps.person(await apps.tenant(), 'global-administrator');
  const app = await apps.registerForAll(publisher);
  await apps.consent(customer, app.appId);
  const ctx = ctxOf(services, customer.tenant, customer.user, ['Applications.read']);
  const domain = `${publisher.tenant.slug}.example`;
  const change = { displayName: 'Merger with Fabrikam', identifierUris: [`https://${domain}/merger`] };
  const scope = {
    id: crypto.randomUUID(),
    value: 'Merge',
    displayName: 'Merge',
    description: 'Merge',
    isEnabled: true,
  };
  const exposedScopes = [{ ...scope, adminOnly: false }];
  const found = async () => ({
    view: (await getServicePrincipal(ctx, app.appId)).displayName,
    name: (await getDirectoryPrincipal(ctx, app.appId)).displayName,
    scopes: (await getDirectoryPrincipal(ctx, app.appId)).api.scopes.length,
    byName: (
      await findPrincipals(ctx, { kind: 'startsWith', property: 'displayName', text: 'Merger' }, { skip: 0, limit: 5 })
    ).total,
    added: (await getServicePrincipal(ctx, app.appId)).changedSince.added.length,
    api: (await findApi(services, customer.tenant.id, `https://${domain}/merger`)) !== undefined,
  });
  const path = `/applications/${app.id}`;
  const requiredAccess = [{ resource: 'Microsoft Graph', roles: ['User.Read.All'] }];
  await apps.want(publisher, 200, 'PATCH', path, { signInAudience: 'AzureADMyOrg' });
  await apps.want(publisher, 200, 'PATCH', path, { ...change, exposedScopes, requiredAccess });
  const nothing = { view: 'Reporter', name: 'Reporter', scopes: 0, byName: 0, added: 0, api: false };
  assert.deepEqual(await found(), nothing);
  await apps.want(publisher, 200, 'PATCH', path, { signInAudience: 'AzureADMultipleOrgs' });
  const all = { view: 'Merger with Fabrikam', name: 'Merger with Fabrikam', scopes: 1, byName: 1, added: 1, api: true };
  assert.deepEqual(await found(), all);
  await apps.want(publisher, 204, 'DELETE', path);
  assert.deepEqual({ ...(await found()), view: '', name: '' }, { ...nothing, view: '', name: '' });
});

test('permissions that are added one by one are bounded as those that are set', async () => {
  const tenant = await apps.tenant();
  const admin = await apps.person(tenant, 'application-administrator');
  const role = () => ({
    id: crypto.randomUUID(),
    value: 'Do',
    displayName: 'Do',
    description: 'Do',
    isEnabled: true,
  });
  const asking = await apps.register(admin);
  const path = `/applications/${asking.id}/permissions`;
  for (let made = 0; made <= 50; made++) {
    const { appId } = await apps.register(admin, { appRoles: [role()] });
    await apps.want(admin, made < 50 ? 200 : 400, 'POST', path, { resource: appId, roles: ['Do'] });
  }
});

test('of many secrets asked for at one time as many are made as the limit allows, each value in one answer', async () => {
  const tenant = await apps.tenant();
  const admin = await apps.person(tenant, 'application-administrator');
  const { id } = await apps.register(admin);
  const { secretsPerApplicationMax: max } = apps.server.services.config;
  const answers = await Promise.all(
    Array.from({ length: max + 5 }, () => apps.call(admin, 'POST', `/applications/${id}/secrets`, {})),
  );
  assert.equal(answers.filter(({ status }) => status === 201).length, max);
  assert.ok(answers.every(({ status }) => status === 201 || status === 409));
  const view = await apps.call(admin, 'GET', `/applications/${id}`);
  for (const each of answers.filter(({ status }) => status === 201)) {
    assert.ok(!view.text.includes(String(each.json().value)), 'a value is in one answer only');
  }
});

test('the audit does not keep every long text that an owner writes', async () => {
  const tenant = await apps.tenant();
  const admin = await apps.person(tenant, 'global-administrator');
  const member = await apps.person(tenant);
  const { id } = await apps.register(member);
  const texts = { displayName: 'Do', description: 'x'.repeat(1024), isEnabled: true };
  const appRoles = Array.from({ length: 90 }, (_, index) => ({
    id: crypto.randomUUID(),
    value: `Do.${index}`,
    ...texts,
  }));
  await apps.want(member, 200, 'PATCH', `/applications/${id}`, { appRoles });
  const [line] = await apps.audit(admin, 'application.change');
  assert.ok(line);
  assert.ok(JSON.stringify(line).length < 5000);
  assert.match(JSON.stringify(line.details.after), /"characters":\d{5,},"sha256":"[0-9a-f]{64}"/);
});

test('consent and its revocation at one time leave all or nothing granted', async () => {
  const publisher = await apps.person(await apps.tenant(), 'application-administrator');
  const customer = await apps.person(await apps.tenant(), 'global-administrator');
  const app = await apps.registerForAll(publisher);
  const { id } = await apps.consent(customer, app.appId);
  for (let round = 0; round < 10; round++) {
    const both = [
      apps.call(customer, 'POST', '/service-principals', { appId: app.appId, all: true }),
      apps.call(customer, 'DELETE', `/service-principals/${id}/grants`),
    ];
    for (const { status } of await Promise.all(round % 2 ? both : both.reverse())) assert.ok(status < 300);
    const { grants, consentedBy } = await apps.want<Principal>(customer, 200, 'GET', `/service-principals/${id}`);
    assert.ok(grants.applications.length <= 1 && consentedBy !== null);
  }
});

test('a stranger to the role decides no request, changes no setting and reads no key', async () => {
  const tenant = await apps.tenant();
  const people: Person[] = [];
  for (const role of [undefined, 'security-reader', 'cloud-app-security-administrator']) {
    people.push(await apps.person(tenant, role));
  }
  const publisher = await apps.person(await apps.tenant(), 'application-administrator');
  const app = await apps.registerForAll(publisher);
  const asker = await apps.person(tenant);
  const { id } = await apps.want<{ id: string }>(asker, 201, 'POST', '/consent-requests', {
    appId: app.appId,
    reason: 'please',
  });
  for (const person of people) {
    await apps.want(person, 403, 'POST', `/consent-requests/${id}/grant`);
    await apps.want(person, 403, 'POST', `/consent-requests/${id}/decline`);
    await apps.want(person, 403, 'PATCH', '/tenant-settings', { userConsent: 'none' });
    await apps.want(person, 403, 'GET', '/signing-keys');
    await apps.want(person, 403, 'POST', '/signing-keys', { withdraw: true });
  }
  const foreign = await apps.person(await apps.tenant(), 'global-administrator');
  await apps.want(foreign, 404, 'POST', `/consent-requests/${id}/grant`);
  await apps.want(foreign, 403, 'POST', '/signing-keys', { withdraw: true });
  // An administrator of applications, not of Graph's permissions.
  const lesser = await apps.person(tenant, 'application-administrator');
  const graph = await apps.registerForAll(publisher, [{ resource: 'Microsoft Graph', roles: ['User.Read.All'] }]);
  await apps.want(lesser, 403, 'POST', '/service-principals', { appId: graph.appId, all: true });
});

test('whatever comes to the calls of applications is answered, and never with a fault of ours', async () => {
  const tenant = await apps.tenant();
  const boss = await apps.person(tenant, 'global-administrator');
  const app = await apps.register(boss);
  const { id } = await apps.consent(boss, app.appId);
  const names = fc.constantFrom(
    ...'__proto__ constructor displayName description redirectUris web spa requiredAccess resource roles scopes'.split(
      ' ',
    ),
    ...'exposedScopes appRoles id value isEnabled adminOnly identifierUris logoutUrl expiresAt months'.split(' '),
    ...'certificate appId all permissions reason requiresAssignment membersMayRegister userConsent'.split(' '),
  );
  const odd = ['\ud800', '\u202e', '\uffff', 'a\u0000b', '9'.repeat(400), '', 'Microsoft Graph', app.appId, 'none'];
  const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...odd));
  const leaf = fc.oneof(texts, fc.double(), fc.boolean(), fc.constant(null));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(names, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const body = fc.dictionary(names, tree, { maxKeys: 5, noNullPrototype: true });
  const part = fc.oneof(
    fc.constantFrom(app.id, app.appId, id, boss.user.id, boss.user.userName, '%00', '%ff', '..', "'", '*'),
    texts.map((text) => encodeURIComponent(text.toWellFormed()) || '-'),
  );
  const call = fc.oneof(
    fc.tuple(fc.constantFrom('POST', 'PATCH', 'PUT', 'DELETE', 'GET'), part, fc.constantFrom('', '/permissions')),
    fc.tuple(
      fc.constantFrom('POST', 'PUT', 'DELETE'),
      fc.constant(app.id),
      fc.constantFrom('/secrets', '/certificates'),
    ),
  );
  const answered = async (method: string, path: string, given?: unknown) => {
    const answer = await apps.call(boss, method, path, given);
    assert.ok(answer.status < 500, `${method} ${path} ${JSON.stringify(given)}: ${answer.text}`);
  };
  await fc.assert(
    fc.asyncProperty(call, part, body, async ([method, ref, rest], other, given) => {
      await answered(method, `/applications/${ref}${rest}`, method === 'GET' ? undefined : given);
      await answered('DELETE', `/applications/${app.id}/secrets/${other}`);
      await answered('DELETE', `/applications/${app.id}/certificates/${other}`);
      await answered('PUT', `/applications/${app.id}/owners/${other}`);
      await answered('DELETE', `/service-principals/${id}/grants/${other}`);
      await answered('GET', `/consent-questions/${other}`);
      await answered('POST', `/consent-requests/${other}/grant`);
      await answered('GET', `/service-principals?search=${other}`);
      await answered('POST', '/service-principals', given);
      await answered('POST', '/consent-requests', given);
    }),
    { numRuns: 60 },
  );
});

test('a certificate whose key costs or proves too much is not taken', () => {
  assert.ok(parseCertificate(certificateOf(2048, [1, 0, 1])).der);
  for (const [bits, exponent] of [
    [1024, [1, 0, 1]],
    [16_384, [1, 0, 1]],
    [2048, [1]],
    [3072, Array.from({ length: 380 }, () => 0x7f)],
  ] as const) {
    assert.throws(() => parseCertificate(certificateOf(bits, exponent)), InvalidInput, `${bits} bits`);
  }
});

/** X.690 section 8.1: tag, length, content. */
function der(tag: number, ...parts: readonly (Buffer | readonly number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const digits = content.length.toString(16);
  const length = Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex');
  const head = content.length < 0x80 ? [content.length] : [0x80 | length.length, ...length];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

/** A certificate with a key that nobody has, signed by nobody: only its form is looked at. */
function certificateOf(bits: number, exponent: readonly number[]): string {
  const modulus = Buffer.alloc(bits / 8, 0xff);
  const oid = (last: number) => der(6, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, last]);
  const key = der(0x30, der(2, [0], modulus), der(2, exponent));
  const keyInfo = der(0x30, der(0x30, oid(1), der(5)), der(3, [0], key));
  const name = der(0x30, der(0x31, der(0x30, der(6, [0x55, 4, 3]), der(12, Buffer.from('nobody')))));
  const time = (year: number) => der(24, Buffer.from(`${year}0101000000Z`));
  const algorithm = der(0x30, oid(11), der(5));
  const version = der(0xa0, der(2, [2]));
  const body = der(0x30, version, der(2, [1]), algorithm, name, der(0x30, time(2020), time(2090)), name, keyInfo);
  return der(0x30, body, algorithm, der(3, [0], Buffer.alloc(256))).toString('base64');
}
