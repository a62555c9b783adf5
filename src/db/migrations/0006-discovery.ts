// Cloud discovery: data sources, uploads and reports; apps as the organisation sees them; agents and collectors.
import type { Kysely } from 'kysely';
import { createDiscoveryAppTables } from './0006-discovery-apps.ts';
import { createDiscoveryReportTables } from './0006-discovery-reports.ts';
import { createDiscoveryUploadTables } from './0006-discovery-uploads.ts';
import { createLogCollectorTables } from './0006-log-collectors.ts';
import { createSiemAgentTables } from './0006-siem-agents.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createDiscoveryUploadTables(db);
  await createDiscoveryAppTables(db);
  await createDiscoveryReportTables(db);
  await createSiemAgentTables(db);
  await createLogCollectorTables(db);
}
