import type { Services } from '../../context.ts';
import { getRoleSettings, putRoleSettings, type ShownRoleSettings } from '../../directory/role-settings.ts';
import { type BuiltInRole, builtInRoles } from '../../directory/role-table.ts';
import { listOf, RefParams } from './directory-schemas.ts';
import { Role, RoleSettings, RoleSettingsBody } from './roles-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** The built-in roles, for everybody who is signed in, and what activating each demands in the caller's tenant. */
export function roleRoutes(app: ManagementApp, _services: Services): void {
  app.get('/roles', { schema: { response: { 200: listOf(Role) } } }, async (request) => {
    await personCtx(request);
    return { items: builtInRoles.map(wire), total: builtInRoles.length };
  });

  const settings = { params: RefParams, response: { 200: RoleSettings } };

  app.get('/roles/:ref/settings', { schema: settings }, async (request) =>
    wireSettings(await getRoleSettings(await personCtx(request), request.params.ref)),
  );

  app.put('/roles/:ref/settings', { schema: { ...settings, body: RoleSettingsBody } }, async (request) =>
    wireSettings(await putRoleSettings(await personCtx(request), request.params.ref, request.body)),
  );
}

function wire(role: BuiltInRole) {
  return toWire({ ...role, permissions: [...role.permissions].sort() });
}

function wireSettings(settings: ShownRoleSettings) {
  return toWire({ ...settings, approvers: settings.approvers });
}
