// People and the organisation, as far as automation asks for them before it does anything else.
import type { Ctx } from '../../context.ts';
import { type DirectoryUser, findUsers, getDirectoryUser, type UserProperty } from '../../directory/directory-lists.ts';
import { getTenantById } from '../../directory/tenants.ts';
import { isoTime } from '../../lib/clock.ts';
import type { TextCondition } from '../../lib/text-condition.ts';
import { GraphProblem } from './errors.ts';
import { readTextFilter } from './filters.ts';
import { pick, readEntityOptions, readListOptions, sendList } from './lists.ts';
import { type GraphApp, graphCtx, sendEntity } from './surface.ts';

export function directoryRoutes(app: GraphApp): void {
  app.get('/me', async (request, reply) => {
    const ctx = await graphCtx(request);
    const { subject } = ctx.caller;
    if (subject.kind !== 'user') throw new GraphProblem('/me is the signed-in person, and this token acts for nobody.');
    const select = readEntityOptions(request);
    const wire = pick(userWire(await getDirectoryUser(ctx, subject.userId)), select, 'user');
    return sendEntity(ctx, request, reply, 'users', wire);
  });

  app.get('/users', async (request, reply) => {
    const ctx = await graphCtx(request);
    const asked = readListOptions(ctx, request);
    const { items, total } = await findUsers(ctx, readUserFilter(ctx, asked.filter), asked.span);
    return sendList(ctx, request, reply, asked, { of: 'users', type: 'user', items: items.map(userWire), total });
  });

  app.get<{ Params: { id: string } }>('/users/:id', async (request, reply) => {
    const ctx = await graphCtx(request);
    const select = readEntityOptions(request);
    const wire = pick(userWire(await getDirectoryUser(ctx, request.params.id)), select, 'user');
    return sendEntity(ctx, request, reply, 'users', wire);
  });

  app.get('/organization', async (request, reply) => {
    const ctx = await graphCtx(request);
    const asked = readListOptions(ctx, request);
    if (asked.filter !== undefined) throw new GraphProblem('The one organization cannot be filtered.');
    const items = asked.span.skip === 0 ? [await organizationWire(ctx)] : [];
    return sendList(ctx, request, reply, asked, { of: 'organization', type: 'organization', items, total: 1 });
  });
}

type WireProperty = 'id' | 'userPrincipalName' | 'mail' | 'displayName';

function readUserFilter(ctx: Ctx, text: string | undefined): TextCondition<UserProperty> | null {
  const texts: readonly WireProperty[] = ['id', 'userPrincipalName', 'mail', 'displayName'];
  const where = readTextFilter(ctx, text, { what: 'users', texts });
  return where && renamed(where);
}

/** People sign in with their address: it is their principal name and their mail. */
function renamed(where: TextCondition<WireProperty>): TextCondition<UserProperty> {
  switch (where.kind) {
    case 'all':
    case 'any':
      return { kind: where.kind, of: where.of.map(renamed) };
    case 'not':
      return { kind: 'not', of: renamed(where.of) };
    default: {
      const { property } = where;
      return { ...where, property: property === 'userPrincipalName' || property === 'mail' ? 'userName' : property };
    }
  }
}

function userWire({ id, userName, displayName, status, createdAt }: DirectoryUser) {
  return {
    id,
    displayName,
    userPrincipalName: userName,
    mail: userName,
    accountEnabled: status === 'enabled',
    createdDateTime: isoTime(createdAt),
    userType: 'Member',
  };
}

async function organizationWire(ctx: Ctx) {
  const { id, displayName, createdAt, domains } = await getTenantById(ctx.store.db, ctx.caller.tenantId);
  return {
    id,
    displayName,
    createdDateTime: isoTime(createdAt),
    tenantType: 'AAD',
    verifiedDomains: domains.map(({ name, isPrimary }) => ({
      name,
      type: 'Managed',
      isDefault: isPrimary,
      isInitial: isPrimary,
    })),
  };
}
