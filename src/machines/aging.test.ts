import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeTenant } from '../../test/support/accounts.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import type { Tenant } from '../directory/tenants.ts';
import { dayMs, hourMs } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import type { ActionStatus } from './actions.ts';
import { type ActionRow, findAction, insertAction } from './actions-store.ts';
import { ageActions } from './aging.ts';

describe('machine actions in the course of time', () => {
  let services: TestServices;
  before(async () => {
    services = await testServices();
  });
  after(async () => await services.dispose());

  async function add({ id: tenantId }: Tenant, status: ActionStatus): Promise<string> {
    const id = newId<string>();
    const now = ticksOfMs(services.clock());
    const row: ActionRow = {
      tenantId,
      id,
      type: 'Isolate',
      scope: 'Full',
      status,
      machineId: 'machine-0001',
      computerDnsName: null,
      requestor: 'soc@contoso.example',
      requestorComment: 'Case 7',
      requestSource: 'PublicApi',
      createdTicks: now,
      updatedTicks: now,
      cancellationRequestor: null,
      cancellationComment: null,
      cancelledTicks: null,
      externalId: null,
      resultComment: null,
      reportHash: id,
      reportSealed: '',
    };
    await services.store.transaction((trx) => insertAction(trx, row));
    return id;
  }

  const statusOf = async ({ id: tenantId }: Tenant, id: string) =>
    (await findAction(services.store.db, tenantId, id))?.status;

  test('one that nobody carried out in time has timed out, webhooks and audit are told once, and ends stay as they are', async () => {
    const tenants = [await makeTenant(services), await makeTenant(services)];
    const [tenant, other] = tenants as [Tenant, Tenant]; // Made above.
    const late = [await add(tenant, 'Pending'), await add(tenant, 'InProgress')];
    const foreign = await add(other, 'Pending');
    const ended = await add(tenant, 'Succeeded');
    services.testClock.advance(services.config.machineActionHours * hourMs - 1);
    const young = await add(tenant, 'Pending');
    await ageActions(services);
    assert.equal(await statusOf(tenant, late[0] ?? ''), 'Pending');
    services.testClock.advance(2);
    await ageActions(services);
    await ageActions(services);
    for (const id of late) assert.equal(await statusOf(tenant, id), 'TimeOut');
    assert.equal(await statusOf(other, foreign), 'TimeOut');
    assert.deepEqual([await statusOf(tenant, young), await statusOf(tenant, ended)], ['Pending', 'Succeeded']);
    const notes = await services.store.db
      .selectFrom('changeNotes')
      .select(['subjectId', 'subject'])
      .where('tenantId', '=', tenant.id)
      .execute();
    assert.deepEqual(notes.map(({ subjectId }) => subjectId).sort(), late.toSorted());
    const audits = await services.store.db
      .selectFrom('auditRecords')
      .select('action')
      .where('tenantId', '=', tenant.id)
      .where('action', '=', 'machine-action.time-out')
      .execute();
    assert.equal(audits.length, 2);
  });

  test('one that ended 180 days ago is removed, one that did later is not', async () => {
    const tenant = await makeTenant(services);
    const old = await add(tenant, 'Failed');
    services.testClock.advance(dayMs);
    const later = await add(tenant, 'Cancelled');
    services.testClock.advance(179 * dayMs + 1);
    await ageActions(services);
    assert.deepEqual([await statusOf(tenant, old), await statusOf(tenant, later)], [undefined, 'Cancelled']);
  });
});
