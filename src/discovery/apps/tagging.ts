// Tags on apps: put there and taken away by people, apps and policies. Of a person and a policy the last one is right, and what is
// there says who did it, when and why. Sanctioned and unsanctioned exclude each other.
import { require } from '../../access/caller.ts';
import { recordAudit, recordAuditAs } from '../../audit/audit.ts';
import type { Ctx, Services } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { hasControls } from '../../directory/naming.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { Conflict, InvalidInput, NotFound } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { callerName } from '../caller-name.ts';
import { isUnclassifiedId } from '../catalog/unclassified.ts';
import { serviceBehind } from './never-blocked.ts';
import * as store from './store.ts';
import { type AppTag, findTagIn, listTagsOf, monitored, none, obtainTag, sanctioned, unsanctioned } from './tags.ts';
import {
  findMeant,
  type KnownApp,
  type Meant,
  madeFromDomain,
  openTenantCatalog,
  type TenantCatalog,
} from './tenant-catalog.ts';

export interface TagChange {
  readonly action: 'add' | 'remove';
  /** Name or id; a new name becomes a tag of the tenant when it is put on an app. */
  readonly tag: string;
  /** Ids, names or domains. */
  readonly apps: readonly (string | number)[];
  readonly reason?: string | undefined;
}

export interface TagOutcome {
  /** As it was asked for. */
  readonly app: string | number;
  /** Null when there is no such app. */
  readonly appId: number | null;
  readonly name: string | null;
  /** `unchanged`: it had the tag already, or has not had it. */
  readonly outcome: 'changed' | 'unchanged' | 'not-found' | 'refused';
  /** Why it was refused, or what to send instead; null otherwise. */
  readonly problem: string | null;
}

const reasonMax = 500;
const appsMax = 1000;

/** Who puts a tag on an app, as it is kept. */
type Setter = Pick<store.TaggedRow, 'setByKind' | 'setBy' | 'policyId' | 'reason' | 'setAt'>;

/**
 * Puts a tag on apps, or takes it away, each by itself: what cannot be done is reported and stops no other. Needs
 * Discovery.manage. Throws InvalidInput, NotFound when the tag that shall go is none, Conflict for too many tags.
 */
export async function changeTags(ctx: Ctx, change: TagChange): Promise<TagOutcome[]> {
  require(ctx.caller, 'Discovery.manage');
  const reason = parseReason(change.reason);
  if (change.apps.length === 0 || change.apps.length > appsMax) {
    throw new InvalidInput('apps', `Give 1 to ${appsMax} apps by id, name or domain.`);
  }
  const { tenantId } = ctx.caller;
  const { db } = ctx.store;
  const meant = await findMeant({ db, events: ctx.events }, tenantId, change.apps);
  return await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const tag =
      change.action === 'add' ? await obtainTag(ctx, trx, change.tag) : await getTag(trx, tenantId, change.tag);
    const setter = { setByKind: 'caller', setBy: callerName(ctx.caller), policyId: null, reason } as const;
    const tagging = await beginTagging(trx, tenantId, tag, { ...setter, setAt: ctx.clock() }, meant);
    const outcomes: TagOutcome[] = [];
    for (const each of meant) outcomes.push(await changeOne(tagging, change.action, each));
    if (change.action === 'add') {
      await requireRoom(ctx, trx);
      await requireRoomForMade(ctx, trx);
    }
    const changed = outcomes.flatMap(({ outcome, appId }) => (outcome === 'changed' ? [appId] : []));
    if (changed.length > 0) {
      await recordAudit(ctx, trx, {
        action: `discovery-app-tag.${change.action}`,
        target: { kind: 'discovery-app-tag', id: tag.id, name: tag.name },
        details: { apps: changed, reason },
      });
    }
    return outcomes;
  });
}

/** What one change works on. */
interface Tagging {
  readonly trx: Trx;
  readonly tenantId: TenantId;
  readonly tag: AppTag;
  readonly setter: Setter;
  /** Ids and reasons of the tags that each app has by now. */
  readonly present: Map<number, Map<string, string>>;
  /** The apps as they are inside the change: a custom one may have changed since it was found. */
  readonly find: TenantCatalog['find'];
}

async function beginTagging(
  trx: Trx,
  tenantId: TenantId,
  tag: AppTag,
  setter: Setter,
  meant: readonly Meant[],
): Promise<Tagging> {
  const { find } = await openTenantCatalog(trx, tenantId);
  const ids = [...new Set(meant.flatMap((each) => ('known' in each ? [each.known.appId] : [])))];
  const present = new Map(ids.map((id) => [id, new Map<string, string>()]));
  for (const { appId, tagId, reason } of await store.listTagged(trx, tenantId, ids)) {
    present.get(appId)?.set(tagId, reason);
  }
  return { trx, tenantId, tag, setter, present, find };
}

async function requireRoom({ caller, config }: Ctx, trx: Trx): Promise<void> {
  if ((await store.countTagged(trx, caller.tenantId)) <= config.discoveryTaggedAppsMax) return;
  const limit = `${config.discoveryTaggedAppsMax} tags on apps (setting discoveryTaggedAppsMax)`;
  throw new Conflict('too-many-tagged-apps', `A tenant has at most ${limit}. Nothing was changed.`);
}

/** What is said of apps that nobody knows is bounded, too: any domain makes one. Throws Conflict. */
export async function requireRoomForMade({ caller: { tenantId }, config }: Ctx, trx: Trx): Promise<void> {
  const { discoveryTaggedAppsMax } = config;
  if ((await store.countMadeApps(trx, tenantId)) <= discoveryTaggedAppsMax) return;
  await store.deleteSilentApps(trx, tenantId);
  if ((await store.countMadeApps(trx, tenantId)) <= discoveryTaggedAppsMax) return;
  const limit = `${discoveryTaggedAppsMax} apps that only their domain tells of (setting discoveryTaggedAppsMax)`;
  throw new Conflict('too-many-tagged-apps', `A tenant can say something of at most ${limit}. Nothing was changed.`);
}

async function getTag(trx: Trx, tenantId: TenantId, name: string): Promise<AppTag> {
  const tag = findTagIn(await listTagsOf(trx, tenantId), name);
  if (tag === undefined) throw new NotFound('The tag');
  return tag;
}

async function changeOne(tagging: Tagging, action: 'add' | 'remove', meant: Meant): Promise<TagOutcome> {
  const { app } = meant;
  const now = 'known' in meant && meant.known.madeFrom === null ? tagging.find(meant.known.appId) : meant;
  if (!('known' in now)) {
    const { problem } = now;
    return { app, appId: null, name: null, outcome: problem === null ? 'not-found' : 'refused', problem };
  }
  const { appId, name } = now.known;
  if (action === 'remove') {
    const had = await takeTag(tagging, appId, tagging.tag.id);
    return { app, appId, name, outcome: had ? 'changed' : 'unchanged', problem: null };
  }
  const problem = refusal(tagging.tag, now.known);
  if (problem !== null) return { app, appId, name, outcome: 'refused', problem };
  const hasChanged = await putTag(tagging, now.known);
  return { app, appId, name, outcome: hasChanged ? 'changed' : 'unchanged', problem };
}

/** Why an app cannot have a tag; null when it can. */
function refusal(tag: AppTag, { name, domains }: KnownApp): string | null {
  if (tag.id !== unsanctioned.id) return null;
  const service = serviceBehind(domains);
  if (service === undefined) return null;
  return `${name} cannot be tagged ${unsanctioned.name}: blocking it would cut off ${service}, which can never be blocked.`;
}

/**
 * Says whether anything changed. Who puts a tag on an app that has it already changes nothing, unless it is with a reason of
 * one's own: then it is from whoever said that.
 */
async function putTag(tagging: Tagging, { appId, madeFrom }: KnownApp): Promise<boolean> {
  const { trx, tenantId, tag, setter } = tagging;
  let hasChanged = false;
  for (const id of displacedBy(tag)) if (await takeTag(tagging, appId, id)) hasChanged = true;
  if (tag.id === none.id) return hasChanged;
  const present = tagging.present.get(appId) ?? new Map<string, string>();
  const before = present.get(tag.id);
  const saysMore = setter.setByKind === 'caller' && setter.reason !== '' && setter.reason !== before;
  if (before !== undefined && !saysMore) return hasChanged;
  if (madeFrom !== null) await keepDomain(trx, tenantId, appId, madeFrom);
  await store.putTagged(trx, { tenantId, appId, tagId: tag.id, ...setter });
  tagging.present.set(appId, present.set(tag.id, setter.reason));
  return true;
}

/** Says whether the app had the tag. Nothing has the tag None. */
async function takeTag({ trx, tenantId, present }: Tagging, appId: number, tagId: string): Promise<boolean> {
  const tags = present.get(appId);
  if (!tags?.delete(tagId)) return false;
  return await store.deleteTagged(trx, tenantId, appId, tagId);
}

/** Ids of the tags that go when this one comes. */
function displacedBy({ id }: AppTag): readonly string[] {
  if (id === sanctioned.id) return [unsanctioned.id];
  if (id === unsanctioned.id) return [sanctioned.id];
  return id === none.id ? [sanctioned.id, unsanctioned.id, monitored.id] : [];
}

/** An app that nobody knows is made from its domain, which its id does not tell. */
export async function keepDomain(trx: Trx, tenantId: TenantId, appId: number, domain: string): Promise<void> {
  if ((await store.findAppRow(trx, tenantId, appId)) !== undefined) return;
  await store.putAppRow(trx, { ...nothingStated(tenantId, appId), domain });
}

/** A row of an app about which nothing was said. */
export function nothingStated(tenantId: TenantId, appId: number): store.AppRow {
  const noScore = { score: null, scoreNote: '', scoreBy: null, scoreAt: null };
  return { tenantId, appId, domain: null, ...noScore, note: '', noteBy: null, noteAt: null };
}

export type PolicyTagging =
  | { readonly outcome: 'tagged' | 'unchanged' }
  | { readonly outcome: 'refused'; readonly reason: string };

/**
 * Puts a tag on an app for a policy, inside the caller's change; nobody's rights are asked. What a policy cannot tag is refused
 * in words and throws nothing, so that the policy's other work is done.
 */
export async function tagByPolicy(
  services: Pick<Services, 'clock' | 'keys'>,
  trx: Trx,
  tenantId: TenantId,
  app: { readonly appId: number; readonly domain?: string | undefined },
  tagName: string,
  policy: { readonly id: string; readonly name: string },
): Promise<PolicyTagging> {
  const tag = findTagIn(await listTagsOf(trx, tenantId), tagName);
  if (tag === undefined) return { outcome: 'refused', reason: `There is no tag ${tagName} any more.` };
  const { appId, domain = '' } = app;
  const reason = `Policy ${policy.name}`;
  const by = { setByKind: 'policy', setBy: policy.name, policyId: policy.id, reason } as const;
  const meant = { app: appId, known: madeFromDomain(appId, domain) };
  const tagging = await beginTagging(trx, tenantId, tag, { ...by, setAt: services.clock() }, [meant]);
  const found = tagging.find(appId);
  const known = 'known' in found ? found.known : isUnclassifiedId(appId) && domain !== '' ? meant.known : undefined;
  if (known === undefined) return { outcome: 'refused', reason: `There is no app ${appId} any more.` };
  const problem = refusal(tag, known);
  if (problem !== null) return { outcome: 'refused', reason: problem };
  if (!(await putTag(tagging, known))) return { outcome: 'unchanged' };
  const system = { actor: { kind: 'system', id: null, name: 'Sallyport' }, origin: null, correlationId: null } as const;
  await recordAuditAs(services, trx, tenantId, system, {
    action: 'discovery-app-tag.add',
    target: { kind: 'discovery-app-tag', id: tag.id, name: tag.name },
    details: { apps: [appId], policyId: policy.id, policyName: policy.name },
  });
  return { outcome: 'tagged' };
}

function parseReason(text = ''): string {
  const reason = text.trim();
  if ([...reason].length > reasonMax || hasControls(reason)) {
    throw new InvalidInput('reason', `A reason is one line of at most ${reasonMax} characters.`);
  }
  return reason;
}
