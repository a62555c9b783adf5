import type { TenantId } from '../lib/ids.ts';

// Accounts, users and files as activities tell of them, and the tenant's own IP tags: see tables.ts for how columns are written.

export interface IpTagsTable {
  /** 24 hex digits. */
  id: string;
  tenantId: TenantId;
  /** Unique in its tenant. */
  name: string;
}

/** An account in an app, or the user behind the accounts of one user name. */
export interface EntitiesTable {
  tenantId: TenantId;
  /** 24 hex digits, made of what the entity is known by: the same every time. */
  id: string;
  kind: 'account' | 'user';
  /** Of an account: the app that it belongs to. Of a user: 0. */
  appId: number;
  instance: number;
  /** Lower case; what an account is known by in its app, what a user's accounts have in common. */
  userName: string;
  /** Object id in the directory, lower case. */
  directoryId: string | null;
  /** Part behind the @. */
  domain: string | null;
  /** Null where nobody is a guest: applications, the provider's own accounts. */
  isExternal: 0 | 1 | null;
  /** 1 once it did something administrative or was given a role. */
  isAdmin: 0 | 1;
  isApplication: 0 | 1;
  /** What the directory last said of it: 2 active, 3 suspended, 4 deleted; 0 for nothing. */
  status: number;
  statusAt: number;
  /** First activity that did or named it. */
  firstSeenAt: number;
  /** Its last own activity; 0 for none. */
  lastSeenAt: number;
}

/** Where an entity was active: one row an app instance, the app that the account belongs to included. */
export interface EntityAppsTable {
  tenantId: TenantId;
  entityId: string;
  appId: number;
  instance: number;
  firstSeenAt: number;
  lastSeenAt: number;
}

/** A file or folder. Of what changes, each part has the time of the record that last said it. */
export interface FilesTable {
  tenantId: TenantId;
  /** 24 hex digits, made of app, instance and `fileId`. */
  id: string;
  appId: number;
  instance: number;
  /** `<site>|<item>`. */
  fileId: string;
  siteUrl: string | null;
  /** Path of its folder below the site. */
  folder: string;
  name: string;
  /** Lower case, without the dot. */
  extension: string;
  url: string | null;
  nameAt: number;
  isFolder: 0 | 1;
  /** 0 other, 1 document, 2 spreadsheet, 3 presentation, 4 text, 5 image, 6 folder. */
  fileType: number;
  /** User name, lower case. */
  owner: string | null;
  /** 2 by whose OneDrive it is in, 1 by who uploaded it. */
  ownerRank: number;
  ownerAt: number;
  /** 0 private, 1 internal, 2 external, 3 public; null while no record said anything. */
  sharing: number | null;
  /** JSON: what is shared with whom (files/shares.ts). */
  shares: string;
  /** Texts between U+001F: user names, their domains, group names that it is shared with. */
  collaborators: string;
  domains: string;
  groups: string;
  label: string | null;
  labelAt: number;
  /** 0 there, 1 in a recycle bin, 2 deleted. */
  status: number;
  statusAt: number;
  /** 0 where no record says when. */
  createdAt: number;
  modifiedAt: number;
  accessedAt: number;
  seenAt: number;
}
