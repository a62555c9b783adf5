import type { Services } from '../../context.ts';
import {
  changeUserLife,
  createUser,
  type User as DomainUser,
  endUserSessions,
  getUser,
  listUsers,
  renameUser,
  resetPassword,
  resetSecondFactor,
} from '../../directory/users.ts';
import { isoTime } from '../../lib/clock.ts';
import {
  CreateUserBody,
  listOf,
  RefParams,
  RenameBody,
  User,
  UserQuery,
  UserWithPassword,
} from './directory-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** Users of the caller's own tenant. */
export function userRoutes(app: ManagementApp, _services: Services): void {
  const one = { params: RefParams, response: { 200: User } };

  app.get('/users', { schema: { querystring: UserQuery, response: { 200: listOf(User) } } }, async (request) => {
    const { items, total } = await listUsers(await personCtx(request), request.query);
    return { items: items.map(wire), total };
  });

  app.post(
    '/users',
    { schema: { body: CreateUserBody, response: { 201: UserWithPassword } } },
    async (request, reply) => {
      const { user, oneTimePassword } = await createUser(await personCtx(request), request.body);
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ user: wire(user), ...(oneTimePassword === null ? {} : { oneTimePassword }) });
    },
  );

  app.get('/users/:ref', { schema: one }, async (request) =>
    wire(await getUser(await personCtx(request), request.params.ref)),
  );

  app.patch('/users/:ref', { schema: { ...one, body: RenameBody } }, async (request) =>
    wire(await renameUser(await personCtx(request), request.params.ref, request.body.displayName)),
  );

  for (const act of ['disable', 'enable', 'restore'] as const) {
    app.post(`/users/:ref/${act}`, { schema: one }, async (request) =>
      wire(await changeUserLife(await personCtx(request), request.params.ref, act)),
    );
  }

  app.delete('/users/:ref', { schema: { params: RefParams } }, async (request, reply) => {
    await changeUserLife(await personCtx(request), request.params.ref, 'delete');
    return reply.code(204).send();
  });

  app.post(
    '/users/:ref/reset-password',
    { schema: { params: RefParams, response: { 200: UserWithPassword } } },
    async (request, reply) => {
      const { user, oneTimePassword } = await resetPassword(await personCtx(request), request.params.ref);
      return reply.header('cache-control', 'no-store').send({ user: wire(user), oneTimePassword });
    },
  );

  app.post('/users/:ref/reset-second-factor', { schema: one }, async (request) =>
    wire(await resetSecondFactor(await personCtx(request), request.params.ref)),
  );

  app.post('/users/:ref/end-sessions', { schema: one }, async (request) =>
    wire(await endUserSessions(await personCtx(request), request.params.ref)),
  );
}

function wire(user: DomainUser) {
  return toWire({ ...user, createdAt: isoTime(user.createdAt), lastSignInAt: isoTime(user.lastSignInAt) });
}
