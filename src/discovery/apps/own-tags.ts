// Other names for a tenant's own tags, and their end. Policies know tags by their names, so that both are a matter of theirs.
import { require } from '../../access/caller.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { Conflict } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { appSettingsOf } from '../../policies/app-policy.ts';
import { listAllPolicies } from '../../policies/policies.ts';
import * as store from './store.ts';
import { type AppTag, type AppTagWithApps, findTagIn, listTagsOf, nameTaken, ownTag, parseTagName } from './tags.ts';

/**
 * Gives a tag another name; apps that have it keep it. Needs Discovery.manage. Throws NotFound, InvalidInput, and Conflict for a
 * built-in tag, for a name that is taken, and where policies name the tag: they would look for what is no more.
 */
export async function renameAppTag(ctx: Ctx, nameOrId: string, name: string): Promise<AppTagWithApps> {
  require(ctx.caller, 'Discovery.manage');
  const parsed = parseTagName(name);
  return await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const { tenantId } = ctx.caller;
    const tags = await listTagsOf(trx, tenantId);
    const tag = ownTag(tags, nameOrId);
    const namesake = findTagIn(tags, parsed);
    if (namesake !== undefined && namesake.id !== tag.id) throw nameTaken(parsed);
    const appIds = await store.listAppIdsTagged(trx, tenantId, tag.id);
    const renamed = { ...tag, name: parsed };
    if (parsed === tag.name) return { ...renamed, appIds };
    await refuseNamedByPolicies(trx, tenantId, tag);
    await store.renameTag(trx, tenantId, tag.id, { name: parsed, nameKey: parsed.toLowerCase() });
    await recordAudit(ctx, trx, {
      action: 'discovery-app-tag.rename',
      target: { kind: 'discovery-app-tag', id: tag.id, name: parsed },
      details: { before: tag.name },
    });
    return { ...renamed, appIds };
  });
}

/**
 * Takes the tag from all apps, too. Needs Discovery.manage. Throws NotFound, and Conflict for a built-in tag and where policies
 * name the tag.
 */
export async function deleteAppTag(ctx: Ctx, nameOrId: string): Promise<void> {
  require(ctx.caller, 'Discovery.manage');
  await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const { tenantId } = ctx.caller;
    const tag = ownTag(await listTagsOf(trx, tenantId), nameOrId);
    await refuseNamedByPolicies(trx, tenantId, tag);
    const apps = await store.listAppIdsTagged(trx, tenantId, tag.id);
    await store.deleteTag(trx, tenantId, tag.id);
    await recordAudit(ctx, trx, {
      action: 'discovery-app-tag.delete',
      target: { kind: 'discovery-app-tag', id: tag.id, name: tag.name },
      details: { apps: apps.length },
    });
  });
}

async function refuseNamedByPolicies(trx: Trx, tenantId: TenantId, { name }: AppTag): Promise<void> {
  const key = name.toLowerCase();
  const naming = (await listAllPolicies(trx, tenantId)).filter((policy) => {
    if (policy.type !== 'NEW_SERVICE') return false;
    if (appSettingsOf(policy).tag?.toLowerCase() === key) return true;
    return policy.appConditions.some(
      ({ field, test }) =>
        field.names.includes('tag') &&
        'values' in test &&
        test.values.some((each) => String(each).toLowerCase() === key),
    );
  });
  if (naming.length === 0) return;
  const names = naming.slice(0, 5).map((policy) => `"${policy.name}"`);
  throw new Conflict('app-tag-in-policies', `Policies name this tag: ${names.join(', ')}. Change them first.`);
}
