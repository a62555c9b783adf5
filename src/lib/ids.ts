import { randomUUID } from 'node:crypto';

/** A string that the type checker will not let stand for another kind of id. */
export type Branded<Name extends string> = string & { readonly __brand: Name };

export type TenantId = Branded<'tenant'>;
export type UserId = Branded<'user'>;
export type GroupId = Branded<'group'>;
export type RoleId = Branded<'role'>;
export type SessionId = Branded<'session'>;
export type TokenId = Branded<'api-token'>;
export type AgentId = Branded<'agent'>;
export type AssignmentId = Branded<'role-assignment'>;
export type ActivationId = Branded<'role-activation'>;
/** An application's object id in its home tenant; its client id is an {@link AppId}. */
export type ApplicationId = Branded<'application'>;
/** The client id of an application: the same in every tenant. */
export type AppId = Branded<'app'>;
export type ServicePrincipalId = Branded<'service-principal'>;
export type GrantId = Branded<'grant'>;
export type ConsentRequestId = Branded<'consent-request'>;
/** All refresh tokens that descend from one authorization; revoked together. */
export type TokenFamilyId = Branded<'token-family'>;
export type CorrelationId = Branded<'correlation'>;

/** A fresh random id (UUID version 4, lower case) of the kind that the caller names. */
export function newId<Id extends string>(): Id {
  return randomUUID() as string as Id; // A new id becomes of its kind here and nowhere else.
}

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for the 36-character form of a GUID, in either case. */
export function isGuid(text: string): boolean {
  return guidPattern.test(text);
}

/**
 * The chain of records that belong to no organisation (start-up, tenant life cycle, refusals of unknown credentials)
 * hangs on this id, so that "every query names its tenant" has no exception.
 */
export const systemTenantId = '00000000-0000-0000-0000-000000000000' as TenantId;
