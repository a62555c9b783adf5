import type { FastifyRequest } from 'fastify';
import type { AuditActor } from '../../../audit/audit.ts';
import { type AppId, isGuid, type TenantId } from '../../../lib/ids.ts';
import { arrivalOf } from '../../arrival.ts';
import type { EntraServices } from '../entra-services.ts';
import type { AadstsCode, EntraError, Reason } from '../errors.ts';
import { entraError } from '../errors.ts';
import type { Form } from '../surface.ts';
import type { TenantSegment } from '../tenant-segment.ts';

/** A request of the token endpoint or of one of its neighbours that authenticate clients. */
export interface TokenRequest {
  readonly services: EntraServices;
  readonly http: FastifyRequest;
  readonly version: 1 | 2;
  readonly segment: TenantSegment;
  readonly form: Form;
  /** Scheme and host that were asked. */
  readonly origin: string;
}

/** What the endpoint answers with 200; the order is the one that the documented service writes. */
export type TokenAnswer = Readonly<Record<string, string | number>>;

/** The tenant that the path names; undefined for an alias, where a code or token names it. */
export function namedTenantOf({ segment }: TokenRequest): TenantId | undefined {
  return segment.kind === 'tenant' ? segment.tenant.id : undefined;
}

/** A refusal of this request in a tenant, explained and audited there. */
export function refuse(
  code: AadstsCode,
  values: Readonly<Record<string, string>>,
  reason: Omit<Reason, 'tenantId' | 'target'> & { readonly tenantId: TenantId | null; readonly appId: AppId | string },
): EntraError {
  const { appId, ...rest } = reason;
  // What is no id names nothing that the audit could be searched for, and may be of any length.
  return entraError(code, { app: appId, ...values }, { ...rest, target: isGuid(appId) ? appId : null });
}

/** Who acts, for what is recorded at once: the app behind this request. */
export function actorOf(request: TokenRequest, appId: AppId, appName: string): AuditActor {
  const { origin, correlationId } = arrivalOf(request.http);
  return { actor: { kind: 'application', id: appId, name: appName }, origin, correlationId };
}
