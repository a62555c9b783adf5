import type { Kysely } from 'kysely';
import { createAlertTables } from './0003-alerts.ts';
import { createEntityTables } from './0003-entities.ts';
import { createIncidentTables } from './0003-incidents.ts';
import { createMachineTables } from './0003-machines.ts';
import { createNotificationTables } from './0003-notifications.ts';
import { createPolicyTables } from './0003-policies.ts';

/** Alerts, policies, entities, machines, notifications: one file for each, made by one migration. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createAlertTables(db);
  await createMachineTables(db);
  await createEntityTables(db);
  await createIncidentTables(db);
  await createPolicyTables(db);
  await createNotificationTables(db);
}
