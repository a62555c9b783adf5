// What policies cost while activities come in: 50 of them evaluated over what is stored, against parsing and storing
// alone. The ratio is the rate of ingestion with evaluation to the rate without.
import { type Caller, wholeTenant } from '../src/access/caller.ts';
import type { Permission } from '../src/access/permissions.ts';
import { startFollowing } from '../src/activities/following.ts';
import { ingestActivities } from '../src/activities/ingest.ts';
import type { Ctx, Services } from '../src/context.ts';
import { demoRecords, demoSubnets } from '../src/demo/records.ts';
import { detections } from '../src/detections/detections.ts';
import { createTenant, type Tenant } from '../src/directory/tenants.ts';
import { type CorrelationId, newId } from '../src/lib/ids.ts';
import { policiesFollower } from '../src/policies/follower.ts';
import { createPolicy, setEnabled } from '../src/policies/policies.ts';
import { addSubnets } from '../src/subnets/subnets.ts';
import { testServices } from '../test/support/services.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { policyCount, variedPolicies } from './support/policies.ts';

export const bench: Bench = {
  name: `ingest with ${policyCount} activity policies evaluated, activities a second`,
  against: 'parsing and storing alone',
  atLeast: 0.5,
  run,
};

/** Before the demo's records happened, so that all of them count. */
const policiesMadeAt = Date.UTC(2020, 0, 1);

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const chunks = chunksOf(someLines(smoke ? 2000 : 50_000));
  const services = await testServices();
  try {
    const alone: number[] = [];
    const evaluated: number[] = [];
    let found = '';
    const rounds = smoke ? 1 : 3;
    for (let round = 0; round <= rounds; round++) {
      const plain = await ctxOfNewTenant(services, `plain${round}`);
      for (const { id } of detections) await setEnabled(plain, id, false);
      const start = performance.now();
      const { stored } = await ingestActivities(plain, stream(chunks));
      const storing = performance.now() - start;
      // What nobody measures is followed before the next measurement begins.
      await followAll(services);
      const watched = await ctxOfNewTenant(services, `watched${round}`);
      await makePolicies(watched);
      const begun = performance.now();
      // As in a server: what is stored is evaluated while more comes in.
      const following = startFollowing(services, [policiesFollower]);
      await ingestActivities(watched, stream(chunks));
      await following.settled();
      const all = performance.now() - begun;
      await following.stop();
      // The first round warms up: it also builds the address index.
      if (round === 0) continue;
      alone.push(storing);
      evaluated.push(all);
      found = await whatWasFound(services, watched);
      log(`round ${round}: ${stored} stored in ${storing.toFixed(0)} ms, with policies ${all.toFixed(0)} ms; ${found}`);
    }
    const ratio = median(alone) / median(evaluated);
    return { ratio, detail: `${median(alone).toFixed(0)} ms alone, ${median(evaluated).toFixed(0)} ms with; ${found}` };
  } finally {
    await services.dispose();
  }
}

async function followAll(services: Services): Promise<void> {
  const following = startFollowing(services, [policiesFollower]);
  await following.settled();
  await following.stop();
}

async function whatWasFound({ store }: Services, { caller }: Ctx): Promise<string> {
  const { matches, alerts } = await store.db
    .selectFrom('policyCounts')
    .select((e) => [e.fn.sum('matches').as('matches'), e.fn.sum('alerts').as('alerts')])
    .where('tenantId', '=', caller.tenantId)
    .executeTakeFirstOrThrow();
  return `${matches} matches, ${alerts} alerts`;
}

async function makePolicies(ctx: Ctx): Promise<void> {
  // Detections are measured by themselves.
  for (const { id } of detections) await setEnabled(ctx, id, false);
  for (const input of variedPolicies(policyCount)) {
    const { id } = await createPolicy(ctx, input);
    await ctx.store.db.updateTable('policies').set({ createdAt: policiesMadeAt }).where('id', '=', id).execute();
  }
}

/** The demo's records of as many months as it takes, each with ids of its own. */
function someLines(count: number): string[] {
  const tenant = { id: '9a7d2c5e-4d7b-4c5e-8f6a-2b9f0c1d3e4f', slug: 'contoso', domain: 'contoso.example' };
  const lines: string[] = [];
  for (let seed = 0; lines.length < count; seed++) {
    lines.push(...demoRecords(tenant, [], { seed: String(seed), date: Date.UTC(2026, 4, 1) }));
  }
  // As they come in: in time.
  const timeOf = (line: string) => /"CreationTime":"([^"]+)"/.exec(line)?.[1] ?? '';
  return lines.slice(0, count).sort((left, right) => (timeOf(left) < timeOf(right) ? -1 : 1));
}

/** As a socket would hand them over. */
function chunksOf(lines: readonly string[]): Buffer[] {
  const whole = Buffer.from(`${lines.join('\n')}\n`);
  const chunks: Buffer[] = [];
  for (let at = 0; at < whole.length; at += 65_536) chunks.push(whole.subarray(at, at + 65_536));
  return chunks;
}

async function* stream(chunks: readonly Buffer[]): AsyncIterable<Buffer> {
  for (const chunk of chunks) yield chunk;
}

async function ctxOfNewTenant(services: Services, slug: string): Promise<Ctx> {
  const tenant = await services.store.transaction(async (trx): Promise<Tenant> => {
    const made = await createTenant(services, trx, { slug, displayName: 'Bench', domain: `${slug}.example` }, false);
    await addSubnets(trx, made.id, demoSubnets('contoso'), services.clock());
    return made;
  });
  const permissions: Permission[] = ['Ingest.write', 'Policies.manage'];
  const caller: Caller = {
    tenantId: tenant.id,
    tenantSlug: tenant.slug,
    tenant,
    subject: { kind: 'operator', name: 'bench' },
    credential: { kind: 'local', name: 'bench' },
    permissions: new Map(permissions.map((permission) => [permission, wholeTenant])),
    isFullAdministrator: false,
    dormant: new Map(),
    passed: [],
  };
  const origin = { address: '127.0.0.1', userAgent: 'bench' };
  return { ...services, caller, correlationId: newId<CorrelationId>(), origin };
}
