import Type from 'typebox';
import type { Ctx, Services } from '../../context.ts';
import { tenantUrl } from '../../listening/names.ts';
import { version } from '../../version.ts';
import { anyCtx, type ManagementApp } from './surface.ts';

const About = Type.Object({
  name: Type.String(),
  version: Type.String(),
  region: Type.String(),
  tenant: Type.Object({ id: Type.String(), slug: Type.String(), displayName: Type.String(), number: Type.Integer() }),
  aadTenantId: Type.String(),
  apiUrl: Type.String(),
  portalUrl: Type.String(),
  // `nullable` and not a union: the serialiser would validate a union's value to find out which member it is.
  user: Type.Unsafe<{ userName: string; displayName: string } | null>(
    Type.Object({ userName: Type.String(), displayName: Type.String() }, { nullable: true }),
  ),
});

/** What an integration needs to know of where it runs. The one call here that API tokens open too. */
export function aboutRoutes(app: ManagementApp, services: Services): void {
  app.get('/about', { schema: { response: { 200: About } } }, (request, reply) => {
    const ctx = anyCtx(request);
    // Monitoring asks this all the time; where nothing has to be waited for, it is answered at once.
    if (ctx instanceof Promise) return ctx.then(answer);
    reply.send(answer(ctx));
  });

  function answer({ caller }: Ctx) {
    const url = tenantUrl(services.names, caller.tenantSlug);
    const { subject } = caller;
    return {
      name: 'Sallyport',
      version,
      region: services.config.region,
      tenant: caller.tenant,
      aadTenantId: caller.tenantId,
      apiUrl: `${url}/api/`,
      portalUrl: url,
      user: subject.kind === 'user' ? { userName: subject.userName, displayName: subject.displayName } : null,
    };
  }
}
