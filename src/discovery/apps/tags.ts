// Tags of apps: built-in ones, and the tenant's own, which come to be when somebody makes one or puts it on an app.
import { randomBytes } from 'node:crypto';
import { require } from '../../access/caller.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Config } from '../../config.ts';
import type { Ctx } from '../../context.ts';
import type { Db, Trx } from '../../db/store.ts';
import { parseText } from '../../directory/naming.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { Conflict, InvalidInput, NotFound } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { callerName } from '../caller-name.ts';
import * as store from './store.ts';

export interface AppTag {
  /** 24 hex digits; of a built-in tag its name in lower case. */
  readonly id: string;
  readonly name: string;
  readonly isBuiltIn: boolean;
}

export interface AppTagWithApps extends AppTag {
  /** Lowest first. */
  readonly appIds: readonly number[];
}

function builtIn(name: string): AppTag {
  return { id: name.toLowerCase(), name, isBuiltIn: true };
}

export const sanctioned = builtIn('Sanctioned');
export const unsanctioned = builtIn('Unsanctioned');
export const monitored = builtIn('Monitored');
/** Stands for having none of the built-in ones: putting it on an app takes those away. */
export const none = builtIn('None');

export const builtInTags: readonly AppTag[] = [sanctioned, unsanctioned, monitored, none];

const nameMax = 60;

/** Built-in tags, then the tenant's own by name; nobody's rights are asked. */
export async function listTagsOf(db: Db, tenantId: TenantId): Promise<AppTag[]> {
  const own = await store.listTags(db, tenantId);
  return [...builtInTags, ...own.map(({ id, name }) => ({ id, name, isBuiltIn: false }))];
}

/** By name, letter case apart, or by id. */
export function findTagIn<Tag extends AppTag>(tags: readonly Tag[], text: string): Tag | undefined {
  const key = text.trim().toLowerCase();
  return tags.find(({ name }) => name.toLowerCase() === key) ?? tags.find(({ id }) => id === key);
}

/** Ids of the apps with a tag, by name or id, lowest first; none for a tag that is not there. Nobody's rights are asked. */
export async function appIdsTagged(db: Db, tenantId: TenantId, tag: string): Promise<number[]> {
  const found = findTagIn(await listTagsOf(db, tenantId), tag);
  return found === undefined ? [] : await store.listAppIdsTagged(db, tenantId, found.id);
}

/** Needs Discovery.read. */
export async function listAppTags({ caller, store: { db } }: Ctx): Promise<AppTagWithApps[]> {
  require(caller, 'Discovery.read');
  const [tags, tagged] = await Promise.all([
    listTagsOf(db, caller.tenantId),
    store.listTagged(db, caller.tenantId, null),
  ]);
  const byTag = Map.groupBy(tagged, ({ tagId }) => tagId);
  return tags.map((tag) => ({ ...tag, appIds: (byTag.get(tag.id) ?? []).map(({ appId }) => Number(appId)) }));
}

/** Needs Discovery.manage. Throws InvalidInput, and Conflict for a name that is taken or when there would be too many. */
export async function createAppTag(ctx: Ctx, name: string): Promise<AppTag> {
  require(ctx.caller, 'Discovery.manage');
  const parsed = parseTagName(name);
  return await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const tags = await listTagsOf(trx, ctx.caller.tenantId);
    if (findTagIn(tags, parsed) !== undefined) throw nameTaken(parsed);
    return await addTag(ctx, trx, tags, parsed);
  });
}

/** The tenant's own tag by name or id. Throws NotFound, and Conflict for a built-in tag. */
export function ownTag(tags: readonly AppTag[], nameOrId: string): AppTag {
  const tag = findTagIn(tags, nameOrId);
  if (tag === undefined) throw new NotFound('The tag');
  if (tag.isBuiltIn) throw new Conflict('built-in-app-tag', `The tag ${tag.name} is built in and stays.`);
  return tag;
}

/** What is thrown for a name that another tag has. */
export function nameTaken(name: string): Conflict {
  return new Conflict('app-tag-name-taken', `There is a tag "${name}" already. Choose another name.`);
}

/** The tag of that name, made when there is none, inside a change. Throws as {@link createAppTag}. */
export async function obtainTag(ctx: Ctx, trx: Trx, name: string): Promise<AppTag> {
  const tags = await listTagsOf(trx, ctx.caller.tenantId);
  return findTagIn(tags, name) ?? (await addTag(ctx, trx, tags, parseTagName(name)));
}

async function addTag(ctx: Ctx, trx: Trx, tags: readonly AppTag[], name: string): Promise<AppTag> {
  requireRoom(tags, ctx.config);
  const { tenantId } = ctx.caller;
  const tag = { id: randomBytes(12).toString('hex'), name, isBuiltIn: false };
  const made = { createdAt: ctx.clock(), createdBy: callerName(ctx.caller) };
  await store.insertTag(trx, { tenantId, id: tag.id, name, nameKey: name.toLowerCase(), ...made });
  await recordAudit(ctx, trx, {
    action: 'discovery-app-tag.create',
    target: { kind: 'discovery-app-tag', id: tag.id, name },
  });
  return tag;
}

function requireRoom(tags: readonly AppTag[], { discoveryOwnTagsMax }: Pick<Config, 'discoveryOwnTagsMax'>): void {
  if (tags.filter(({ isBuiltIn }) => !isBuiltIn).length < discoveryOwnTagsMax) return;
  const limit = `${discoveryOwnTagsMax} tags of its own (setting discoveryOwnTagsMax)`;
  throw new Conflict('too-many-app-tags', `A tenant has at most ${limit}. Delete one, or use one that is there.`);
}

/** Throws InvalidInput. */
export function parseTagName(text: string): string {
  const name = parseText('tagName', text, nameMax);
  // What looks like an id and is none was meant as one.
  if (/^[0-9a-f]{24}$/i.test(name)) throw new InvalidInput('tagName', `There is no tag with the id ${name}.`);
  return name;
}
