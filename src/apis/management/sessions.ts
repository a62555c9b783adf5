import type { Ctx, Services } from '../../context.ts';
import { loadRights, rightsAt } from '../../directory/effective.ts';
import {
  csrfTokenOf,
  endOwnSession,
  expiredSessionCookie,
  getOwnSession,
  listOwnSessions,
  type SessionRow,
  sessionCookie,
} from '../../directory/sessions.ts';
import { signIn } from '../../directory/sign-in.ts';
import { isoTime } from '../../lib/clock.ts';
import { arrivalOf, begunOf } from '../arrival.ts';
import { refuseForeignPages } from '../own-origins.ts';
import { IdParams } from './schemas.ts';
import { BegunSession, PresentSession, SessionList, SignInBody } from './sessions-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

/** Signing in and out, and a person's own sessions. */
export function sessionRoutes(app: ManagementApp, services: Services): void {
  app.post('/sessions', { schema: { body: SignInBody, response: { 201: BegunSession } } }, async (request, reply) => {
    refuseForeignPages(services.names, request);
    const { hostTenantId, correlationId } = begunOf(request);
    const { client = 'portal', ...typed } = request.body;
    const { origin } = arrivalOf(request);
    const { session, value, user, tenant } = await signIn(services, origin, correlationId, {
      ...typed,
      client,
      hostTenantId,
    });
    if (client === 'portal') reply.header('set-cookie', sessionCookie(value, services.config.sessionTtlSeconds));
    return reply.code(201).send({
      ...commonWire(services, session),
      user: { id: user.id, userName: user.userName, displayName: user.displayName },
      tenant: { id: tenant.id, slug: tenant.slug, displayName: tenant.displayName },
      ...(client === 'cli' ? { value } : {}),
    });
  });

  app.get('/session', { schema: { response: { 200: PresentSession } } }, async (request) =>
    presentSession(await personCtx(request)),
  );

  app.delete('/session', async (request, reply) => {
    const ctx = await personCtx(request);
    const session = await getOwnSession(ctx);
    await endOwnSession(ctx, session.id);
    if (session.client === 'portal') reply.header('set-cookie', expiredSessionCookie());
    return reply.code(204).send();
  });

  app.get('/sessions', { schema: { response: { 200: SessionList } } }, async (request) => {
    const ctx = await personCtx(request);
    const present = await getOwnSession(ctx);
    const sessions = await listOwnSessions(ctx);
    return {
      items: sessions.map((each) => ({
        id: each.id,
        client: each.client,
        createdAt: isoTime(each.createdAt),
        lastSeenAt: isoTime(each.lastSeenAt),
        expiresAt: isoTime(each.expiresAt),
        address: each.address,
        userAgent: each.userAgent,
        isPresent: each.id === present.id,
      })),
      total: sessions.length,
    };
  });

  app.delete('/sessions/:id', { schema: { params: IdParams } }, async (request, reply) => {
    await endOwnSession(await personCtx(request), request.params.id);
    return reply.code(204).send();
  });
}

function commonWire(services: Services, session: SessionRow) {
  return {
    id: session.id,
    client: session.client,
    createdAt: isoTime(session.createdAt),
    expiresAt: isoTime(session.expiresAt),
    idleSecondsMax: services.config.sessionIdleSecondsMax,
    ...(session.client === 'portal' ? { csrfToken: csrfTokenOf(services.keys, session.id) } : {}),
  };
}

async function presentSession(ctx: Ctx) {
  const session = await getOwnSession(ctx);
  const rights = await loadRights(ctx.store.db, session.tenantId, session.userId);
  if (!rights) throw new Error('A session without its user was let in.');
  const { activeRoles } = rightsAt(rights, ctx.clock());
  const { user, tenant } = rights;
  return {
    ...commonWire(ctx, session),
    secondFactorAt: isoTime(session.secondFactorAt),
    hasSecondFactor: session.hasSecondFactor,
    user: { id: user.id, userName: user.userName, displayName: user.displayName },
    tenant: { id: tenant.id, slug: tenant.slug, displayName: tenant.displayName },
    roles: activeRoles.map(({ held, until }) => ({
      id: held.role.id,
      key: held.role.key,
      displayName: held.role.displayName,
      until: isoTime(until),
    })),
    permissions: [...ctx.caller.permissions.keys()].sort(),
    isFullAdministrator: ctx.caller.isFullAdministrator,
  };
}
