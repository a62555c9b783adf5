import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTenant } from '../../test/support/accounts.ts';
import { testServices } from '../../test/support/services.ts';
import { noteChanges } from '../changes/changes.ts';
import { newId } from '../lib/ids.ts';
import { findPosition } from './deliveries-store.ts';
import { makeDeliveries } from './making.ts';
import { insertWebhook } from './webhooks-store.ts';

test('notes that nobody can ask for, such as those of policies, are passed over and hold nothing up', async (t) => {
  const services = await testServices();
  t.after(() => services.dispose());
  const { id: tenantId } = await makeTenant(services);
  const at = services.clock();
  await services.store.transaction((trx) =>
    insertWebhook(trx, tenantId, {
      tenantId,
      id: newId<string>(),
      name: 'hook',
      url: 'https://receiver.example/',
      events: JSON.stringify(['alert.created']),
      severityMin: null,
      secretSealed: '',
      previousSealed: null,
      previousUntil: null,
      isEnabled: 1,
      disabledReason: null,
      sinceNote: 0,
      createdAt: at,
      createdBy: newId(),
      lastSuccessAt: null,
      lastFailureAt: null,
      lastFailure: null,
      failingSince: null,
    }),
  );
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
