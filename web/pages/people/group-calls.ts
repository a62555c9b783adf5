// Calls about groups of people.
import type { Group as GroupSchema, GroupWithMembers } from '../../../src/apis/management/directory-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';

export type Group = Type.Static<typeof GroupSchema>;
type Members = Type.Static<typeof GroupWithMembers>;

export const groupsKey = ['groups'] as const;

export function listGroups({ filters: _filters, ...page }: ListQuery, signal: AbortSignal): Promise<Page<Group>> {
  return call(managementPath('groups'), { query: page, signal });
}

export function createGroup(name: string): Promise<Group> {
  return call(managementPath('groups'), { body: { name } });
}

export function deleteGroup(id: string): Promise<void> {
  return call(managementPath('groups', id), { method: 'DELETE' });
}

/** The group with one page of its members' user names. */
export function showGroup(id: string, skip: number, limit: number, signal: AbortSignal): Promise<Members> {
  return call(managementPath('groups', id), { query: { skip, limit }, signal });
}

export function addMember(id: string, userName: string): Promise<void> {
  return call(managementPath('groups', id, 'members', userName), { method: 'PUT' });
}

export function removeMember(id: string, userName: string): Promise<void> {
  return call(managementPath('groups', id, 'members', userName), { method: 'DELETE' });
}
