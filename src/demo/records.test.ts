import assert from 'node:assert/strict';
import { test } from 'node:test';
import ipaddr from 'ipaddr.js';
import { isProblem, unifiedAuditMapper } from '../activities/unified-audit/unified-audit.ts';
import { dayMs } from '../lib/clock.ts';
import { cast } from './cast.ts';
import { type DemoOptions, demoRecords, demoStories, demoSubnets } from './records.ts';

const options: DemoOptions = { seed: 'test', date: Date.UTC(2026, 10, 21) };

// Only the members that these tests look at.
interface Told {
  readonly Id: string;
  readonly CreationTime: string;
  readonly Operation: string;
  readonly UserId: string;
  readonly ClientIP: string;
  readonly AppAccessContext?: { readonly AADSessionId: string };
  readonly DeviceProperties?: readonly { readonly Name: string; readonly Value: string }[];
}

function linesOf(slug: string, changes: Partial<DemoOptions> = {}): string[] {
  const tenant = cast.find((each) => each.slug === slug);
  assert.ok(tenant);
  return [...demoRecords(tenant, tenant.people, { ...options, ...changes })];
}

function storiesOf(slug: string) {
  const tenant = cast.find((each) => each.slug === slug);
  assert.ok(tenant);
  return demoStories(tenant, tenant.people, options);
}

const told = (lines: readonly string[]): Told[] => lines.map((line) => JSON.parse(line) as Told);

const contoso = linesOf('contoso');
const fabrikam = linesOf('fabrikam');

test('the same seed and date give the same records, others give others', () => {
  assert.deepEqual(linesOf('contoso'), contoso);
  const ids = new Set(told(contoso).map(({ Id }) => Id));
  for (const changes of [{ seed: 'other' }, { date: options.date - dayMs }]) {
    assert.ok(told(linesOf('contoso', changes)).every(({ Id }) => !ids.has(Id)));
  }
});

test('there are a few thousand records in the thirty days before the date, in order, each with an id of its own', () => {
  assert.ok(contoso.length > 2000 && contoso.length < 4000, String(contoso.length));
  assert.ok(fabrikam.length > 1000 && fabrikam.length < 2000, String(fabrikam.length));
  const all = [...told(contoso), ...told(fabrikam)];
  assert.equal(new Set(all.map(({ Id }) => Id)).size, all.length);
  for (const lines of [contoso, fabrikam]) {
    const times = told(lines).map(({ CreationTime }) => Date.parse(`${CreationTime}Z`));
    assert.deepEqual(
      times,
      times.toSorted((left, right) => left - right),
    );
    assert.ok(times.every((time) => time >= options.date - 30 * dayMs && time < options.date));
  }
});

test('nobody works in a session that they did not sign in to, but for the one that is stolen', () => {
  for (const [slug, lines] of Object.entries({ contoso, fabrikam })) {
    const stolen = new Set(
      storiesOf(slug).flatMap(({ told: all }) =>
        all.filter(({ step }) => step === 'token.stolen' || step === 'token.shared').map(({ record }) => record.Id),
      ),
    );
    const open = new Map<string, { user: string; address: string }>();
    let work = 0;
    for (const record of told(lines)) {
      const sessionId = record.DeviceProperties?.find(({ Name }) => Name === 'SessionId')?.Value;
      if (record.Operation === 'UserLoggedIn' && sessionId)
        open.set(sessionId, { user: record.UserId, address: record.ClientIP });
      if (!record.AppAccessContext) continue;
      work++;
      const signedIn = open.get(record.AppAccessContext.AADSessionId);
      if (stolen.has(record.Id)) {
        assert.equal(signedIn?.user, record.UserId);
        assert.notEqual(signedIn?.address, record.ClientIP);
        continue;
      }
      assert.deepEqual(signedIn, { user: record.UserId, address: record.ClientIP }, record.Id);
    }
    assert.ok(work > lines.length / 2);
  }
});

test('the three stories are among the records, each with one victim, days apart', () => {
  for (const [slug, lines] of Object.entries({ contoso, fabrikam })) {
    const ids = new Set(told(lines).map(({ Id }) => Id));
    const stories = storiesOf(slug);
    assert.deepEqual(
      stories.map(({ name }) => name),
      ['spray', 'consent', 'token'],
    );
    let before = 0;
    for (const { told: all, victim } of stories) {
      assert.ok(all.every(({ record }) => ids.has(String(record.Id))));
      assert.ok(all.some(({ record }) => record.UserId === victim));
      assert.ok((all[0]?.at ?? 0) - before > 2 * dayMs);
      before = all.at(-1)?.at ?? 0;
    }
  }
});

test('the month has failures, administration, mail, files and teams, a journey and a night of downloads', () => {
  for (const lines of [contoso, fabrikam]) {
    const counts = new Map<string, number>();
    for (const { Operation } of told(lines)) counts.set(Operation, (counts.get(Operation) ?? 0) + 1);
    const kinds = [
      'UserLoggedIn',
      'UserLoginFailed',
      'FileUploaded',
      'FileSyncUploadedFull',
      'SharingSet',
      'SecureLinkCreated',
      'AnonymousLinkCreated',
    ];
    for (const kind of [...kinds, 'MailItemsAccessed', 'Send', 'MessageSent', 'Add user.', 'Add-MailboxPermission']) {
      assert.ok((counts.get(kind) ?? 0) > 0, kind);
    }
    assert.ok((counts.get('UserLoginFailed') ?? 0) > 15);
    assert.ok((counts.get('FileDownloaded') ?? 0) > 60);
  }
});

test('every address is one for documentation and lies in one of the ranges that the tenant has', () => {
  const documentation = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'];
  const within = (address: string, ranges: readonly string[]): boolean =>
    ranges.some((range) => {
      const [network, prefix] = ipaddr.parseCIDR(range);
      const parsed = ipaddr.parse(address);
      return parsed.kind() === network.kind() && parsed.match(network, prefix);
    });
  for (const [slug, lines] of [
    ['contoso', contoso],
    ['fabrikam', fabrikam],
  ] as const) {
    const ranges = demoSubnets(slug).flatMap((subnet) => subnet.ranges);
    for (const address of new Set(told(lines).map(({ ClientIP }) => ClientIP))) {
      assert.ok(within(address, documentation), address);
      assert.ok(within(address, ranges), address);
    }
  }
});

test('no name of anybody real is in it: all domains are for documentation', () => {
  const text = [...contoso, ...fabrikam].join('\n');
  // Conversations of Teams are called 19:…@thread.tacv2.
  for (const [, host = ''] of text.replaceAll('@thread.tacv2', '').matchAll(/(?:@|https:\/\/)([a-z0-9.-]+\.[a-z]+)/g))
    assert.match(host, /\.example$/);
});

test('every line becomes an activity, and nearly all of them of a known kind', () => {
  const map = unifiedAuditMapper({
    tenantId: cast[0]?.id ?? assert.fail(),
    tenantNumber: 1,
    domains: new Set(['contoso.example']),
    now: options.date,
    locate: (address) => ({ address, category: 0, tags: [], countryCode: null, organization: null }),
  });
  for (const line of contoso) {
    const activity = map(line);
    assert.ok(!isProblem(activity), line);
    assert.notEqual(activity.eventType, 'EVENT_CATEGORY_UNSPECIFIED', activity.actionType);
  }
});
