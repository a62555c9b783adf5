// Which client asks, and that it may take tokens in this tenant.
import { type ClientView, loadClient } from '../../../applications/lookup.ts';
import type { ServicePrincipal } from '../../../applications/service-principal.ts';
import type { TenantId } from '../../../lib/ids.ts';
import { begunOf } from '../../arrival.ts';
import { entraError } from '../errors.ts';
import { requireEnabled, resolveTenantSegment } from '../tenant-segment.ts';
import { refuse, type TokenRequest } from './token-request.ts';

/** A client with its presence in the tenant that the tokens are for. */
export interface Client extends ClientView {
  readonly servicePrincipal: ServicePrincipal;
}

/**
 * The client in a tenant. AADSTS700016 when there is no such app, or the tenant has no presence of it, or it is for
 * its home tenant only and this is another: which of them, nobody is told.
 */
export async function findClient(request: TokenRequest, tenantId: TenantId, appId: string): Promise<Client> {
  // A code or token that came through an alias may name another tenant than the one whose own host was asked.
  const { hostTenantId } = begunOf(request.http);
  if (hostTenantId !== null && hostTenantId !== tenantId) throw entraError(90002, { tenant: request.segment.text });
  const view = await loadClient(request.services, appId, tenantId);
  const { application, servicePrincipal } = view ?? {};
  const isForeign = application?.signInAudience === 'AzureADMyOrg' && application.tenantId !== tenantId;
  if (!view || !servicePrincipal || isForeign) throw unknownClient(tenantId, appId);
  return { ...view, servicePrincipal };
}

export function unknownClient(tenantId: TenantId | null, appId: string) {
  return refuse(
    700016,
    { tenant: tenantId ?? 'common' },
    {
      code: 'application-unknown',
      check: 'application',
      detail: 'This tenant has no application with the given client id.',
      remedy: 'Check the client id and the tenant, or let an administrator of the tenant consent to the application.',
      tenantId,
      appId,
    },
  );
}

/** Refuses while the tenant, the app, its presence here or its home tenant is disabled; asked after authentication. */
export async function requireClientInForce(request: TokenRequest, client: Client): Promise<void> {
  const { tenantId, appId } = client.servicePrincipal;
  const { segment, services } = request;
  const named = segment.kind === 'tenant' ? segment : await resolveTenantSegment(services, tenantId);
  if (named.kind === 'tenant') requireEnabled(named.tenant);
  const problem =
    client.application.status !== 'enabled'
      ? 'The application is disabled in its home tenant.'
      : client.homeTenant.status !== 'enabled'
        ? "The application's home tenant is disabled."
        : client.servicePrincipal.isEnabled
          ? undefined
          : 'The application is disabled in this tenant.';
  if (problem === undefined) return;
  throw refuse(
    7000112,
    {},
    {
      code: 'application-disabled',
      check: 'application',
      detail: problem,
      remedy: 'Enable the application where it was disabled.',
      tenantId,
      appId,
    },
  );
}

/** Through `common` and `organizations` only apps for several organisations may ask (AADSTS50194). */
export function refuseSingleTenant(request: TokenRequest, { application }: ClientView): void {
  const { segment } = request;
  if (segment.kind === 'tenant' || application.signInAudience === 'AzureADMultipleOrgs') return;
  throw entraError(50194, { app: application.appId, alias: segment.kind });
}
