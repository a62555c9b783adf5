import type { Permission } from '../access/permissions.ts';
import type { ApiPermission } from './resources.ts';

/** One permission of the catalogue. */
export type PermissionRow = readonly [
  value: string,
  id: string,
  displayName: string,
  description: string,
  opens: readonly Permission[],
];

/** Application permissions: only an administrator grants them. */
export function roles(...rows: readonly PermissionRow[]): ApiPermission[] {
  return rows.map((row) => toPermission(row, true));
}

/** Delegated permissions that only an administrator grants, be it for one person. */
export function scopes(...rows: readonly PermissionRow[]): ApiPermission[] {
  return rows.map((row) => toPermission(row, true));
}

/** Delegated permissions that people may grant for themselves where their tenant lets them. */
export function personalScopes(...rows: readonly PermissionRow[]): ApiPermission[] {
  return rows.map((row) => toPermission(row, false));
}

function toPermission([value, id, displayName, description, opens]: PermissionRow, adminOnly: boolean): ApiPermission {
  return { id, value, displayName, description, adminOnly, opens };
}
