// What tests of ingestion share: a caller's context, records to send.
import { type Caller, wholeTenant } from '../../src/access/caller.ts';
import type { Permission } from '../../src/access/permissions.ts';
import type { Ctx, Services } from '../../src/context.ts';
import type { Tenant } from '../../src/directory/tenants.ts';
import { type CorrelationId, newId } from '../../src/lib/ids.ts';

/** The context of a caller who holds exactly these permissions. */
export function ctxOf(services: Services, tenant: Tenant, permissions: readonly Permission[] = ['Ingest.write']): Ctx {
  const caller: Caller = {
    tenantId: tenant.id,
    tenantSlug: tenant.slug,
    tenant,
    subject: { kind: 'operator', name: 'test' },
    credential: { kind: 'local', name: 'test' },
    permissions: new Map(permissions.map((permission) => [permission, wholeTenant])),
    isFullAdministrator: false,
    dormant: new Map(),
    passed: [],
  };
  const origin = { address: '127.0.0.1', userAgent: 'test' };
  return { ...services, caller, correlationId: newId<CorrelationId>(), origin };
}

/** A unified audit record with plausible values. */
export function auditRecord(index: number, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    CreationTime: new Date(Date.UTC(2026, 10, 20, 8) + (index % 80_000) * 1000).toISOString().slice(0, 19),
    Id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    Operation: 'FileDownloaded',
    OrganizationId: 'd0c5f1a4-8b1e-4a57-9c3e-7f60b2a41c11',
    RecordType: 6,
    UserKey: '10032000AAAA',
    UserType: 0,
    Workload: 'SharePoint',
    ClientIP: '8.8.8.8',
    UserId: 'Ada@Contoso.example',
    SourceFileName: `plan ${index}.docx`,
    ObjectId: `https://sharepoint.contoso.example/sites/plans/plan ${index}.docx`,
    Site: '11111111-2222-4333-8444-555555555555',
    ListItemUniqueId: '66666666-7777-4888-8999-aaaaaaaaaaaa',
    ItemType: 'File',
    ...changes,
  };
}

export function auditLines(count: number, from = 0): string {
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(auditRecord(from + index))}\n`).join('');
}

/** The bytes in pieces of this size. */
export async function* inPieces(bytes: Buffer | string, size = 65_536): AsyncIterable<Buffer> {
  const whole = Buffer.from(bytes);
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}
