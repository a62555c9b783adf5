// Calls about the organisation itself: its name, its settings, its sign-in provider.
import { queryOptions } from '@tanstack/react-query';
import type {
  TenantSettingsBody,
  TenantSettings as TenantSettingsSchema,
} from '../../../src/apis/management/applications-schemas.ts';
import type { Tenant as TenantSchema } from '../../../src/apis/management/directory-schemas.ts';
import type {
  CheckedProvider,
  ExternalLink,
  ExternalSignInAnswer,
  ExternalSignInBody,
  ExternalSignIn as ExternalSignInSchema,
} from '../../../src/apis/management/external-sign-in-schemas.ts';
import type {
  HuntingRetentionBody,
  HuntingRetention as RetentionSchema,
} from '../../../src/apis/management/hunting-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';

type Tenant = Type.Static<typeof TenantSchema>;
export type TenantSettings = Type.Static<typeof TenantSettingsSchema>;
export type Retention = Type.Static<typeof RetentionSchema>;
export type ExternalSignIn = Type.Static<typeof ExternalSignInSchema>;
export type ProviderAnswer = Type.Static<typeof ExternalSignInAnswer>;
export type ProviderBody = Type.Static<typeof ExternalSignInBody>;
export type Checked = Type.Static<typeof CheckedProvider>;
export type Link = Type.Static<typeof ExternalLink>;

export function tenantQuery(slug: string) {
  return queryOptions({
    queryKey: ['tenant', slug],
    queryFn: ({ signal }) => call<Tenant>(managementPath('tenants', slug), { signal }),
  });
}

export function renameTenant(slug: string, displayName: string): Promise<Tenant> {
  return call(managementPath('tenants', slug), { method: 'PATCH', body: { displayName } });
}

export const settingsQuery = queryOptions({
  queryKey: ['tenant-settings'],
  queryFn: ({ signal }) => call<TenantSettings>(managementPath('tenant-settings'), { signal }),
});

export function changeSettings(body: Type.Static<typeof TenantSettingsBody>): Promise<TenantSettings> {
  return call(managementPath('tenant-settings'), { method: 'PATCH', body });
}

export const retentionQuery = queryOptions({
  queryKey: ['hunting-retention'],
  queryFn: ({ signal }) => call<Retention>(managementPath('hunting', 'retention'), { signal }),
});

export function changeRetention(body: Type.Static<typeof HuntingRetentionBody>): Promise<Retention> {
  return call(managementPath('hunting', 'retention'), { method: 'PATCH', body });
}

export const providerQuery = queryOptions({
  queryKey: ['external-sign-in'],
  queryFn: ({ signal }) => call<ProviderAnswer>(managementPath('external-sign-in'), { signal }),
});

/** The client secret is sent and comes back in no answer. */
export function putProvider(body: ProviderBody): Promise<ProviderAnswer> {
  return call(managementPath('external-sign-in'), { method: 'PUT', body });
}

export function removeProvider(): Promise<void> {
  return call(managementPath('external-sign-in'), { method: 'DELETE' });
}

/** Asks the provider that is set, or another issuer before it is set. */
export function checkProvider(issuer: string | undefined): Promise<Checked> {
  return call(managementPath('external-sign-in', 'check'), { body: issuer === undefined ? {} : { issuer } });
}

export const linksKey = ['external-links'] as const;

export function listLinks({ limit, skip, direction }: ListQuery, signal: AbortSignal): Promise<Page<Link>> {
  return call(managementPath('external-sign-in', 'links'), { query: { limit, skip, direction }, signal });
}

/** The first of those who sign in through the provider, and how many there are. */
export const linkedQuery = queryOptions({
  queryKey: [...linksKey, 'first'],
  queryFn: ({ signal }) =>
    call<Page<Link>>(managementPath('external-sign-in', 'links'), { query: { limit: 10 }, signal }),
  staleTime: 0,
});

export function unlink(userId: string): Promise<void> {
  return call(managementPath('external-sign-in', 'links', userId), { method: 'DELETE' });
}
