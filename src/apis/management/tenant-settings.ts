import { getTenantSettings, updateTenantSettings } from '../../applications/tenant-settings.ts';
import type { Services } from '../../context.ts';
import { TenantSettings, TenantSettingsBody } from './applications-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

/** What the caller's tenant decides about applications and consent. */
export function tenantSettingRoutes(app: ManagementApp, _services: Services): void {
  app.get('/tenant-settings', { schema: { response: { 200: TenantSettings } } }, async (request) =>
    getTenantSettings(await personCtx(request)),
  );

  app.patch(
    '/tenant-settings',
    { schema: { body: TenantSettingsBody, response: { 200: TenantSettings } } },
    async (request) => updateTenantSettings(await personCtx(request), request.body),
  );
}
