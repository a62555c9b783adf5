// What runs when the traffic of an upload is there for readers, before the upload counts as done. Each at least once: what
// broke off begins anew, so that a hook must not mind being called again for the same upload.
import type { Services } from '../../context.ts';
import type { TenantId } from '../../lib/ids.ts';

export type HookServices = Services;

export interface UploadedTraffic {
  readonly streamId: string;
  readonly uploadId: string;
  readonly isSnapshot: boolean;
}

export type AfterUpload = (services: HookServices, tenantId: TenantId, uploaded: UploadedTraffic) => Promise<void>;

/** Loaded with the first upload that is read. */
export const afterUpload: readonly (() => Promise<AfterUpload>)[] = [
  async () => (await import('../app-policies/app-policies.ts')).runAppPolicies,
];
