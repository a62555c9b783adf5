import type { TenantId, UserId } from '../lib/ids.ts';

// What people keep for hunting: see tables.ts for how columns are written.

type Flag = 0 | 1;

export interface SavedQueriesTable {
  tenantId: TenantId;
  id: string;
  /** Who saved it first; it stays theirs. */
  ownerId: UserId;
  name: string;
  /** Empty outside of any folder. */
  folder: string;
  description: string;
  /** KQL, as it was written. */
  query: string;
  isShared: Flag;
  /** The owner's id while it is private, `shared` else: within a space, folder and name are there once. */
  space: string;
  revision: number;
  createdAt: number;
  changedAt: number;
  /** User name. */
  changedBy: string;
}

export interface WatchlistsTable {
  tenantId: TenantId;
  /** The alias in lower case. */
  key: string;
  alias: string;
  description: string;
  /** Name of the column that is also there as SearchKey. */
  searchKey: string;
  /** JSON list of the names of the columns, as the upload had them. */
  columns: string;
  /** Which parts are its rows: a new one with every upload. */
  version: string;
  rowCount: number;
  /** Of the rows' texts. */
  bytes: number;
  createdAt: number;
  changedAt: number;
  /** User name, or name of the app or token. */
  changedBy: string;
}

export interface WatchlistPartsTable {
  tenantId: TenantId;
  version: string;
  /** From 0. */
  part: number;
  /** JSON list of rows: the item's id, then the values of the columns, all of them texts. */
  rows: string;
}

export interface HuntingRetentionTable {
  tenantId: TenantId;
  /** Name of a stored hunting table, or `*` for those that have no row of their own. */
  tableName: string;
  days: number;
  changedAt: number;
}
