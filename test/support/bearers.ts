// An application of one tenant to which another one consented, and tokens of it, made straight through the nouns.

import type { Arrival } from '../../src/access/gate.ts';
import { type AccessInput, parseAccessInput } from '../../src/applications/access-lists.ts';
import { consentForTenant } from '../../src/applications/consent.ts';
import { registerApplication } from '../../src/applications/registrations.ts';
import { addSecret } from '../../src/applications/secrets.ts';
import type { Ctx, Services } from '../../src/context.ts';
import type { Tenant } from '../../src/directory/tenants.ts';
import type { UserRow } from '../../src/directory/users-store.ts';
import { minuteMs } from '../../src/lib/clock.ts';
import { type CorrelationId, newId } from '../../src/lib/ids.ts';
import { genericUrl } from '../../src/listening/names.ts';
import { type AccessTokenInput, mintAccessToken } from '../../src/signing/mint.ts';
import { ctxOf } from '../directory-ctx.ts';
import { makeTenant, makeUser } from './accounts.ts';

export const mtp = 'https://api.security.microsoft.com';

export interface Story {
  readonly home: Ctx;
  readonly admin: Ctx;
  readonly tenant: Tenant;
  readonly appId: AccessTokenInput['appId'];
  readonly applicationId: string;
  readonly secretId: string;
  readonly principalId: NonNullable<AccessTokenInput['app']>['servicePrincipalId'];
}

const incidentAccess: readonly AccessInput[] = [
  { resource: mtp, roles: ['Incident.Read.All', 'Incident.ReadWrite.All'], scopes: ['Incident.ReadWrite'] },
];

/** An application of one tenant to which another one consented, with the permissions that it asks for. */
export async function makeStory(
  services: Services,
  requiredAccess: readonly AccessInput[] = incidentAccess,
): Promise<Story> {
  const homeTenant = await makeTenant(services);
  const tenant = await makeTenant(services);
  const home = ctxOf(services, homeTenant, await makeUser(services, homeTenant), ['Applications.manage']);
  const admin = ctxOf(services, tenant, await makeUser(services, tenant), [
    'Applications.manage',
    'Applications.read',
    'Consent.grantGraph',
    'Consent.grant',
    'Consent.grantDelegated',
    'Users.manage',
    'Roles.manage',
    'Users.read',
    'Roles.read',
  ]);
  const { id, appId } = await registerApplication(home, {
    displayName: 'Partner connector',
    signInAudience: 'AzureADMultipleOrgs',
    requiredAccess,
  });
  const { secret } = await addSecret(home, id, { months: 1 });
  const access = await parseAccessInput(services.store.db, tenant.id, requiredAccess, 100);
  const principal = await consentForTenant(admin, appId, access);
  return { home, admin, tenant, appId, applicationId: id, secretId: secret.id, principalId: principal.id };
}

export const commonOf = (services: Services, story: Story) => ({
  version: 1 as const,
  origin: genericUrl(services.names),
  tenantId: story.tenant.id,
  audience: mtp,
  appId: story.appId,
  nowMs: services.clock(),
  lifetimeSeconds: 3600,
});

export async function appToken(
  services: Services,
  story: Story,
  change: Partial<AccessTokenInput> = {},
): Promise<string> {
  const { token } = await mintAccessToken(services, {
    ...commonOf(services, story),
    clientAuth: 'secret',
    credentialId: story.secretId,
    app: { servicePrincipalId: story.principalId, roles: ['Incident.Read.All'] },
    ...change,
  });
  return token;
}

export async function userToken(
  services: Services,
  story: Story,
  user: UserRow,
  change: Partial<AccessTokenInput> = {},
): Promise<string> {
  const { id: userId, userName, displayName } = user;
  const { token } = await mintAccessToken(services, {
    ...commonOf(services, story),
    clientAuth: 'public',
    credentialId: null,
    user: {
      ...{ userId, userName, displayName, subject: 'pairwise' },
      scopes: ['Incident.ReadWrite'],
      authTime: services.clock() - minuteMs,
      amr: ['pwd', 'mfa'],
    },
    ...change,
  });
  return token;
}

/** A call as a surface hands it to the gate, over a connection of its own. */
export function arrivalWith(authorization: string | undefined, hostTenantId: Arrival['hostTenantId'] = null): Arrival {
  return {
    correlationId: newId<CorrelationId>(),
    origin: { address: '192.0.2.1', userAgent: 'test' },
    method: 'GET',
    path: '/api/incidents',
    headers: { authorization },
    connection: {},
    sessionCookie: null,
    hostTenantId,
  };
}
