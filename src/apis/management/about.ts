import type { FastifyReply } from 'fastify';
import type { Caller } from '../../access/caller.ts';
import type { Services } from '../../context.ts';
import { Type } from '../../lib/schema.ts';
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
  /** A caller never changes: when anything behind one does, the gate makes another. So its description is spelled once. */
  const spelled = new WeakMap<Caller, string>();

  app.get('/about', { schema: { response: { 200: About } } }, (request, reply) => {
    const ctx = anyCtx(request);
    // Monitoring asks this all the time; where nothing has to be waited for, it is answered at once.
    if (ctx instanceof Promise) return ctx.then(({ caller }) => describe(caller));
    let text = spelled.get(ctx.caller);
    if (text === undefined) {
      text = String(reply.serialize(describe(ctx.caller)));
      spelled.set(ctx.caller, text);
    }
    sendJson(reply, text);
  });

  function describe(caller: Caller) {
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

function sendJson(reply: FastifyReply, text: string): void {
  reply.type('application/json; charset=utf-8').send(text);
}
