// Calls about applications, their presence in this organisation, and consent.
import { queryOptions } from '@tanstack/react-query';
import type {
  Application as ApplicationSchema,
  ConsentGiven as ConsentGivenSchema,
  ConsentLink,
  ConsentQuestion as ConsentQuestionSchema,
  ConsentRequest as ConsentRequestSchema,
  MintedSecret,
  Resource as ResourceSchema,
  ServicePrincipal as ServicePrincipalSchema,
} from '../../../src/apis/management/applications-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';

export type Application = Type.Static<typeof ApplicationSchema>;
export type Principal = Type.Static<typeof ServicePrincipalSchema>;
export type ConsentRequest = Type.Static<typeof ConsentRequestSchema>;
type ConsentQuestion = Type.Static<typeof ConsentQuestionSchema>;
export type ConsentGiven = Type.Static<typeof ConsentGivenSchema>;
export type Resource = Type.Static<typeof ResourceSchema>;
export type Minted = Type.Static<typeof MintedSecret>;

export const applicationsKey = ['applications'];
export const principalsKey = ['service-principals'];
export const requestsKey = ['consent-requests'];

export function listApplications({ filters, ...page }: ListQuery, signal: AbortSignal): Promise<Page<Application>> {
  return call(managementPath('applications'), { query: { ...page, status: filters.status }, signal });
}

export function applicationQuery(id: string) {
  return queryOptions({
    queryKey: [...applicationsKey, id],
    queryFn: ({ signal }) => call<Application>(managementPath('applications', id), { signal }),
  });
}

interface Registration {
  readonly displayName: string;
  readonly signInAudience: Application['signInAudience'];
  readonly redirectUris?: { readonly web: readonly string[] };
}

export function registerApplication(body: Registration): Promise<Application> {
  return call(managementPath('applications'), { body });
}

export function updateApplication(id: string, body: Readonly<Record<string, unknown>>): Promise<Application> {
  return call(managementPath('applications', id), { method: 'PATCH', body });
}

export function changeApplication(id: string, verb: 'disable' | 'enable' | 'restore'): Promise<Application> {
  return call(managementPath('applications', id, verb), { method: 'POST' });
}

export function deleteApplication(id: string): Promise<void> {
  return call(managementPath('applications', id), { method: 'DELETE' });
}

export interface AccessInput {
  readonly resource: string;
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
}

export function changeAccess(id: string, method: 'POST' | 'DELETE', body: AccessInput): Promise<Application> {
  return call(managementPath('applications', id, 'permissions'), { method, body });
}

export function searchResources(search: string, signal: AbortSignal): Promise<Page<Resource>> {
  return call(managementPath('resources'), { query: { search }, signal });
}

/** A description is left out rather than empty. */
function described(description: string): { description?: string } {
  return description === '' ? {} : { description };
}

export function addSecret(id: string, description: string, months: number): Promise<Minted> {
  return call(managementPath('applications', id, 'secrets'), { body: { ...described(description), months } });
}

export function removeSecret(id: string, secretId: string): Promise<void> {
  return call(managementPath('applications', id, 'secrets', secretId), { method: 'DELETE' });
}

export function addCertificate(id: string, description: string, certificate: string): Promise<void> {
  return call(managementPath('applications', id, 'certificates'), { body: { ...described(description), certificate } });
}

export function removeCertificate(id: string, certificateId: string): Promise<void> {
  return call(managementPath('applications', id, 'certificates', certificateId), { method: 'DELETE' });
}

export function addOwner(id: string, user: string): Promise<void> {
  return call(managementPath('applications', id, 'owners', user), { method: 'PUT' });
}

export function removeOwner(id: string, user: string): Promise<void> {
  return call(managementPath('applications', id, 'owners', user), { method: 'DELETE' });
}

export function consentLinkQuery(id: string) {
  return queryOptions({
    queryKey: [...applicationsKey, id, 'consent-link'],
    queryFn: ({ signal }) =>
      call<Type.Static<typeof ConsentLink>>(managementPath('applications', id, 'consent-link'), { signal }),
  });
}

export function listConsents(id: string, { limit, skip }: ListQuery, signal: AbortSignal): Promise<Page<ConsentGiven>> {
  return call(managementPath('applications', id, 'consents'), { query: { limit, skip }, signal });
}

export function listPrincipals({ filters: _, ...page }: ListQuery, signal: AbortSignal): Promise<Page<Principal>> {
  return call(managementPath('service-principals'), { query: { ...page }, signal });
}

export function principalQuery(id: string) {
  return queryOptions({
    queryKey: [...principalsKey, id],
    queryFn: ({ signal }) => call<Principal>(managementPath('service-principals', id), { signal }),
  });
}

export function questionQuery(appId: string) {
  return queryOptions({
    queryKey: ['consent-question', appId],
    queryFn: ({ signal }) => call<ConsentQuestion>(managementPath('consent-questions', appId), { signal }),
    retry: false,
  });
}

export function consentToAll(appId: string): Promise<Principal> {
  return call(managementPath('service-principals'), { body: { appId, all: true } });
}

export function changePrincipal(id: string, verb: 'disable' | 'enable'): Promise<Principal> {
  return call(managementPath('service-principals', id, verb), { method: 'POST' });
}

export function revokeGrants(id: string): Promise<void> {
  return call(managementPath('service-principals', id, 'grants'), { method: 'DELETE' });
}

export function deletePrincipal(id: string): Promise<void> {
  return call(managementPath('service-principals', id), { method: 'DELETE' });
}

export function listRequests(
  { filters, search: _, ...page }: ListQuery,
  signal: AbortSignal,
): Promise<Page<ConsentRequest>> {
  return call(managementPath('consent-requests'), { query: { ...page, status: filters.status }, signal });
}

export function decideRequest(id: string, decision: 'grant' | 'decline'): Promise<void> {
  return call(managementPath('consent-requests', id, decision), { method: 'POST' });
}
