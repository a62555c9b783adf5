// Policies: what people want to be told of. Activity policies are theirs; built-in detections come with the program and
// can be switched, tuned and limited. Policies are evaluated as activities come in (follower.ts), over what is stored
// (backfills.ts) and for trial (dry-run.ts); what they match is kept in matches.ts.
import { randomBytes } from 'node:crypto';
import { type AppInstance, type Caller, type DataScope, may, scopeOf } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import type { Detection } from '../detections/detection.ts';
import { detections, findDetection } from '../detections/detections.ts';
import { presentCaller } from '../directory/present-rights.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { changedAppBody, newAppBody } from './app-policy.ts';
import { outOfReach, readableBy, requireAppBody, requireManager, requireOwnAppPolicy, shownTo } from './app-reach.ts';
import { forgetPolicy } from './forgetting.ts';
import { recordGovernance } from './governance.ts';
import { inOrder, type PolicyOrder } from './order.ts';
import { type Policy, type PolicyType, policyTypes, systemName } from './policy.ts';
import { changedBody, changedDetection, newBody, type PolicyInput, parseName } from './policy-input.ts';
import { policyOf, rowOf, versionBody } from './policy-text.ts';
import * as store from './store.ts';

/** All policies of a tenant by name, detections that nobody has changed included; nobody's rights are asked. */
export async function listAllPolicies(db: Db, tenantId: TenantId): Promise<Policy[]> {
  const stored = (await store.listPolicyRows(db, tenantId)).map(policyOf);
  const known = new Set(stored.map(({ id }) => id));
  const untouched = detections.filter(({ id }) => !known.has(id)).map(policyOfDetection);
  return [...stored, ...untouched].sort((left, right) =>
    left.name < right.name ? -1 : left.name > right.name ? 1 : 0,
  );
}

/** A detection's policy as it comes with the program. */
function policyOfDetection(detection: Detection): Policy {
  return {
    ...newBody,
    id: detection.id,
    name: detection.title,
    type: 'ANOMALY_DETECTION',
    isEnabled: true,
    revision: 0,
    createdAt: 0,
    createdBy: systemName,
    changedAt: 0,
    changedBy: systemName,
    reach: null,
    description: detection.description,
    severity: detection.severity,
    riskCategory: detection.stories[0] ?? 0,
    filters: null,
    sensitivity: detection.defaultSensitivity,
  };
}

async function findPolicy(db: Db, tenantId: TenantId, id: string): Promise<Policy | undefined> {
  const row = await store.findPolicyRow(db, tenantId, id.toLowerCase());
  if (row) return policyOf(row);
  const detection = findDetection(id.toLowerCase());
  return detection && policyOfDetection(detection);
}

/** One policy; nobody's rights are asked. Throws NotFound. */
export async function requirePolicy(db: Db, tenantId: TenantId, id: string): Promise<Policy> {
  const policy = await findPolicy(db, tenantId, id);
  if (!policy) throw new NotFound('The policy');
  return policy;
}

export interface PolicySearch {
  readonly types?: readonly string[];
  readonly isEnabled?: boolean | undefined;
  readonly severities?: readonly string[];
  readonly riskCategory?: number | undefined;
  readonly search?: string | undefined;
  /** By name without it. */
  readonly sort?: PolicyOrder | undefined;
  readonly direction?: 'asc' | 'desc' | undefined;
  readonly skip: number;
  readonly limit: number;
}

/**
 * One page of the policies. Needs Policies.read, which reaches all of them whatever the role is cut to, or
 * DiscoveryPolicies.manage for those on reports within reach; what a detection was told of people is for those who see
 * everybody.
 */
export async function listPolicies(ctx: Ctx, ask: PolicySearch): Promise<{ items: Policy[]; total: number }> {
  const readable = readableBy(ctx.caller);
  const all = await listAllPolicies(ctx.store.db, ctx.caller.tenantId);
  const words = ask.search?.toLowerCase();
  const found = all.filter(
    (policy) =>
      readable.has(policy) &&
      (ask.types === undefined || ask.types.includes(policy.type)) &&
      (ask.severities === undefined || ask.severities.includes(policy.severity)) &&
      (ask.isEnabled === undefined || policy.isEnabled === ask.isEnabled) &&
      (ask.riskCategory === undefined || policy.riskCategory === ask.riskCategory) &&
      (words === undefined || policy.name.toLowerCase().includes(words)),
  );
  const items = inOrder(found, ask.sort ?? 'name', ask.direction ?? 'asc')
    .slice(ask.skip, ask.skip + ask.limit)
    .map((policy) => shownTo(readable.scope, policy, policy.type));
  return { items, total: found.length };
}

/** With the rights of {@link listPolicies}. Throws NotFound. */
export async function getPolicy(ctx: Ctx, id: string): Promise<Policy> {
  const readable = readableBy(ctx.caller);
  const policy = await requirePolicy(ctx.store.db, ctx.caller.tenantId, id);
  if (!readable.has(policy)) throw new NotFound('The policy');
  return shownTo(readable.scope, policy, policy.type);
}

/** Who makes it, as policies and their history say it. */
export function nameOf({ subject }: Caller): string {
  return subject.kind === 'user' ? subject.userName : subject.name;
}

/** What a caller's policies are cut to; null for the whole tenant. */
function reachOf(caller: Caller): Policy['reach'] {
  const scope = scopeOf(caller, 'Policies.manage');
  return scope.all ? null : scope.instances;
}

/**
 * Makes an activity policy, or an app discovery policy when the input says so, enabled unless it says otherwise. Needs
 * Policies.manage, or DiscoveryPolicies.manage; of somebody who manages some app instances only, an activity policy looks at
 * those. Throws InvalidInput and Conflict.
 */
export async function createPolicy(ctx: Ctx, input: PolicyInput): Promise<Policy> {
  const type = parseMadeType(input.type);
  requireManager(ctx.caller, type);
  const name = parseName(input.name);
  const body = type === 'AUDIT' ? changedBody(newBody, input) : changedAppBody(newAppBody, input);
  return await ctx.store.change(ctx.caller.tenantId, async (trx) => {
    const caller = await presentCaller(ctx, trx);
    if (type === 'NEW_SERVICE') await requireAppBody(trx, ctx.caller.tenantId, caller, body);
    const reach = type === 'AUDIT' ? reachOf(caller) : null;
    const by = nameOf(caller);
    const now = ctx.clock();
    const policy: Policy = {
      ...body,
      id: randomBytes(12).toString('hex'),
      name,
      type,
      isEnabled: input.isEnabled ?? true,
      revision: 1,
      createdAt: now,
      createdBy: by,
      changedAt: now,
      changedBy: by,
      reach,
    };
    await addPolicy(ctx, trx, ctx.caller.tenantId, policy);
    await recordAct(ctx, trx, 'policy.create', policy);
    return policy;
  });
}

function parseMadeType(text = 'AUDIT'): 'AUDIT' | 'NEW_SERVICE' {
  if (text === 'AUDIT' || text === 'NEW_SERVICE') return text;
  throw new InvalidInput('type', 'type is AUDIT for an activity policy or NEW_SERVICE for an app discovery policy.');
}

/** Stores a new policy and its first version, inside the caller's change; nobody's rights are asked. Throws Conflict. */
export async function addPolicy(
  { config }: Pick<Ctx, 'config'>,
  trx: Trx,
  tenantId: TenantId,
  policy: Policy,
): Promise<void> {
  const rows = await store.listPolicyRows(trx, tenantId);
  const { policiesPerTenantMax } = config;
  if (rows.filter(({ type }) => type !== 'ANOMALY_DETECTION').length >= policiesPerTenantMax) {
    throw new Conflict(
      'too-many-policies',
      `This tenant has its ${policiesPerTenantMax} policies (setting policiesPerTenantMax).`,
    );
  }
  refuseTakenName(rows, policy);
  await store.insertPolicyRow(trx, rowOf(tenantId, policy));
  await addVersion(trx, tenantId, policy, 'created');
}

function refuseTakenName(rows: readonly store.PolicyRow[], { id, name }: Pick<Policy, 'id' | 'name'>): void {
  const isTaken =
    rows.some((row) => row.name === name && row.id !== id) ||
    detections.some((detection) => detection.title === name && detection.id !== id);
  if (isTaken) throw new Conflict('policy-name-taken', `There is a policy "${name}" already. Choose another name.`);
}

/** Changes a policy. `revision` is the one that the caller saw: Conflict when it has changed since. Needs what making it needs. */
export async function editPolicy(ctx: Ctx, id: string, revision: number, input: PolicyInput): Promise<Policy> {
  return await changePolicy(ctx, id, revision, 'edited', (policy) => {
    const isEnabled = input.isEnabled ?? policy.isEnabled;
    if (policy.type === 'ANOMALY_DETECTION') return { ...policy, ...changedDetection(policy, input), isEnabled };
    const name = input.name === undefined ? policy.name : parseName(input.name);
    const body = policy.type === 'AUDIT' ? changedBody(policy, input) : changedAppBody(policy, input);
    return { ...policy, ...body, name, isEnabled };
  });
}

/** Switches a policy on or off; what is so already stays as it is. Needs what making it needs. */
export async function setEnabled(ctx: Ctx, id: string, isEnabled: boolean): Promise<Policy> {
  const change = isEnabled ? 'enabled' : 'disabled';
  return await changePolicy(ctx, id, null, change, (policy) =>
    policy.isEnabled === isEnabled ? policy : { ...policy, isEnabled },
  );
}

type ChangeName = 'edited' | 'enabled' | 'disabled';

async function changePolicy(
  ctx: Ctx,
  id: string,
  revision: number | null,
  change: ChangeName,
  apply: (policy: Policy) => Policy,
): Promise<Policy> {
  requireManager(ctx.caller);
  const { tenantId } = ctx.caller;
  return await ctx.store.change(tenantId, async (trx) => {
    const caller = await presentCaller(ctx, trx);
    const before = await requireOwn(ctx, trx, caller, id);
    if (revision !== null && before.revision !== revision) {
      throw new Conflict(
        'policy-changed',
        `${before.changedBy} has changed this policy since (it is at revision ${before.revision}). Read it again.`,
      );
    }
    const after = apply(before);
    if (after === before) return before;
    if (after.type === 'NEW_SERVICE') await requireAppBody(trx, tenantId, caller, after);
    const saved: Policy = {
      ...after,
      reach: before.type === 'AUDIT' ? narrowed(before.reach, reachOf(caller)) : null,
      revision: before.revision + 1,
      changedAt: ctx.clock(),
      changedBy: nameOf(caller),
    };
    refuseTakenName(await store.listPolicyRows(trx, tenantId), saved);
    await savePolicy(trx, tenantId, before, saved, change);
    if (saved.isEnabled !== before.isEnabled) await recordSwitch(ctx, trx, saved);
    await recordAct(ctx, trx, `policy.${{ edited: 'edit', enabled: 'enable', disabled: 'disable' }[change]}`, saved);
    return saved;
  });
}

/** Whoever may change everything leaves a policy's reach as it was. */
function narrowed(before: Policy['reach'], own: Policy['reach']): Policy['reach'] {
  return own ?? before;
}

/** Writes a changed policy and its version; nobody's rights are asked. */
export async function savePolicy(
  trx: Trx,
  tenantId: TenantId,
  before: Policy,
  saved: Policy,
  change: ChangeName,
): Promise<void> {
  const row = rowOf(tenantId, saved);
  // A detection's first row.
  if (before.revision === 0) await store.insertPolicyRow(trx, row);
  else await store.updatePolicyRow(trx, tenantId, saved.id, row);
  await addVersion(trx, tenantId, saved, change);
}

async function requireOwn(ctx: Ctx, trx: Trx, caller: Caller, id: string): Promise<Policy> {
  requireManager(caller);
  const policy = await requirePolicy(trx, ctx.caller.tenantId, id);
  if (policy.type === 'NEW_SERVICE') {
    requireOwnAppPolicy(caller, policy, nameOf(caller));
    return policy;
  }
  // Who may make app discovery policies alone knows of no others.
  if (!may(caller, 'Policies.manage') && !readableBy(caller).has(policy)) throw new NotFound('The policy');
  const scope = scopeOf(caller, 'Policies.manage');
  if (scope.all || (policy.type === 'AUDIT' && policy.createdBy === nameOf(caller))) return policy;
  throw outOfReach(caller, 'Somebody whose role is limited to app instances may change own policies only.');
}

/** Refuses a detection to somebody who manages the policies of some app instances: it looks at the whole tenant. */
export function requireReach(caller: Caller, policy: Policy): void {
  refuseTrial(policy);
  if (scopeOf(caller, 'Policies.manage').all || policy.type === 'AUDIT') return;
  throw outOfReach(caller, 'Built-in detections look at all app instances, and the role is limited to some.');
}

/** True when the policy looks at nothing that lies outside the scope. */
export function isWithin(scope: DataScope, { reach }: Pick<Policy, 'reach'>): boolean {
  if (scope.all) return true;
  const isIn = ({ appId, instance }: AppInstance): boolean =>
    scope.instances.some((each) => each.appId === appId && each.instance === instance);
  return reach?.every(isIn) ?? false;
}

/**
 * The policy, which the caller may have evaluated at this moment, inside a change. Throws NotFound; refuses others'
 * policies, and an own one of a time when the caller's role reached further.
 */
export async function requireEvaluable(ctx: Ctx, trx: Trx, id: string): Promise<Policy> {
  const caller = await presentCaller(ctx, trx);
  const policy = await requireOwn(ctx, trx, caller, id);
  refuseTrial(policy);
  if (isWithin(scopeOf(caller, 'Policies.manage'), policy)) return policy;
  throw outOfReach(
    caller,
    'This policy looks at more than your role reaches. Change it first: that cuts it to what your role reaches.',
  );
}

/** Activities are what dry runs and backfills look at. Throws Conflict. */
export function refuseTrial({ type }: { readonly type?: string }): void {
  if (type !== 'NEW_SERVICE') return;
  throw new Conflict(
    'policy-without-trial',
    'App discovery policies look at the traffic of each upload when it is read; there are no dry runs and backfills of them.',
  );
}

/** Deletes a policy; its alerts, what it matched and its history stay. Needs what making it needs. */
export async function deletePolicy(ctx: Ctx, id: string): Promise<void> {
  requireManager(ctx.caller);
  const { tenantId } = ctx.caller;
  await ctx.store.change(tenantId, async (trx) => {
    const caller = await presentCaller(ctx, trx);
    const policy = await requireOwn(ctx, trx, caller, id);
    if (policy.type === 'ANOMALY_DETECTION') {
      throw new Conflict('policy-built-in', 'A built-in detection cannot be deleted. Disable it.');
    }
    await store.deletePolicyRow(trx, tenantId, policy.id);
    await forgetPolicy(trx, tenantId, policy.id, nameOf(caller));
    const gone = { ...policy, revision: policy.revision + 1, changedAt: ctx.clock(), changedBy: nameOf(caller) };
    await addVersion(trx, tenantId, gone, 'deleted');
    await recordAct(ctx, trx, 'policy.delete', policy);
  });
}

async function addVersion(
  trx: Trx,
  tenantId: TenantId,
  policy: Policy,
  change: ChangeName | 'created' | 'deleted',
): Promise<void> {
  const { id, revision, changedAt, changedBy } = policy;
  const version = { tenantId, policyId: id, revision, at: changedAt, by: changedBy, change };
  await store.insertVersion(trx, { ...version, body: versionBody(policy) });
}

/** Whoever waits for a policy's alerts finds in the governance log that, and by whom, it was switched. */
async function recordSwitch({ caller: { tenantId } }: Ctx, trx: Trx, policy: Policy): Promise<void> {
  const { id: policyId, name, isEnabled, changedAt: at, changedBy } = policy;
  const type = isEnabled ? 'EnablePolicyTask' : 'DisablePolicyTask';
  const message = `${changedBy} switched the policy ${isEnabled ? 'on' : 'off'}.`;
  const details = { target: name, policyName: name, message };
  await recordGovernance(trx, tenantId, { type, status: 'succeeded', at, appId: null, policyId, details });
}

async function recordAct(ctx: Ctx, trx: Trx, action: string, policy: Policy): Promise<void> {
  const { id, name, revision, isEnabled, severity, dailyAlertLimit } = policy;
  const details = { revision, isEnabled, severity, dailyAlertLimit };
  await recordAudit(ctx, trx, { action, target: { kind: 'policy', id, name }, details });
}

/** The type of this name, in any case. Throws InvalidInput for types that this server does not have. */
export function parsePolicyType(text: string): PolicyType {
  const type = policyTypes.find((each) => each === text.toUpperCase());
  if (!type) throw new InvalidInput('type', `This server has policies of the types ${policyTypes.join(' and ')}.`);
  return type;
}
