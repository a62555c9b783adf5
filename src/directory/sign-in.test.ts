import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  makeOrigin,
  makeTenant,
  makeUser,
  newCorrelationId,
  signInInput,
  testPassword,
} from '../../test/support/accounts.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import { Refusal } from '../access/refusal.ts';
import { verifyChain } from '../audit/audit.ts';
import { minuteMs, secondMs } from '../lib/clock.ts';
import { InvalidInput } from '../lib/failures.ts';
import { findCredentials, replaceRecoveryCodes, updateCredentials } from './credentials-store.ts';
import { hashesStarted, isWeakHash } from './passwords.ts';
import { mintRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';
import { codeOfStep, mintSecondFactorSecret, sealSecondFactor, stepAt } from './second-factor.ts';
import { claimProof, findProof } from './second-factor-check.ts';
import { beginSession, findSession } from './sessions.ts';
import { type SignInInput, signIn } from './sign-in.ts';
import type { Tenant } from './tenants.ts';
import { findUserById, type UserRow, updateUser } from './users-store.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

function attempt(input: SignInInput) {
  return signIn(services, makeOrigin(), newCorrelationId(), input);
}

async function refusalOf(work: Promise<unknown>): Promise<Refusal['details']> {
  const error = await work.then(
    () => assert.fail('It was not refused.'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Refusal, String(error));
  return error.details;
}

async function enrol(user: UserRow): Promise<string> {
  const secret = mintSecondFactorSecret();
  await services.store.change(user.tenantId, (trx) =>
    updateCredentials(trx, user.tenantId, user.id, {
      secondFactorSecret: sealSecondFactor(services.keys, user.id, secret),
      secondFactorConfirmedAt: services.clock(),
    }),
  );
  return secret;
}

const presentCode = (secret: string) => codeOfStep(secret, stepAt(services.clock()));

async function setTenantStatus(tenant: Tenant, status: 'enabled' | 'disabled' | 'deleted') {
  await services.store.change(tenant.id, async (trx) => {
    await trx.updateTable('tenants').set({ status }).where('id', '=', tenant.id).execute();
  });
}

test('a right password begins a session that its value finds again, and the audit tells it', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const { session, value } = await attempt(signInInput(user));
  assert.match(value, /^slpcs[0-9A-Za-z]{64}$/);
  const found = await findSession(services, value);
  assert.equal(found?.session.id, session.id);
  assert.equal(found?.user.id, user.id);
  assert.equal(found?.tenant.slug, tenant.slug);
  const row = await findUserById(services.store.db, tenant.id, user.id);
  assert.equal(row?.lastSignInAt, services.clock());
  const records = await services.store.db
    .selectFrom('auditRecords')
    .select(['action', 'body'])
    .where('tenantId', '=', tenant.id)
    .execute();
  assert.deepEqual(
    records.map((each) => each.action),
    ['session.create'],
  );
  assert.ok(!records.some((each) => each.body.includes(value) || each.body.includes(session.hash)));
  assert.equal((await verifyChain(services, tenant.id, null)).intact, true);
});

test('the value of a session is nowhere in the store', async () => {
  const tenant = await makeTenant(services);
  const { value, session } = await attempt(signInInput(await makeUser(services, tenant), { client: 'portal' }));
  const row = await services.store.db
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', session.id)
    .executeTakeFirst();
  assert.ok(row && !JSON.stringify(row).includes(value));
});

test('the tenant comes from its slug, its id, its domain, the host or the user name', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  for (const named of [
    {},
    { tenant: tenant.slug },
    { tenant: tenant.id },
    { tenant: `${tenant.slug}.example` },
    { hostTenantId: tenant.id },
    { hostTenantId: tenant.id, tenant: tenant.slug },
    { userName: ` ${user.userName.toUpperCase()} ` },
  ]) {
    assert.equal((await attempt(signInInput(user, named))).tenant.id, tenant.id);
  }
});

test("nobody signs in through another tenant's host or name", async () => {
  const tenant = await makeTenant(services);
  const other = await makeTenant(services);
  const user = await makeUser(services, tenant);
  for (const named of [
    { hostTenantId: other.id },
    { tenant: other.slug },
    { hostTenantId: other.id, tenant: tenant.slug },
    { tenant: 'no-such-tenant' },
    { tenant: '\u0000' },
  ]) {
    assert.equal((await refusalOf(attempt(signInInput(user, named)))).code, 'sign-in-failed');
  }
});

test('wrong password, unknown account, disabled account and disabled tenant are the same answer after the same work', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const disabled = await makeUser(services, tenant);
  const deleted = await makeUser(services, tenant);
  const closedTenant = await makeTenant(services);
  const inClosedTenant = await makeUser(services, closedTenant);
  await setTenantStatus(closedTenant, 'disabled');
  await services.store.change(tenant.id, async (trx) => {
    await updateUser(trx, tenant.id, disabled.id, { status: 'disabled' });
    await updateUser(trx, tenant.id, deleted.id, { status: 'deleted' });
  });
  const answers = [];
  for (const input of [
    signInInput(user, { password: 'not this password' }),
    signInInput({ userName: `nobody@${tenant.slug}.example` }),
    signInInput({ userName: `\u0000\ud800@${tenant.slug}.example` }, { tenant: tenant.slug }),
    signInInput({ userName: 'nobody@nowhere.example' }),
    signInInput(disabled),
    signInInput(deleted),
    signInInput(inClosedTenant),
  ]) {
    const before = hashesStarted();
    const { status, code, message, userId, target, retryAfterSeconds } = await refusalOf(attempt(input));
    answers.push({ status, code, message, userId, target, retryAfterSeconds, work: hashesStarted() - before });
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  assert.equal(answers[0]?.status, 401);
  assert.equal(answers[0]?.work, 1);
});

test('the second factor is asked for after a right password only, and its absence is no failure', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const secret = await enrol(user);
  assert.equal((await refusalOf(attempt(signInInput(user, { password: 'wrong' })))).code, 'sign-in-failed');
  for (let round = 0; round < 2 * services.config.signInFailuresMax; round++) {
    const refusal = await refusalOf(attempt(signInInput(user)));
    assert.equal(refusal.code, 'second-factor-required');
    assert.equal(refusal.status, 401);
  }
  const { session } = await attempt(signInInput(user, { code: presentCode(secret) }));
  assert.equal(session.secondFactorAt, services.clock());
});

test('a right password does not clear the count of wrong codes', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const secret = await enrol(user);
  for (let round = 0; round < services.config.signInFailuresMax; round++) {
    const wrong = presentCode(secret) === '000000' ? '111111' : '000000';
    assert.equal((await refusalOf(attempt(signInInput(user, { code: wrong })))).code, 'sign-in-failed');
    if (round < services.config.signInFailuresMax - 1) await refusalOf(attempt(signInInput(user)));
  }
  assert.equal((await refusalOf(attempt(signInInput(user, { code: presentCode(secret) })))).code, 'locked-out');
});

test('a code works once, also when it is sent many times at the same moment', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const secret = await enrol(user);
  const code = presentCode(secret);
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => attempt(signInInput(user, { code }))));
  assert.equal(results.filter((each) => each.status === 'fulfilled').length, 1);
  assert.equal((await refusalOf(attempt(signInInput(user, { code })))).code, 'sign-in-failed');
  services.testClock.advance(30 * secondMs);
  await attempt(signInInput(user, { code: presentCode(secret) }));
});

test('a recovery code stands in for the app, once, also at the same moment', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  await enrol(user);
  const codes = mintRecoveryCodes();
  const hashes = codes.flatMap((each) => recoveryCodeHash(each) ?? []);
  await services.store.change(tenant.id, (trx) => replaceRecoveryCodes(trx, tenant.id, user.id, hashes));
  const [first = '', second = ''] = codes;
  const results = await Promise.allSettled(
    Array.from({ length: 4 }, () => attempt(signInInput(user, { recoveryCode: first.toUpperCase() }))),
  );
  assert.equal(results.filter((each) => each.status === 'fulfilled').length, 1);
  assert.equal((await refusalOf(attempt(signInInput(user, { recoveryCode: first })))).code, 'sign-in-failed');
  await attempt(signInInput(user, { recoveryCode: second }));
});

test('a proof that two requests found at the same moment is claimed by one of them', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const secret = await enrol(user);
  const [recoveryCode = ''] = mintRecoveryCodes();
  const hash = recoveryCodeHash(recoveryCode) ?? '';
  await services.store.change(tenant.id, (trx) => replaceRecoveryCodes(trx, tenant.id, user.id, [hash]));
  const credentials = await findCredentials(services.store.db, tenant.id, user.id);
  assert.ok(credentials);
  for (const given of [{ code: presentCode(secret) }, { recoveryCode }]) {
    const proof = await findProof(services, services.store.db, credentials, given);
    assert.ok(proof);
    const claim = (): Promise<boolean> =>
      services.store.transaction((trx) => claimProof(trx, credentials, proof, services.clock()));
    assert.deepEqual((await Promise.all([claim(), claim(), claim()])).sort(), [false, false, true]);
  }
});

test("another person's recovery code is refused", async () => {
  const tenant = await makeTenant(services);
  const [user, other] = [await makeUser(services, tenant), await makeUser(services, tenant)];
  await enrol(user);
  await enrol(other);
  const [code = ''] = mintRecoveryCodes();
  const hash = recoveryCodeHash(code);
  await services.store.change(tenant.id, (trx) => replaceRecoveryCodes(trx, tenant.id, other.id, hash ? [hash] : []));
  assert.equal((await refusalOf(attempt(signInInput(user, { recoveryCode: code })))).code, 'sign-in-failed');
  await attempt(signInInput(other, { recoveryCode: code }));
});

test('a one-time password gives no session until a new one is chosen, and the code survives the question', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant, { mustChangePassword: true });
  const code = presentCode(await enrol(user));
  const demanded = await refusalOf(attempt(signInInput(user, { code })));
  assert.equal(demanded.status, 403);
  assert.equal(demanded.code, 'password-change-required');
  for (const newPassword of ['short', testPassword, 'password123456']) {
    await assert.rejects(
      attempt(signInInput(user, { code, newPassword })),
      (error) => error instanceof InvalidInput && error.field === 'newPassword',
    );
  }
  const newPassword = 'a new and longer phrase';
  await attempt(signInInput(user, { code, newPassword }));
  services.testClock.advance(minuteMs);
  assert.equal((await refusalOf(attempt(signInInput(user)))).code, 'sign-in-failed');
  assert.equal((await refusalOf(attempt(signInInput(user, { password: newPassword })))).code, 'second-factor-required');
});

test('a weak hash is renewed at the next sign-in', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const nonce = Buffer.from('0123456789abcdef');
  const options = { message: testPassword, nonce, parallelism: 1, tagLength: 32, memory: 1024, passes: 1 };
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const passwordHash = `$argon2id$v=19$m=1024,t=1,p=1$${text(nonce)}$${text(argon2Sync('argon2id', options))}`;
  await services.store.change(tenant.id, (trx) => updateCredentials(trx, tenant.id, user.id, { passwordHash }));
  await attempt(signInInput(user));
  const row = await findUserById(services.store.db, tenant.id, user.id);
  assert.equal(isWeakHash(row?.passwordHash ?? ''), false);
  await attempt(signInInput(user));
});

test('an account without a password lets nobody in', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  await services.store.change(tenant.id, (trx) => updateCredentials(trx, tenant.id, user.id, { passwordHash: null }));
  for (const password of [testPassword, 'null', ' ']) {
    assert.equal((await refusalOf(attempt(signInInput(user, { password })))).code, 'sign-in-failed');
  }
});

test('a person has at most fifty sessions; the one unused longest gives way', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const values: string[] = [];
  for (let round = 0; round < 52; round++) {
    services.testClock.advance(1);
    const wanted = {
      tenantId: tenant.id,
      userId: user.id,
      client: 'cli' as const,
      origin: makeOrigin(),
      secondFactorAt: null,
    };
    values.push((await services.store.change(tenant.id, (trx) => beginSession(services, trx, wanted))).value);
  }
  const ended = await Promise.all(
    values.map(async (each) => (await findSession(services, each))?.session.endedAt ?? null),
  );
  assert.equal(ended.filter((each) => each === null).length, 50);
  assert.ok(ended[0] !== null && ended[1] !== null);
});
