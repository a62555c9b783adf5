import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeOrigin, makeTenant, makeUser, newCorrelationId, signInInput } from '../../test/support/accounts.ts';
import { secondNode, type TestServices, testServices } from '../../test/support/services.ts';
import { testStoreKind } from '../../test/support/store.ts';
import { Refusal } from '../access/refusal.ts';
import type { Services } from '../context.ts';
import { secondMs } from '../lib/clock.ts';
import { hashesStarted } from './passwords.ts';
import { type SignInInput, signIn } from './sign-in.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

function attempt(input: SignInInput, origin = makeOrigin(), on: Services = services) {
  return signIn(on, origin, newCorrelationId(), input);
}

async function refusalOf(work: Promise<unknown>): Promise<Refusal['details']> {
  const error = await work.then(
    () => assert.fail('It was not refused.'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Refusal, String(error));
  return error.details;
}

test('an account locks after the allowed failures, for the right password too, and opens when the time is over', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const { signInFailuresMax, lockOutSeconds } = services.config;
  for (let round = 0; round < signInFailuresMax; round++) {
    assert.equal((await refusalOf(attempt(signInInput(user, { password: 'wrong' })))).code, 'sign-in-failed');
  }
  const before = hashesStarted();
  const locked = await refusalOf(attempt(signInInput(user)));
  assert.equal(locked.status, 429);
  assert.equal(locked.code, 'locked-out');
  assert.equal(locked.retryAfterSeconds, lockOutSeconds);
  assert.equal(hashesStarted(), before, 'a locked account is not even looked at');
  services.testClock.advance(lockOutSeconds * secondMs - 1);
  assert.equal((await refusalOf(attempt(signInInput(user)))).code, 'locked-out');
  services.testClock.advance(1);
  await attempt(signInInput(user));
});

test('accounts that do not exist lock with the same answer as those that do', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const answers = [];
  for (const userName of [user.userName, `nobody@${tenant.slug}.example`, 'nobody@nowhere.example']) {
    const input = signInInput({ userName }, { password: 'wrong' });
    for (let round = 0; round < services.config.signInFailuresMax; round++) await refusalOf(attempt(input));
    const { status, code, message, retryAfterSeconds } = await refusalOf(attempt(input));
    answers.push({ status, code, message, retryAfterSeconds });
  }
  assert.equal(answers[0]?.code, 'locked-out');
  assert.deepEqual(answers[1], answers[0]);
  assert.deepEqual(answers[2], answers[0]);
});

test('a success clears the count of its account, and failures do not add up over the lock-out time', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const wrong = signInInput(user, { password: 'wrong' });
  for (let round = 0; round < 3; round++) {
    for (let fail = 1; fail < services.config.signInFailuresMax; fail++) await refusalOf(attempt(wrong));
    await attempt(signInInput(user));
  }
  for (let fail = 1; fail < services.config.signInFailuresMax; fail++) await refusalOf(attempt(wrong));
  services.testClock.advance(services.config.lockOutSeconds * secondMs);
  for (let fail = 1; fail < services.config.signInFailuresMax; fail++) await refusalOf(attempt(wrong));
  await attempt(signInInput(user));
});

test('an address locks over all accounts, IPv6 by /64, and a success does not clear it', async () => {
  const small = { ...services, config: { ...services.config, signInFailuresPerAddressMax: 4 } };
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  for (const addresses of [
    ['192.0.2.7', '192.0.2.7', '192.0.2.8'],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:3::1'],
  ]) {
    const [first = '', second = '', elsewhere = ''] = addresses;
    const from = (address: string) => ({ address, userAgent: 'test' });
    for (let round = 0; round < 3; round++) {
      await refusalOf(attempt(signInInput({ userName: `nobody${round}@nowhere.example` }), from(first), small));
    }
    await attempt(signInInput(user), from(second), small);
    await refusalOf(attempt(signInInput({ userName: 'nobody9@nowhere.example' }), from(second), small));
    assert.equal((await refusalOf(attempt(signInInput(user), from(first), small))).code, 'locked-out');
    assert.equal((await refusalOf(attempt(signInInput(user), from(second), small))).code, 'locked-out');
    await attempt(signInInput(user), from(elsewhere), small);
  }
});

test('of fifty guesses at once no more than the allowed number is evaluated, in two processes too', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const nodes: Services[] = [services];
  if (testStoreKind === 'postgres') nodes.push(await secondNode(services));
  const before = hashesStarted();
  const codes = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const node = nodes[index % nodes.length] ?? services;
      return (await refusalOf(attempt(signInInput(user, { password: `guess ${index}` }), makeOrigin(), node))).code;
    }),
  );
  assert.equal(hashesStarted() - before, services.config.signInFailuresMax);
  assert.equal(codes.filter((code) => code === 'sign-in-failed').length, services.config.signInFailuresMax);
  assert.equal(codes.filter((code) => code === 'locked-out').length, 50 - services.config.signInFailuresMax);
});

test('failures are kept under keys that tell no name, and are forgotten', async () => {
  const tenant = await makeTenant(services);
  await refusalOf(attempt(signInInput({ userName: `somebody@${tenant.slug}.example` })));
  const rows = await services.store.db.selectFrom('signInFailures').selectAll().execute();
  assert.ok(rows.length > 0);
  assert.ok(rows.every((row) => /^[0-9a-f]{64}$/.test(row.key)));
  services.testClock.advance(3 * services.config.lockOutSeconds * secondMs);
  await refusalOf(attempt(signInInput({ userName: `somebody@${tenant.slug}.example` })));
  assert.equal((await services.store.db.selectFrom('signInFailures').selectAll().execute()).length, 2);
});
