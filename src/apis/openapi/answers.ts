// The answers to /openapi: documents that are written with the first request for them, and kept.
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Services } from '../../context.ts';
import { hostHeaderOf } from '../../listening/host-header.ts';
import { genericUrl, type Names, resolveHost } from '../../listening/names.ts';
import { version } from '../../version.ts';
import { makeDocument } from './documents.ts';
import type { MountedRoute } from './routes.ts';
import { describedSurface, findSurfaceName, type SurfaceName, surfaceNames } from './surfaces.ts';

interface Written {
  readonly title: string;
  /** JSON text on both sides of the servers. */
  readonly head: string;
  readonly tail: string;
  readonly hash: string;
}

export class OpenApiAnswers {
  readonly #names: Names;
  readonly #routes: readonly MountedRoute[];
  readonly #written = new Map<SurfaceName, Promise<Written>>();

  constructor({ names }: Pick<Services, 'names'>, routes: readonly MountedRoute[]) {
    this.#names = names;
    this.#routes = routes;
  }

  async list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const origin = originFor(this.#names, request);
    const documents = await Promise.all(
      surfaceNames.map(async (surface) => {
        const { title } = await this.#get(surface);
        return { surface, title, url: `${origin}/openapi/${surface}.json` };
      }),
    );
    const text = JSON.stringify({ version, documents });
    return sendCached(request, reply, text, hashOf(text));
  }

  /** `file` is the last part of the path: `graph.json`. */
  async document(file: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const name = findSurfaceName(file.replace(/\.json$/, ''));
    if (name === undefined || !file.endsWith('.json')) return sendUnknown(reply);
    const { head, tail, hash } = await this.#get(name);
    const servers = JSON.stringify(serversFor(this.#names, request));
    return sendCached(request, reply, `${head}"servers":${servers},${tail}`, hashOf(hash + servers));
  }

  #get(name: SurfaceName): Promise<Written> {
    let found = this.#written.get(name);
    if (!found) {
      found = write(name, this.#routes);
      // What failed once is tried again with the next request.
      found.catch(() => this.#written.delete(name));
      this.#written.set(name, found);
    }
    return found;
  }
}

async function write(name: SurfaceName, routes: readonly MountedRoute[]): Promise<Written> {
  const surface = await describedSurface(name);
  const { openapi, info, ...rest } = makeDocument(surface, routes, version);
  const head = `${JSON.stringify({ openapi, info }).slice(0, -1)},`;
  const tail = JSON.stringify(rest).slice(1);
  return { title: surface.title, head, tail, hash: hashOf(head + tail) };
}

/** The host that was asked, when it is one of ours, and the generic one: never what a request says about its own host. */
function serversFor(names: Names, request: FastifyRequest): { url: string; description: string }[] {
  const asked = originFor(names, request);
  const generic = genericUrl(names);
  const first = { url: asked, description: 'The host that was asked for this document' };
  return asked === generic
    ? [{ url: generic, description: 'Every organisation' }]
    : [first, { url: generic, description: 'Every organisation' }];
}

function originFor(names: Names, request: FastifyRequest): string {
  return resolveHost(names, hostHeaderOf(request.raw)).canonicalOrigin;
}

/** It changes with the program, the settings of names and the host that is asked; readers ask whether it did. */
function sendCached(request: FastifyRequest, reply: FastifyReply, text: string, hash: string): FastifyReply {
  const etag = `"${hash}"`;
  reply.headers({ etag, 'cache-control': 'public, max-age=300' });
  const known = request.headers['if-none-match']?.split(',').map((each) => each.trim().replace(/^W\//, ''));
  if (known?.includes(etag) || known?.includes('*')) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(text);
}

function sendUnknown(reply: FastifyReply): FastifyReply {
  const detail = `There are documents of ${surfaceNames.join(', ')}: GET /openapi lists them.`;
  return reply.code(404).type('application/json; charset=utf-8').send(JSON.stringify({ detail }));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 32);
}
