// Who ingests in the benches: somebody of a tenant of their own, so that nothing is there before.
import { type Caller, wholeTenant } from '../../src/access/caller.ts';
import type { Ctx, Services } from '../../src/context.ts';
import { demoSubnets } from '../../src/demo/records.ts';
import { createTenant, type Tenant } from '../../src/directory/tenants.ts';
import { type CorrelationId, newId } from '../../src/lib/ids.ts';
import { addSubnets } from '../../src/subnets/subnets.ts';

export async function ctxOfNewTenant(services: Services, round: number): Promise<Ctx> {
  const tenant = await services.store.transaction(async (trx): Promise<Tenant> => {
    const input = { slug: `bench${round}`, displayName: 'Bench', domain: `bench${round}.example` };
    const made = await createTenant(services, trx, input, round === 0);
    await addSubnets(trx, made.id, demoSubnets('contoso'), services.clock());
    return made;
  });
  const caller: Caller = {
    tenantId: tenant.id,
    tenantSlug: tenant.slug,
    tenant,
    subject: { kind: 'operator', name: 'bench' },
    credential: { kind: 'local', name: 'bench' },
    permissions: new Map([['Ingest.write', wholeTenant]]),
    isFullAdministrator: false,
    dormant: new Map(),
    passed: [],
  };
  const origin = { address: '127.0.0.1', userAgent: 'bench' };
  return { ...services, caller, correlationId: newId<CorrelationId>(), origin };
}
