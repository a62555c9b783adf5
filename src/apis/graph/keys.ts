import type { FastifyRequest } from 'fastify';
import { NotFound } from '../../lib/failures.ts';
import { isGuid } from '../../lib/ids.ts';
import { pathOf } from '../arrival.ts';

/** Parameters of a route of {@link keyPaths}: one of the two is there. */
export interface KeyParams {
  readonly id?: string;
  readonly key?: string;
}

/**
 * The two ways to name an object of a set: `/applications/{id}` and `/applications(appId='{appId}')` (OData 4.01 URL
 * conventions, section 4.3).
 */
export function keyPaths(set: string, rest = ''): readonly string[] {
  return [`/${set}/:id${rest}`, `/${set}:key${rest}`];
}

export interface Key {
  readonly by: 'id' | 'appId';
  readonly value: string;
}

/** Which object a path names. An object id and an app id are told apart: each is looked for under its own name only. */
export function keyOf(request: FastifyRequest): Key {
  const { id, key } = request.params as KeyParams; // The routes that call this are those of keyPaths.
  if (id !== undefined && isGuid(id)) return { by: 'id', value: id.toLowerCase() };
  const [, name, value = ''] = /^\((?:(id|appId)=)?'([^']*)'\)$/i.exec(key ?? '') ?? [];
  if (!isGuid(value)) throw new NotFound(`Resource '${pathOf(request).slice(0, 200)}'`);
  return { by: name?.toLowerCase() === 'appid' ? 'appId' : 'id', value: value.toLowerCase() };
}

/** The object that the key names; `found` was looked up by either of its ids. */
export function requireKey<Kind extends { readonly id: string; readonly appId: string }>(
  { by, value }: Key,
  found: Kind,
): Kind {
  if (found[by] === value) return found;
  throw new NotFound(`Resource '${value}'`);
}
