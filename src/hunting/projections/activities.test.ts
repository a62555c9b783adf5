import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { makeTenant } from '../../../test/support/accounts.ts';
import { asksForMore, signIn } from '../../../test/support/detection-records.ts';
import { huntedRows } from '../../../test/support/hunting.ts';
import { auditRecord, ctxOf, inPieces } from '../../../test/support/ingestion.ts';
import { type TestServices, testServices } from '../../../test/support/services.ts';
import { type ActivityFollower, startFollowing } from '../../activities/following.ts';
import { ingestActivities } from '../../activities/ingest.ts';
import type { TenantId } from '../../lib/ids.ts';
import { huntingFollower } from './activities.ts';

async function begin(t: TestContext) {
  const services = await testServices();
  t.after(() => services.dispose());
  const { id } = await makeTenant(services);
  return { services, tenantId: id };
}

async function ingest(services: TestServices, tenantId: TenantId, records: readonly unknown[]): Promise<void> {
  const tenant = { id: tenantId, slug: 'x', displayName: 'x', number: 1 };
  const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const ctx = { ...ctxOf(services, tenant as Parameters<typeof ctxOf>[1]) }; // What ingestion reads of a tenant.
  const { rejected, problems } = await ingestActivities(ctx, inPieces(lines), { source: 'test' });
  assert.equal(rejected, 0, JSON.stringify(problems));
}

async function follow(services: TestServices, follower: ActivityFollower = huntingFollower): Promise<void> {
  const following = startFollowing(services, [follower]);
  try {
    await following.settled();
  } finally {
    await following.stop();
  }
}

const userAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36';

test('an activity is hunted with what its record says, the provider record as it came', async (t) => {
  const { services, tenantId } = await begin(t);
  const record = auditRecord(1, { UserAgent: userAgent, UserKey: '0F3E2D1C-0000-4000-8000-00000000ABCD', Big: 1.5 });
  await ingest(services, tenantId, [record]);
  await follow(services);
  const rows = await huntedRows(
    services,
    tenantId,
    `CloudAppEvents | project tostring(Timestamp), ActionType, Application, ApplicationId, AppInstanceId, AccountId,
       AccountDisplayName, AccountObjectId, IsAdminOperation, IsImpersonated, IPAddress, CountryCode, DeviceType, OSPlatform, UserAgent,
       ActivityType, ObjectName, tostring(RawEventData.SourceFileName), toreal(RawEventData.Big),
       tostring(AdditionalFields.Category), AuditSource`,
  );
  assert.deepEqual(rows, [
    [
      '2026-11-20T08:00:01.0000000Z',
      'FileDownloaded',
      'Microsoft SharePoint Online',
      20892,
      0,
      'ada@contoso.example',
      'Ada@Contoso.example',
      '0f3e2d1c-0000-4000-8000-00000000abcd',
      false,
      false,
      '8.8.8.8',
      'US',
      'Desktop',
      'Windows 10',
      userAgent,
      'Basic',
      'plan 1.docx',
      'plan 1.docx',
      1.5,
      'EVENT_CATEGORY_DOWNLOAD_FILE',
      'App connector',
    ],
  ]);
  const [[raw] = []] = await huntedRows(services, tenantId, 'CloudAppEvents | project tostring(RawEventData)');
  assert.deepEqual(JSON.parse(String(raw)), record);
  const [[id] = []] = await huntedRows(services, tenantId, 'CloudAppEvents | project ReportId');
  assert.match(String(id), /^\d+_0{8}-/);
});

test('objects say what they are and which part they had', async (t) => {
  const { services, tenantId } = await begin(t);
  await ingest(services, tenantId, [auditRecord(1)]);
  await follow(services);
  const rows = await huntedRows(
    services,
    tenantId,
    `CloudAppEvents | mv-expand Each = ActivityObjects
     | project tostring(Each.Type), tostring(Each.Role), tostring(Each.Name)`,
  );
  const text = rows.map((row) => row.join('/'));
  assert.ok(text.includes('File/Target object/plan 1.docx'), text.join(' '));
  assert.ok(text.includes('Account/Actor/Ada@Contoso.example'), text.join(' '));
});

test('a sign-in to the directory is also in EntraIdSignInEvents and under its former name, other activities are not', async (t) => {
  const { services, tenantId } = await begin(t);
  const at = Date.UTC(2026, 10, 20, 9);
  await ingest(services, tenantId, [
    signIn(at, 'ada@contoso.example', '8.8.8.8'),
    signIn(at + 1000, 'ada@contoso.example', '8.8.8.8', asksForMore),
    auditRecord(1),
  ]);
  await follow(services);
  const columns = 'project ErrorCode, AccountUpn, IPAddress, Country, ApplicationId, IsExternalUser';
  const wanted = ['ada@contoso.example', '8.8.8.8', 'US', '00000002-0000-0ff1-ce00-000000000000'];
  for (const table of ['EntraIdSignInEvents', 'AADSignInEventsBeta']) {
    const rows = await huntedRows(services, tenantId, `${table} | sort by Timestamp asc | ${columns}`);
    assert.deepEqual(
      rows.map((row) => row.slice(0, 5)),
      [
        [0, ...wanted],
        [50126, ...wanted],
      ],
    );
  }
  assert.deepEqual(await huntedRows(services, tenantId, 'CloudAppEvents | count'), [[3n]]);
  const joined = await huntedRows(
    services,
    tenantId,
    'EntraIdSignInEvents | join kind=inner CloudAppEvents on ReportId | project ActionType | sort by ActionType asc',
  );
  assert.deepEqual(joined, [['UserLoggedIn'], ['UserLoginFailed']]);
});

test('a range that is worked through again after a stop before the watermark stores nothing twice', async (t) => {
  const { services, tenantId } = await begin(t);
  await ingest(
    services,
    tenantId,
    Array.from({ length: 300 }, (_, index) => auditRecord(index)),
  );
  const stopped: ActivityFollower = {
    ...huntingFollower,
    follow: async (given, tenant, range) => {
      await huntingFollower.follow(given, tenant, range, async () => {
        throw new Error('stopped');
      });
    },
  };
  await assert.rejects(follow(services, stopped), /stopped/);
  assert.deepEqual(await huntedRows(services, tenantId, 'CloudAppEvents | count'), [[300n]]);
  services.testClock.advance(60_000);
  await follow(services);
  assert.deepEqual(await huntedRows(services, tenantId, 'CloudAppEvents | count'), [[300n]]);
  await ingest(services, tenantId, [auditRecord(300), auditRecord(0)]);
  await follow(services);
  assert.deepEqual(await huntedRows(services, tenantId, 'CloudAppEvents | count'), [[301n]]);
});

test('two tenants with the same records never see each other', async (t) => {
  const { services, tenantId } = await begin(t);
  const other = await makeTenant(services);
  const silent = await makeTenant(services);
  const at = Date.UTC(2026, 10, 20, 9);
  const shared = [auditRecord(1), signIn(at, 'ada@contoso.example', '8.8.8.8')];
  await ingest(services, tenantId, shared);
  await ingest(services, other.id, [...shared, auditRecord(2)]);
  await follow(services);
  const counts = async (id: TenantId) => [
    await huntedRows(services, id, 'CloudAppEvents | count'),
    await huntedRows(services, id, 'EntraIdSignInEvents | count'),
  ];
  assert.deepEqual(await counts(tenantId), [[[2n]], [[1n]]]);
  assert.deepEqual(await counts(other.id), [[[3n]], [[1n]]]);
  assert.deepEqual(await counts(silent.id), [[[0n]], [[0n]]]);
});

test('whatever a record holds, it is a value and never breaks the table that it is in', async (t) => {
  const { services, tenantId } = await begin(t);
  const texts = [
    "'); drop table x; --",
    '"}]',
    'lone \ud800 surrogate',
    'nul \u0000 here',
    '\u0001! a mark of ours',
    '\u001f set',
    'x'.repeat(100_000),
    '🦊 é ß',
  ];
  await ingest(
    services,
    tenantId,
    texts.map((text, index) =>
      auditRecord(index, {
        SourceFileName: text,
        UserId: text,
        UserAgent: text,
        [text.slice(0, 100)]: { Nested: [text] },
      }),
    ),
  );
  await follow(services);
  const query = 'CloudAppEvents | sort by Timestamp asc | project tostring(RawEventData.SourceFileName)';
  const rows = await huntedRows(services, tenantId, query);
  assert.deepEqual(
    rows.map(([text]) => text),
    texts.map((text) => text.toWellFormed()),
  );
  assert.deepEqual(await huntedRows(services, tenantId, 'CloudAppEvents | where RawEventData has "fox" | count'), [
    [0n],
  ]);
});
