import type { Ctx } from '../context.ts';
import { getUserRow } from '../directory/managed-user.ts';
import { Conflict, NotFound } from '../lib/failures.ts';
import { changeApplication, requireMayHandOver } from './application-rights.ts';
import type { OwnerView } from './application-view.ts';
import { recordApplicationAct } from './registrations.ts';
import * as store from './store.ts';

/** Makes a user of the tenant an owner; nothing happens where the user is one. For owners and Applications.manage. */
export async function addOwner(ctx: Ctx, ref: string, userRef: string): Promise<OwnerView[]> {
  return await changeApplication(ctx, ref, async (trx, application, caller) => {
    const { tenantId, id } = application;
    await requireMayHandOver(trx, caller, application);
    const user = await getUserRow(trx, tenantId, userRef);
    if (user.status === 'deleted') {
      throw new Conflict('deleted', `The user ${user.userName} is deleted. Restore the user first.`);
    }
    const owners = await store.listOwners(trx, tenantId, [id]);
    if (owners.length >= ctx.config.ownersPerApplicationMax && !owners.some((each) => each.id === user.id)) {
      throw new Conflict('too-many-owners', `An application has at most ${ctx.config.ownersPerApplicationMax} owners.`);
    }
    if (await store.insertOwner(trx, tenantId, id, user.id)) {
      await recordApplicationAct(ctx, trx, 'application.add-owner', application, { owner: user.userName });
    }
    return (await store.listOwners(trx, tenantId, [id])).map(toOwner);
  });
}

export async function removeOwner(ctx: Ctx, ref: string, userRef: string): Promise<void> {
  await changeApplication(ctx, ref, async (trx, application) => {
    const { tenantId, id } = application;
    const user = await getUserRow(trx, tenantId, userRef);
    if (!(await store.deleteOwner(trx, tenantId, id, user.id))) throw new NotFound('The owner');
    await recordApplicationAct(ctx, trx, 'application.remove-owner', application, { owner: user.userName });
  });
}

function toOwner({ id, userName, displayName }: store.OwnerRow): OwnerView {
  return { id, userName, displayName };
}
