import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { makeTenant } from '../../../test/support/accounts.ts';
import { address, sampleDraft, user } from '../../../test/support/drafts.ts';
import { huntedRows } from '../../../test/support/hunting.ts';
import { ctxOf } from '../../../test/support/ingestion.ts';
import { type TestServices, testServices } from '../../../test/support/services.ts';
import type { AlertDraft } from '../../alerts/alert.ts';
import type { Ctx } from '../../context.ts';
import type { EventStore } from '../../events/events.ts';
import { changeAlerts } from '../../incidents/alert-changes.ts';
import { changeIncident } from '../../incidents/incident-changes.ts';
import { raiseAlerts } from '../../incidents/raise.ts';
import { mergeIncidents } from '../../incidents/regrouping.ts';
import { pruneClosed } from '../../incidents/retention.ts';
import { dayMs } from '../../lib/clock.ts';
import { startProjecting } from './projecting.ts';

const write = 'Incident.ReadWrite.All';

async function begin(t: TestContext): Promise<TestServices> {
  const services = await testServices();
  t.after(() => services.dispose());
  return services;
}

const freshCtx = async (services: TestServices): Promise<Ctx> =>
  ctxOf(services, await makeTenant(services), [write, 'Alerts.manage', 'Incident.Read.All']);

async function raise({ caller: { tenantId }, ...services }: Ctx, ...drafts: AlertDraft[]): Promise<number> {
  const [first] = await raiseAlerts(services, tenantId, drafts);
  return first?.incidentId ?? 0;
}

/** One start of the projection, until everything is in the tables. */
async function project(services: TestServices, events: EventStore = services.events): Promise<void> {
  const projecting = startProjecting({ ...services, events });
  try {
    await projecting.settled();
  } finally {
    await projecting.stop();
  }
}

const rows = (services: TestServices, { caller }: Ctx, query: string) => huntedRows(services, caller.tenantId, query);

test('an alert is hunted under the names that people know, with what it is about and its incident', async (t) => {
  const services = await begin(t);
  const ctx = await freshCtx(services);
  const devices = [{ mdatpDeviceId: 'd1', deviceDnsName: 'pc1.contoso.example', tags: [] }];
  const file = { entityType: 'File', fileName: 'a.exe', filePath: 'C:\\Temp', sha1: 'aa', fileSize: 7, deviceId: 'd1' };
  const app = { entityType: 'CloudApplication', appId: 20892, appName: 'SharePoint', evidenceRole: 'Related' };
  const entities = [user('ada@contoso.example'), address('192.0.2.7'), file, app];
  const number = await raise(ctx, sampleDraft('ca1', entities, { devices, activityIds: ['a1', 'a2'] }));
  await project(services);
  assert.deepEqual(
    await rows(
      services,
      ctx,
      `AlertInfo | project AlertId, Title, Category, Severity, ServiceSource, DetectionSource, AttackTechniques,
         tolong(AdditionalFields.IncidentId), tostring(AdditionalFields.Status), array_length(AdditionalFields.ActivityIds)`,
    ),
    [
      [
        'ca1',
        'Mass download',
        'Exfiltration',
        'Medium',
        'Microsoft Defender for Cloud Apps',
        'Microsoft Defender for Cloud Apps',
        '["T1530"]',
        BigInt(number),
        'New',
        2n,
      ],
    ],
  );
  const evidence = `AlertEvidence | project EntityType, EvidenceRole, AccountUpn, RemoteIP, FileName, FolderPath, SHA1, FileSize,
    DeviceId, DeviceName, Application, ApplicationId | sort by EntityType asc`;
  assert.deepEqual(await rows(services, ctx, evidence), [
    ['CloudApplication', 'Related', '', '', '', '', '', null, '', '', 'SharePoint', 20892],
    ['File', '', '', '', 'a.exe', 'C:\\Temp', 'aa', 7n, 'd1', '', '', null],
    ['Ip', '', '', '192.0.2.7', '', '', '', null, '', '', '', null],
    ['Machine', '', '', '', '', '', '', null, 'd1', 'pc1.contoso.example', '', null],
    ['User', '', 'ada@contoso.example', '', '', '', '', null, '', '', '', null],
  ]);
  assert.deepEqual(
    await rows(services, ctx, 'IncidentInfo | project IncidentId, Status, Severity, AlertCount, tostring(AlertIds)'),
    [[BigInt(number), 'Active', 'Medium', 1, '["ca1"]']],
  );
});

test('a change of an alert or an incident takes the place of what was there', async (t) => {
  const services = await begin(t);
  const ctx = await freshCtx(services);
  const number = await raise(ctx, sampleDraft('ca1', [user('ada@contoso.example')]));
  const projecting = startProjecting(services);
  t.after(() => projecting.stop());
  await projecting.settled();
  await changeAlerts(ctx, 'Alerts.manage', { alertIds: ['ca1'] }, () => ({ status: 'inProgress' }));
  await projecting.settled();
  const status = 'AlertInfo | project tostring(AdditionalFields.Status)';
  assert.deepEqual(await rows(services, ctx, status), [['InProgress']]);
  await changeIncident(ctx, write, number, { status: 'Resolved', assignedTo: 'grace@contoso.example' });
  await projecting.settled();
  assert.deepEqual(await rows(services, ctx, status), [['Resolved']]);
  assert.deepEqual(await rows(services, ctx, 'IncidentInfo | project Status, AssignedTo'), [
    ['Resolved', 'grace@contoso.example'],
  ]);
  assert.deepEqual(await rows(services, ctx, 'AlertEvidence | count'), [[1n]]);
});

test('a change is followed without being asked for', async (t) => {
  const services = await begin(t);
  const ctx = await freshCtx(services);
  const projecting = startProjecting(services);
  t.after(() => projecting.stop());
  await raise(ctx, sampleDraft('ca1'));
  const endsAt = performance.now() + 30_000;
  let found: unknown[][] = [];
  while (found.length === 0 && performance.now() < endsAt) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    found = await rows(services, ctx, 'AlertInfo | project AlertId');
  }
  assert.deepEqual(found, [['ca1']]);
});

test('a merged incident says where its alerts went, and what retention removes is not hunted any more', async (t) => {
  const services = await begin(t);
  const ctx = await freshCtx(services);
  const one = await raise(ctx, sampleDraft('ca1', [user('ada@contoso.example')]));
  const two = await raise(ctx, sampleDraft('ca2', [user('bob@contoso.example')]));
  await project(services);
  await mergeIncidents(ctx, write, [one, two]);
  await project(services);
  assert.deepEqual(
    await rows(services, ctx, 'IncidentInfo | sort by IncidentId asc | project Status, RedirectIncidentId, AlertCount'),
    [
      ['Active', null, 2],
      ['Redirected', BigInt(one), 0],
    ],
  );
  const away = `AlertInfo | where AlertId == 'ca2' | project tolong(AdditionalFields.IncidentId)`;
  assert.deepEqual(await rows(services, ctx, away), [[BigInt(one)]]);
  await changeIncident(ctx, write, one, { status: 'Resolved' });
  const kept = await raise(ctx, sampleDraft('ca3', [user('eve@contoso.example')], { minutes: 9 }));
  services.testClock.advance((services.config.alertDays + 1) * dayMs);
  await pruneClosed(services, ctx.caller.tenantId);
  await project(services);
  assert.deepEqual(await rows(services, ctx, 'AlertInfo | project AlertId'), [['ca3']]);
  assert.deepEqual(await rows(services, ctx, 'AlertEvidence | project AlertId'), [['ca3']]);
  assert.deepEqual(await rows(services, ctx, 'IncidentInfo | project IncidentId'), [[BigInt(kept)]]);
});

test('another start goes on where the last one stopped, wherever it was stopped', async (t) => {
  const services = await begin(t);
  const ctx = await freshCtx(services);
  await raise(ctx, sampleDraft('ca0', [user('ada@contoso.example')]));
  await project(services);
  const drafts = Array.from({ length: 40 }, (_, index) =>
    sampleDraft(`ca${index + 1}`, [user(`u${index}@contoso.example`), address('192.0.2.7')]),
  );
  await raise(ctx, ...drafts);
  // Each start gets one transaction further than the one before it.
  for (let allowed = 0; allowed < 4; allowed++) {
    let left = allowed;
    const events: EventStore = Object.create(services.events, {
      replace: {
        value: async (replacements: Parameters<EventStore['replace']>[0]) => {
          if (left-- === 0) throw new Error('stopped');
          await services.events.replace(replacements);
        },
      },
      query: { value: services.events.query.bind(services.events) },
      prepare: { value: services.events.prepare.bind(services.events) },
    }) as EventStore; // The store with one method in front of its own.
    await project(services, events).catch((error: unknown) => assert.match(String(error), /stopped/));
  }
  await project(services);
  assert.deepEqual(await rows(services, ctx, 'AlertInfo | summarize count(), dcount(AlertId)'), [[41n, 41n]]);
  assert.deepEqual(await rows(services, ctx, 'AlertEvidence | count'), [[81n]]);
});

test('what was changed before anybody followed, and what notes are gone for, is there as well', async (t) => {
  const services = await begin(t);
  const ctx = await freshCtx(services);
  const { db } = services.store;
  const drafts = Array.from({ length: 40 }, (_, index) =>
    sampleDraft(`ca${index}`, [user(`u${index}@contoso.example`)]),
  );
  await raise(ctx, ...drafts);
  const forget = () => db.deleteFrom('changeNotes').where('sequence', '<', 40).execute();
  await forget();
  await project(services);
  assert.deepEqual(await rows(services, ctx, 'AlertInfo | count'), [[40n]]);
  assert.deepEqual(await rows(services, ctx, 'IncidentInfo | summarize sum(AlertCount)'), [[40n]]);
  await raise(ctx, sampleDraft('late', [user('late@contoso.example')]));
  await raise(ctx, sampleDraft('later', [user('later@contoso.example')]));
  const last = await db
    .selectFrom('changeNotes')
    .select('sequence')
    .orderBy('sequence', 'desc')
    .executeTakeFirstOrThrow();
  await db.deleteFrom('changeNotes').where('sequence', '<', last.sequence).execute();
  await project(services);
  assert.deepEqual(await rows(services, ctx, `AlertInfo | where AlertId startswith 'late' | count`), [[2n]]);
});

test('two tenants with the same alert never see or change the other one', async (t) => {
  const services = await begin(t);
  const [one, other, silent] = [await freshCtx(services), await freshCtx(services), await freshCtx(services)];
  for (const ctx of [one, other]) await raise(ctx, sampleDraft('same', [user('ada@contoso.example')]));
  await project(services);
  await changeAlerts(one, 'Alerts.manage', { alertIds: ['same'] }, () => ({ status: 'resolved' }));
  await project(services);
  const status = 'AlertInfo | project tostring(AdditionalFields.Status)';
  assert.deepEqual(await rows(services, one, status), [['Resolved']]);
  assert.deepEqual(await rows(services, other, status), [['New']]);
  for (const table of ['AlertInfo', 'AlertEvidence', 'IncidentInfo']) {
    assert.deepEqual(await rows(services, silent, `${table} | count`), [[0n]]);
    assert.deepEqual(await rows(services, other, `${table} | count`), [[1n]]);
  }
});

test('whatever an alert says, it is a value and holds up nothing', async (t) => {
  const services = await begin(t);
  const ctx = await freshCtx(services);
  let deep: unknown = 'x';
  for (let level = 0; level < 300; level++) deep = [deep];
  const texts = ["'); drop table x; --", 'lone \ud800 surrogate', '"}]', '🦊'.repeat(10_000), '{{y}} %s'];
  const drafts = texts.map((text, index) =>
    sampleDraft(`h${index}`, [{ entityType: 'User', userPrincipalName: text, appId: 2 ** 40, fileSize: 'x', deep }], {
      title: text,
      description: text,
      category: text,
      mitreTechniques: [text],
    }),
  );
  await raise(ctx, ...drafts);
  await raise(ctx, sampleDraft('fine'));
  await project(services);
  const found = await rows(
    services,
    ctx,
    `AlertInfo | where AlertId startswith 'h' | sort by AlertId asc | project Title`,
  );
  assert.deepEqual(
    found,
    texts.map((text) => [text.toWellFormed()]),
  );
  const evidence = await rows(services, ctx, 'AlertEvidence | sort by AlertId asc | project AccountUpn');
  assert.deepEqual(
    evidence,
    texts.map((text) => [text.toWellFormed()]),
  );
});
