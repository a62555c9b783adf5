// Who is linked to a person at the provider, for administrators.
import { require } from '../../access/caller.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import { isoTime } from '../../lib/clock.ts';
import { NotFound } from '../../lib/failures.ts';
import { getUserRow } from '../managed-user.ts';
import { type Listed, type PageRequest, parsePage } from '../paging.ts';
import { changeAs } from '../present-rights.ts';
import { endSessions } from '../sessions.ts';
import { removeExternalRoles } from './mapped-roles.ts';
import * as store from './store.ts';

export interface ExternalLink {
  readonly user: { readonly id: string; readonly userName: string; readonly displayName: string };
  readonly issuer: string;
  /** The provider's own id of the person. */
  readonly subject: string;
  readonly origin: 'created' | 'linked';
  readonly linkedAt: string;
  readonly lastSignInAt: string;
}

/** One page, who signed in last first. Needs SignIn.manage. */
export async function listExternalLinks(ctx: Ctx, request: PageRequest): Promise<Listed<ExternalLink>> {
  require(ctx.caller, 'SignIn.manage');
  const page = parsePage(ctx.config, request, ['lastSignInAt'], 'desc');
  const { rows, total } = await store.pageIdentities(ctx.store.db, ctx.caller.tenantId, page);
  const items = rows.map(({ userId: id, userName, displayName, issuer, subject, origin, linkedAt, lastSignInAt }) => ({
    user: { id, userName, displayName },
    ...{ issuer, subject, origin, linkedAt: isoTime(linkedAt), lastSignInAt: isoTime(lastSignInAt) },
  }));
  return { items, total };
}

/** Takes a link away, with the roles that came through it; ends the person's sessions. The account stays. */
export async function removeExternalLink(ctx: Ctx, userRef: string): Promise<void> {
  require(ctx.caller, 'SignIn.manage');
  const { tenantId } = ctx.caller;
  await changeAs(ctx, 'SignIn.manage', async (trx) => {
    const user = await getUserRow(trx, tenantId, userRef);
    const link = await store.findIdentityOfUser(trx, tenantId, user.id);
    if (!link) throw new NotFound('The link of this user');
    await store.deleteIdentityOfUser(trx, tenantId, user.id);
    await removeExternalRoles(ctx, trx, tenantId, (all) => all, user.id);
    await endSessions(trx, tenantId, user.id, ctx.clock());
    await recordAudit(ctx, trx, {
      action: 'external-sign-in.unlink',
      target: { kind: 'user', id: user.id, name: user.userName },
      details: { issuer: link.issuer, subject: link.subject },
    });
  });
}
