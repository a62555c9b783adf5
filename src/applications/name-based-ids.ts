import { createHash } from 'node:crypto';
import type { AppId, ServicePrincipalId, TenantId } from '../lib/ids.ts';

/** Names below this id are ours: it is a random id that stands for this program (RFC 9562 section 6.6). */
const namespace = '7d0c9a52-43b8-4f0e-9a61-5c2b8f7e1d34';

/** A UUID of version 5 (RFC 9562 section 5.5): the same name always gives the same id, on every machine. */
export function nameBasedId(name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Object id of an API's service principal in a tenant. The APIs are in every tenant, without a row that says so. */
export function resourcePrincipalId(tenantId: TenantId, appId: AppId): ServicePrincipalId {
  return nameBasedId(`service-principal/${tenantId}/${appId}`) as ServicePrincipalId; // Made here, so it is one.
}
