import type { Kysely } from 'kysely';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly up: (db: Kysely<unknown>) => Promise<void>;
}

/**
 * Every change of the control store's schema, in order. Forward only: a released migration is never edited. Each is loaded when
 * it is applied, because most starts find nothing to do.
 */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'foundation', up: async (db) => (await import('./0001-foundation.ts')).up(db) },
  { number: 2, name: 'applications', up: async (db) => (await import('./0002-applications.ts')).up(db) },
  { number: 3, name: 'security', up: async (db) => (await import('./0003-security.ts')).up(db) },
  { number: 4, name: 'custom-detections', up: async (db) => (await import('./0004-custom-detections.ts')).up(db) },
  { number: 5, name: 'hunting', up: async (db) => (await import('./0005-hunting.ts')).up(db) },
  { number: 6, name: 'discovery', up: async (db) => (await import('./0006-discovery.ts')).up(db) },
  { number: 7, name: 'external-sign-in', up: async (db) => (await import('./0007-external-sign-in.ts')).up(db) },
  { number: 8, name: 'incident-names', up: async (db) => (await import('./0008-incident-names.ts')).up(db) },
  { number: 9, name: 'portal-lists', up: async (db) => (await import('./0009-portal-lists.ts')).up(db) },
];
