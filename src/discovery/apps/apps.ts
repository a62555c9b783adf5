// Cloud apps as a tenant sees them: the shipped catalogue, its own apps beside it, and what it said about each. An app's score is
// computed from facts that others published (score.ts) and can be overridden; every figure says where it comes from.
import { require, scopeOf } from '../../access/caller.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import { hasControls } from '../../directory/naming.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { callerName } from '../caller-name.ts';
import { type CategoryId, findCategory } from '../catalog/categories.ts';
import { readFactors } from '../catalog/factors.ts';
import { parseScore } from './custom-apps.ts';
import { type AppFacts, appsOf } from './described.ts';
import { serviceBehind } from './never-blocked.ts';
import { type Score, scoreOf } from './score.ts';
import * as store from './store.ts';
import { nothingStated, requireRoomForMade } from './tagging.ts';
import { type AppTag, findTagIn, listTagsOf, none } from './tags.ts';
import { getMeant, type KnownApp, openTenantCatalog } from './tenant-catalog.ts';
import { weightsOf } from './weights.ts';

export interface AppQuery {
  readonly appIds?: readonly number[] | undefined;
  /** Part of name, vendor or domain; letter case apart. */
  readonly search?: string | undefined;
  readonly categories?: readonly CategoryId[] | undefined;
  /** Names or ids; None stands for apps without a built-in tag. */
  readonly tags?: readonly string[] | undefined;
  /** Ends included; apps without a score are in no range. */
  readonly score?: { readonly least: number; readonly most: number } | undefined;
  readonly sortBy: 'name' | 'score' | 'category' | 'appId';
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

const sorts = ['name', 'score', 'category', 'appId'] as const;

/** Name when nothing is said. Throws InvalidInput. */
export function parseSort(text = 'name'): AppQuery['sortBy'] {
  const found = sorts.find((each) => each === text);
  if (found === undefined) throw new InvalidInput('sort', `Sort by ${sorts.join(', ')}.`);
  return found;
}

/** Any form that findCategory reads. Throws InvalidInput. */
export function parseCategory(text: string): CategoryId {
  const category = findCategory(text);
  if (category !== undefined) return category;
  throw new InvalidInput('category', `${JSON.stringify(text.slice(0, 60))} is no category of cloud apps.`);
}

/** One page of the catalogue with custom apps and tagged apps that nobody knows. Needs Discovery.read. */
export async function listApps(ctx: Ctx, query: AppQuery): Promise<{ items: AppFacts[]; total: number }> {
  require(ctx.caller, 'Discovery.read');
  const { tenantId } = ctx.caller;
  const { db } = ctx.store;
  const [{ catalog, custom }, rows, tags] = await Promise.all([
    openTenantCatalog(db, tenantId),
    store.listAppRows(db, tenantId, null),
    listTagsOf(db, tenantId),
  ]);
  const unknown = rows.flatMap(({ appId, domain }) => (domain === null ? [] : [{ appId, domain }]));
  const all = [...catalog.apps().map(({ id }) => ({ appId: id })), ...custom, ...unknown];
  const wanted = query.appIds === undefined ? undefined : new Set(query.appIds);
  const facts = await appsOf(ctx, tenantId, wanted === undefined ? all : all.filter(({ appId }) => wanted.has(appId)));
  const found = [...facts.values()].filter(testOf(query, tags));
  const key = keyOf(query.sortBy);
  const turn = query.direction === 'asc' ? 1 : -1;
  found.sort(
    (a, b) =>
      turn * compare(key(a), key(b)) || compare(a.name.toLowerCase(), b.name.toLowerCase()) || a.appId - b.appId,
  );
  return { items: found.slice(query.skip, query.skip + query.limit), total: found.length };
}

function testOf({ search, categories, tags, score }: AppQuery, known: readonly AppTag[]): (app: AppFacts) => boolean {
  const text = search?.trim().toLowerCase() ?? '';
  const names = tags?.map((tag) => findTagIn(known, tag)?.name ?? tag);
  const builtIn = new Set(known.filter(({ isBuiltIn }) => isBuiltIn).map(({ name }) => name));
  const hasTag = (app: AppFacts, name: string) =>
    name === none.name ? !app.tags.some((each) => builtIn.has(each)) : app.tags.includes(name);
  return (app) =>
    (text === '' || textsOf(app).some((each) => each.toLowerCase().includes(text))) &&
    (categories === undefined || categories.includes(app.category)) &&
    (names === undefined || names.some((name) => hasTag(app, name))) &&
    (score === undefined || (app.score !== null && app.score >= score.least && app.score <= score.most));
}

const textsOf = ({ name, vendor, domains }: AppFacts): string[] => [name, vendor ?? '', ...domains];

function keyOf(sortBy: AppQuery['sortBy']): (app: AppFacts) => string | number {
  if (sortBy === 'score') return ({ score }) => score ?? -1;
  if (sortBy === 'category') return ({ category }) => category;
  return sortBy === 'appId' ? ({ appId }) => appId : ({ name }) => name.toLowerCase();
}

function compare(left: string | number, right: string | number): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

export interface AppTagged {
  readonly name: string;
  readonly isBuiltIn: boolean;
  readonly setByKind: 'caller' | 'policy';
  readonly setBy: string;
  readonly policyId: string | null;
  readonly reason: string;
  readonly setAt: number;
}

export interface Stated<Value> {
  readonly value: Value;
  readonly note: string;
  readonly by: string | null;
  readonly at: number | null;
}

export interface AppDetails extends AppFacts {
  /** As it is computed, whatever the tenant says. */
  readonly computed: Score;
  /** The tenant's own score; null when there is none. */
  readonly override: Stated<number> | null;
  readonly note: Stated<string> | null;
  readonly tagged: readonly AppTagged[];
  /** The service that blocking it would cut off; null when it can be blocked. */
  readonly neverBlockable: string | null;
}

/** By id, name or domain. Needs Discovery.read. Throws NotFound, InvalidInput for a name of several apps. */
export async function getApp(ctx: Ctx, reference: string | number): Promise<AppDetails> {
  require(ctx.caller, 'Discovery.read');
  return await detailsOf(ctx, await readApp(ctx, reference));
}

/** What other reports' traffic alone tells of is not for those who see some reports only. */
async function readApp({ caller, events, store: { db } }: Ctx, reference: string | number): Promise<KnownApp> {
  const seesAll = scopeOf(caller, 'Discovery.read').all;
  return await getMeant({ db, events: seesAll ? events : null }, caller.tenantId, reference);
}

async function detailsOf(ctx: Ctx, { appId, madeFrom, domains, name }: KnownApp): Promise<AppDetails> {
  const { tenantId } = ctx.caller;
  const { db } = ctx.store;
  const reference = { appId, domain: madeFrom ?? undefined };
  const [facts, row, tagged, tags, weights, factors] = await Promise.all([
    appsOf(ctx, tenantId, [reference]),
    store.findAppRow(db, tenantId, appId),
    store.listTagged(db, tenantId, [appId]),
    listTagsOf(db, tenantId),
    weightsOf(db, tenantId),
    readFactors(),
  ]);
  const found = facts.get(appId);
  if (found === undefined) throw new Error(`Nothing is said about ${name}.`);
  return {
    ...found,
    computed: scoreOf(factors.get(appId) ?? [], weights),
    override:
      row === undefined || row.score === null
        ? null
        : { value: row.score, note: row.scoreNote, by: row.scoreBy, at: row.scoreAt },
    note: row === undefined || row.note === '' ? null : { value: row.note, note: '', by: row.noteBy, at: row.noteAt },
    tagged: tagged.flatMap((each) => {
      const tag = tags.find(({ id }) => id === each.tagId);
      const { setByKind, setBy, policyId, reason, setAt } = each;
      return tag === undefined
        ? []
        : [{ name: tag.name, isBuiltIn: tag.isBuiltIn, setByKind, setBy, policyId, reason, setAt }];
    }),
    neverBlockable: serviceBehind(domains) ?? null,
  };
}

const noteMax = 2000;

/** Puts the tenant's own score in the place of the computed one; null takes it away. Needs Discovery.manage. Throws NotFound, InvalidInput. */
export async function overrideScore(
  ctx: Ctx,
  reference: string | number,
  { score, note = '' }: { readonly score: number | null; readonly note?: string | undefined },
): Promise<AppDetails> {
  const value = parseScore('score', score);
  const text = parseNote(note);
  return await stateApp(ctx, reference, 'discovery-app.override-score', { score: value, note: text }, (row, by, at) =>
    value === null
      ? { ...row, score: null, scoreNote: '', scoreBy: null, scoreAt: null }
      : { ...row, score: value, scoreNote: text, scoreBy: by, scoreAt: at },
  );
}

/** Keeps a note on an app; an empty one takes it away. Needs Discovery.manage. Throws NotFound, InvalidInput. */
export async function noteOn(ctx: Ctx, reference: string | number, note: string): Promise<AppDetails> {
  const text = parseNote(note);
  return await stateApp(ctx, reference, 'discovery-app.note', { note: text }, (row, by, at) =>
    text === '' ? { ...row, note: '', noteBy: null, noteAt: null } : { ...row, note: text, noteBy: by, noteAt: at },
  );
}

async function stateApp(
  ctx: Ctx,
  reference: string | number,
  action: string,
  details: Readonly<Record<string, unknown>>,
  change: (row: store.AppRow, by: string, at: number) => store.AppRow,
): Promise<AppDetails> {
  require(ctx.caller, 'Discovery.manage');
  const app = await readApp(ctx, reference);
  const { appId, name, madeFrom } = app;
  await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const { tenantId } = ctx.caller;
    const row = (await store.findAppRow(trx, tenantId, appId)) ?? nothingStated(tenantId, appId);
    await store.putAppRow(trx, { ...change(row, callerName(ctx.caller), ctx.clock()), domain: row.domain ?? madeFrom });
    if (madeFrom !== null) await requireRoomForMade(ctx, trx);
    await recordAudit(ctx, trx, { action, target: { kind: 'discovery-app', id: String(appId), name }, details });
  });
  return await detailsOf(ctx, app);
}

/** Several lines; tabs and line ends are the only control characters. */
function parseNote(text: string): string {
  const note = text.trim();
  if ([...note].length > noteMax || hasControls(note.replaceAll(/[\t\r\n]/g, ' '))) {
    throw new InvalidInput('note', `A note is text of at most ${noteMax} characters.`);
  }
  return note;
}
