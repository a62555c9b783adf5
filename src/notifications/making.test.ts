import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTenant, makeUser } from '../../test/support/accounts.ts';
import { testServices } from '../../test/support/services.ts';
import { type Change, lastNote, noteChanges } from '../changes/changes.ts';
import type { Services } from '../context.ts';
import { newId, type TenantId, type UserId } from '../lib/ids.ts';
import { findPosition } from './deliveries-store.ts';
import { makeDeliveries } from './making.ts';
import { insertWebhook } from './webhooks-store.ts';

/** A tenant with an administrator, who answers for its webhooks. */
async function makeOwner(services: Services): Promise<Owner> {
  const tenant = await makeTenant(services);
  return { tenantId: tenant.id, userId: (await makeUser(services, tenant, { role: 'global-administrator' })).id };
}

interface Owner {
  readonly tenantId: TenantId;
  readonly userId: UserId;
}

async function addWebhook(services: Services, { tenantId, userId }: Owner, events: readonly string[]): Promise<string> {
  const id = newId<string>();
  await services.store.change(tenantId, async (trx) =>
    insertWebhook(trx, tenantId, {
      tenantId,
      id,
      name: `hook ${id}`,
      url: 'https://receiver.example/',
      events: JSON.stringify(events),
      severityMin: null,
      secretSealed: '',
      previousSealed: null,
      previousUntil: null,
      isEnabled: 1,
      disabledReason: null,
      sinceNote: await lastNote(trx, tenantId),
      createdAt: services.clock(),
      createdBy: userId,
      lastSuccessAt: null,
      lastFailureAt: null,
      lastFailure: null,
      failingSince: null,
    }),
  );
  return id;
}

const noteAlert = (services: Services, tenantId: TenantId, change: Change['change'], subjectId = 'ca01') =>
  services.store.change(tenantId, (trx) =>
    noteChanges(trx, tenantId, [{ subject: 'alert', subjectId, change, at: services.clock() }]),
  );

/** What waits, as "target type". */
async function waiting({ store }: Services, tenantId: TenantId): Promise<string[]> {
  const rows = await store.db.selectFrom('deliveries').selectAll().where('tenantId', '=', tenantId).execute();
  return rows.map(({ targetId, type }) => `${targetId} ${type}`).sort();
}

test('notes that nobody can ask for, such as those of policies, are passed over and hold nothing up', async (t) => {
  const services = await testServices();
  t.after(() => services.dispose());
  const owner = await makeOwner(services);
  const { tenantId } = owner;
  const at = services.clock();
  await addWebhook(services, owner, ['alert.created']);
  await services.store.change(tenantId, (trx) =>
    noteChanges(trx, tenantId, [
      { subject: 'policy', subjectId: '5a11de7ec71000000000a001', change: 'updated', at },
      { subject: 'alert', subjectId: 'ca01', change: 'created', at },
      { subject: 'policy', subjectId: '5a11de7ec71000000000a001', change: 'updated', at },
    ]),
  );
  assert.equal(await makeDeliveries(services, tenantId), 1);
  assert.equal(await findPosition(services.store.db, tenantId), 3);
  assert.equal(await makeDeliveries(services, tenantId), 0);
});

test('what is made and changed at once is one event, of the kind that its receiver asked for', async (t) => {
  const services = await testServices();
  t.after(() => services.dispose());
  const owner = await makeOwner(services);
  const { tenantId } = owner;
  const both = await addWebhook(services, owner, ['alert.created', 'alert.updated']);
  const created = await addWebhook(services, owner, ['alert.created']);
  const updated = await addWebhook(services, owner, ['alert.updated']);
  await noteAlert(services, tenantId, 'created');
  const late = await addWebhook(services, owner, ['alert.created']);
  for (let change = 0; change < 3; change++) await noteAlert(services, tenantId, 'updated');
  assert.equal(await makeDeliveries(services, tenantId), 3);
  assert.deepEqual(
    await waiting(services, tenantId),
    [`${both} alert.created`, `${created} alert.created`, `${updated} alert.updated`].sort(),
    `${late} was added behind the creation`,
  );
});

test('a webhook that is added while notes are read misses none that came after it', async (t) => {
  const services = await testServices();
  t.after(() => services.dispose());
  const owner = await makeOwner(services);
  const { tenantId } = owner;
  const first = await addWebhook(services, owner, ['alert.created']);
  await noteAlert(services, tenantId, 'created', 'before');
  let added: Promise<string> | undefined;
  const addAndNote = async (): Promise<string> => {
    const id = await addWebhook(services, owner, ['alert.created', 'alert.updated']);
    await noteAlert(services, tenantId, 'created', 'after');
    return id;
  };
  // As another process would, between the reading of who is to be told and the reading of what there is to tell.
  const db = services.store.db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (!added && result.rows.some((row) => row.sinceNote !== undefined)) added = addAndNote();
      await added;
      return result;
    },
  });
  await makeDeliveries({ ...services, store: { ...services.store, db } }, tenantId);
  const second = await added;
  assert.deepEqual(
    await waiting(services, tenantId),
    [`${first} alert.created`, `${first} alert.created`, `${second} alert.created`].sort(),
  );
});
