import type { Kysely } from 'kysely';
import * as foundation from './0001-foundation.ts';
import * as applications from './0002-applications.ts';
import * as security from './0003-security.ts';
import * as customDetections from './0004-custom-detections.ts';
import * as hunting from './0005-hunting.ts';

/** Every change of the control store's schema, in order. Forward only: a released migration is never edited. */
export const migrations: readonly { number: number; name: string; up: (db: Kysely<unknown>) => Promise<void> }[] = [
  { number: 1, name: 'foundation', up: foundation.up },
  { number: 2, name: 'applications', up: applications.up },
  { number: 3, name: 'security', up: security.up },
  { number: 4, name: 'custom-detections', up: customDetections.up },
  { number: 5, name: 'hunting', up: hunting.up },
];
