// GET /openapi and /openapi/{surface}.json: what this server's APIs are, for people and generators. Open to everybody who
// reaches the server: nothing in them is of a tenant. Only what has to be there when routes are mounted is in this file.
import type { FastifyInstance, FastifySchema } from 'fastify';
import type { Services } from '../../context.ts';
import type { OpenApiAnswers } from './answers.ts';

/** One method of one route. */
export interface MountedRoute {
  readonly method: string;
  /** With its prefix, and parameters as `:id`. */
  readonly url: string;
  readonly schema: FastifySchema | undefined;
}

/** HEAD comes by itself with each GET, and OPTIONS is for browsers. */
const undescribed = new Set(['HEAD', 'OPTIONS']);

/** Collects from now on what is mounted on the app and on everything that is registered in it. */
export function collectRoutes(app: FastifyInstance): readonly MountedRoute[] {
  const routes: MountedRoute[] = [];
  app.addHook('onRoute', ({ method, url, schema }) => {
    for (const each of [method].flat()) {
      if (!undescribed.has(each)) routes.push({ method: each, url, schema });
    }
  });
  return routes;
}

/** `routes` is filled while the server is built, and read with the first request. */
export function openApiRoutes(app: FastifyInstance, services: Services, routes: readonly MountedRoute[]): void {
  let opened: OpenApiAnswers | undefined;
  const answers = async (): Promise<OpenApiAnswers> => {
    const { OpenApiAnswers: Answers } = await import('./answers.ts');
    opened ??= new Answers(services, routes);
    return opened;
  };
  app.get('/openapi', async (request, reply) => (await answers()).list(request, reply));
  app.get<{ Params: { file: string } }>('/openapi/:file', async (request, reply) =>
    (await answers()).document(request.params.file, request, reply),
  );
}
