import type { Ctx, Services } from '../../context.ts';
import type { ExternalSignIn as DomainSetting } from '../../directory/external-sign-in/setting.ts';
import { begunOf } from '../arrival.ts';
import { listOf } from './directory-schemas.ts';
import {
  CheckBody,
  CheckedProvider,
  ExternalLink,
  ExternalSignInAnswer,
  ExternalSignInBody,
  LinkQuery,
  SignInOptions,
  SignInOptionsQuery,
} from './external-sign-in-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

const path = '/external-sign-in';

/** The tenant's own OpenID Connect provider. For global administrators. */
export function externalSignInRoutes(app: ManagementApp, _services: Services): void {
  app.get(path, { schema: { response: { 200: ExternalSignInAnswer } } }, async (request) => {
    const ctx = await personCtx(request);
    return answer(ctx, await (await setting()).getExternalSignIn(ctx));
  });

  app.put(path, { schema: { body: ExternalSignInBody, response: { 200: ExternalSignInAnswer } } }, async (request) => {
    const ctx = await personCtx(request);
    return answer(ctx, await (await setting()).putExternalSignIn(ctx, request.body));
  });

  app.delete(path, async (request, reply) => {
    await (await setting()).removeExternalSignIn(await personCtx(request));
    return reply.code(204).send();
  });

  app.post(`${path}/check`, { schema: { body: CheckBody, response: { 200: CheckedProvider } } }, async (request) => {
    const { checkExternalSignIn } = await import('../../directory/external-sign-in/check.ts');
    return toWire(await checkExternalSignIn(await personCtx(request), request.body.issuer));
  });

  app.get(
    `${path}/links`,
    { schema: { querystring: LinkQuery, response: { 200: listOf(ExternalLink) } } },
    async (request) => toWire(await (await links()).listExternalLinks(await personCtx(request), request.query)),
  );

  app.delete(`${path}/links/:id`, { schema: { params: IdParams } }, async (request, reply) => {
    await (await links()).removeExternalLink(await personCtx(request), request.params.id);
    return reply.code(204).send();
  });
}

/** What the sign-in page offers, for everybody. It tells of a tenant no more than that page shows. */
export function signInOptionRoutes(app: ManagementApp, services: Services): void {
  app.get(
    '/sign-in-options',
    { schema: { querystring: SignInOptionsQuery, response: { 200: SignInOptions } } },
    async (request) => {
      const { signInOptions } = await import('../../directory/external-sign-in/options.ts');
      const { hostTenantId } = begunOf(request);
      return await signInOptions(services, { hostTenantId, tenant: request.query.tenant });
    },
  );
}

async function answer(ctx: Ctx, externalSignIn: DomainSetting | null) {
  const { redirectUrisOf } = await setting();
  return toWire({ redirectUris: redirectUrisOf(ctx.names, ctx.caller.tenantSlug), externalSignIn });
}

// Loaded with the first call (docs/decisions/0008).
const setting = () => import('../../directory/external-sign-in/setting.ts');
const links = () => import('../../directory/external-sign-in/links.ts');
