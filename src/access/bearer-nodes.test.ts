import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ctxOf } from '../../test/directory-ctx.ts';
import { makeTenant, makeUser } from '../../test/support/accounts.ts';
import { appToken, arrivalWith, makeStory } from '../../test/support/bearers.ts';
import { secondNode, type TestServices, testServices } from '../../test/support/services.ts';
import { testStoreKind } from '../../test/support/store.ts';
import { revokeAllGrants } from '../applications/grants.ts';
import { removeSecret } from '../applications/secrets.ts';
import type { Ctx } from '../context.ts';
import { Gate } from './gate.ts';
import { Refusal } from './refusal.ts';

let services: TestServices;
let operator: Ctx;
before(async () => {
  services = await testServices({ settings: { appRequestsPerMinute: 1_000_000 } });
  const tenant = await makeTenant(services, true);
  operator = ctxOf(services, tenant, await makeUser(services, tenant), ['Tenants.manage']);
});
after(() => services.dispose());

test('what another process withdraws or removes is obeyed within a second', {
  skip: testStoreKind === 'postgres' ? false : 'the embedded store belongs to one process',
}, async () => {
  const other = new Gate(await secondNode(services));
  const obeyed = async (token: string, act: () => Promise<unknown>): Promise<string> => {
    const ask = async () => await other.admitOn('defender', arrivalWith(`Bearer ${token}`));
    await ask();
    await ask();
    await act();
    const until = performance.now() + 1000;
    for (;;) {
      const asked = performance.now();
      const code = await ask().then(
        () => undefined,
        (error: unknown) => (error instanceof Refusal ? error.details.code : Promise.reject(error)),
      );
      if (code) return code;
      assert.ok(asked < until, 'still let in after a second');
      await sleep(5);
    }
  };
  const story = await makeStory(services);
  const token = await appToken(services, story);
  const removed = await obeyed(token, () => removeSecret(story.home, story.applicationId, story.secretId));
  assert.equal(removed, 'token-revoked');
  const second = await makeStory(services);
  const revoked = await obeyed(await appToken(services, second), () =>
    revokeAllGrants(second.admin, second.principalId),
  );
  assert.equal(revoked, 'consent-missing');
  const third = await makeStory(services);
  const withdrawn = await obeyed(await appToken(services, third), () =>
    services.signing.rotate(operator, { withdraw: true }),
  );
  assert.equal(withdrawn, 'invalid-token');
  await other.close();
});
