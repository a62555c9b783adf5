// Calls about people, their roles and what was recorded.
import { queryOptions } from '@tanstack/react-query';
import type { AuditList, AuditVerification } from '../../../src/apis/management/audit-schemas.ts';
import type { User as UserSchema, UserWithPassword } from '../../../src/apis/management/directory-schemas.ts';
import type { Explanation as ExplanationSchema } from '../../../src/apis/management/explanations-schemas.ts';
import type {
  Activation as ActivationSchema,
  Assignment as AssignmentSchema,
  OwnRole as OwnRoleSchema,
  RequestedActivation,
  Role as RoleSchema,
} from '../../../src/apis/management/roles-schemas.ts';
import type { SessionList } from '../../../src/apis/management/sessions-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';

export type OwnRole = Type.Static<typeof OwnRoleSchema>;
type Role = Type.Static<typeof RoleSchema>;
export type Assignment = Type.Static<typeof AssignmentSchema>;
export type Activation = Type.Static<typeof ActivationSchema>;
export type User = Type.Static<typeof UserSchema>;
export type AuditPage = Type.Static<typeof AuditList>;
export type AuditRecord = AuditPage['items'][number];
export type Verification = Type.Static<typeof AuditVerification>;
export type Explanation = Type.Static<typeof ExplanationSchema>;
export type OwnSession = Type.Static<typeof SessionList>['items'][number];

export const ownRolesQuery = queryOptions({
  queryKey: ['own-roles'],
  queryFn: ({ signal }) => call<Page<OwnRole>>(managementPath('me', 'roles'), { signal }),
});

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: ({ signal }) => call<Page<Role>>(managementPath('roles'), { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

interface ActivationInput {
  readonly assignmentId: string;
  readonly durationSeconds: number;
  readonly justification: string;
  readonly code?: string;
}

export function activateRole(body: ActivationInput): Promise<Type.Static<typeof RequestedActivation>> {
  return call(managementPath('me', 'role-activations'), { body });
}

export function deactivateRole(activationId: string): Promise<void> {
  return call(managementPath('me', 'role-activations', activationId), { method: 'DELETE' });
}

export function listAssignments(
  { filters, search, ...page }: ListQuery,
  signal: AbortSignal,
): Promise<Page<Assignment>> {
  const query = { ...page, user: filters.user ?? search, role: filters.role };
  return call(managementPath('role-assignments'), { query, signal });
}

interface AssignmentInput {
  readonly user: string;
  readonly role: string;
  readonly kind: 'permanent' | 'eligible';
  readonly endsAt?: string;
}

export function assignRole(body: AssignmentInput): Promise<Assignment> {
  return call(managementPath('role-assignments'), { body });
}

export function unassignRole(id: string): Promise<void> {
  return call(managementPath('role-assignments', id), { method: 'DELETE' });
}

export function listActivations(
  { filters, search, ...page }: ListQuery,
  signal: AbortSignal,
): Promise<Page<Activation>> {
  return call(managementPath('role-activations'), { query: { ...page, status: filters.status, user: search }, signal });
}

export function decideActivation(id: string, decision: 'approve' | 'deny', justification: string): Promise<Activation> {
  return call(managementPath('role-activations', id, decision), { body: { justification } });
}

export const usersKey = ['users'];

export function listUsers({ filters, ...page }: ListQuery, signal: AbortSignal): Promise<Page<User>> {
  return call(managementPath('users'), { query: { ...page, status: filters.status }, signal });
}

export type NewUser = Type.Static<typeof UserWithPassword>;

export function createUser(body: { userName: string; displayName: string }): Promise<NewUser> {
  return call(managementPath('users'), { body });
}

export type UserVerb = 'disable' | 'enable' | 'restore' | 'reset-second-factor' | 'end-sessions';

export function changeUser(id: string, verb: UserVerb): Promise<User> {
  return call(managementPath('users', id, verb), { method: 'POST' });
}

export function resetPassword(id: string): Promise<NewUser> {
  return call(managementPath('users', id, 'reset-password'), { method: 'POST' });
}

export function deleteUser(id: string): Promise<void> {
  return call(managementPath('users', id), { method: 'DELETE' });
}

export interface AuditFilter {
  readonly search?: string | undefined;
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export function listAudit(filter: AuditFilter, before: number | undefined, signal: AbortSignal): Promise<AuditPage> {
  return call(managementPath('audit'), { query: { ...filter, before, limit: 50 }, signal });
}

export function verifyAudit(): Promise<Verification> {
  return call(managementPath('audit', 'verification'));
}

export function explain(correlationId: string, signal: AbortSignal): Promise<Explanation> {
  return call(managementPath('explanations', correlationId), { signal });
}

export const sessionsQuery = queryOptions({
  queryKey: ['own-sessions'],
  queryFn: ({ signal }) => call<{ items: OwnSession[]; total: number }>(managementPath('sessions'), { signal }),
});

export function endSession(id: string): Promise<void> {
  return call(managementPath('sessions', id), { method: 'DELETE' });
}

export function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  return call(managementPath('me', 'password'), { body: { currentPassword, newPassword } });
}

export function startSecondFactor(currentPassword: string): Promise<{ secret: string; uri: string }> {
  const body = currentPassword === '' ? {} : { currentPassword };
  return call(managementPath('me', 'second-factor'), { body });
}

export function confirmSecondFactor(code: string): Promise<{ recoveryCodes: string[] }> {
  return call(managementPath('me', 'second-factor', 'confirmation'), { body: { code } });
}

export function removeSecondFactor(code: string): Promise<void> {
  return call(managementPath('me', 'second-factor'), { method: 'DELETE', body: { code } });
}

export function renewRecoveryCodes(code: string): Promise<{ recoveryCodes: string[] }> {
  return call(managementPath('me', 'recovery-codes'), { body: { code } });
}
