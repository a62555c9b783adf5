import { wholeTenant } from '../src/access/caller.ts';
import type { Permission } from '../src/access/permissions.ts';
import type { Ctx, Services } from '../src/context.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import type { UserRow } from '../src/directory/users-store.ts';
import { type CorrelationId, newId } from '../src/lib/ids.ts';

/** A request as the surface hands it to a noun, by this user with just these permissions for the whole tenant. */
export function ctxOf(services: Services, tenant: Tenant, user: UserRow, names: readonly Permission[]): Ctx {
  return {
    ...services,
    correlationId: newId<CorrelationId>(),
    origin: { address: '127.0.0.1', userAgent: 'test' },
    caller: {
      tenantId: tenant.id,
      tenantSlug: tenant.slug,
      tenant,
      subject: { kind: 'user', userId: user.id, userName: user.userName, displayName: user.displayName },
      credential: { kind: 'local', name: 'test' },
      permissions: new Map(names.map((name) => [name, wholeTenant])),
      isFullAdministrator: false,
      dormant: new Map(),
      passed: [],
    },
  };
}
