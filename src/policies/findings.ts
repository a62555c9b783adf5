// What policies find among the activities of a span, before any limit is applied: whoever asks (the follower, a backfill,
// a dry run) decides what becomes of it.
import type { BatchRange, FollowServices } from '../activities/following.ts';
import type { AlertDraft } from '../alerts/alert.ts';
import { type DetectionSettings, type Finding, findingsMax, type TimeRange } from '../detections/detection.ts';
import { findDetection } from '../detections/detections.ts';
import { draftOf } from '../detections/draft.ts';
import { openScene } from '../detections/scene.ts';
import { listMemberNames } from '../directory/groups.ts';
import { StoreUnavailable, TooLarge } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { draftOfMatch, draftOfWindow } from './drafts.ts';
import { type Aim, aimAt, countMatches, type Fact, listFacts, listMatches, type Span } from './matching.ts';
import { isPaused, pausePolicy } from './pauses.ts';
import type { Policy } from './policy.ts';
import { type FindWindows, type FoundWindow, findRepeated, groupingOf } from './repeated.ts';
import { type Tally, tallyOf } from './tallies.ts';
import { withThings } from './things.ts';

/** An alert that a policy would raise. */
export interface Candidate {
  readonly draft: AlertDraft;
  /** When what it tells of happened. */
  readonly at: number;
  /** Of a repeated policy. */
  readonly window: FoundWindow | null;
  /** The activities behind it, as far as they are known here. */
  readonly facts: readonly Fact[];
}

export interface PolicyFindings {
  readonly policy: Policy;
  /** All activities of the span that it matches; of a detection, those behind its findings. */
  readonly matches: number;
  /** The first of them. */
  readonly facts: readonly Fact[];
  /** In time. */
  readonly candidates: readonly Candidate[];
  /** Alerts beyond the candidates: they would be held back anyway. */
  readonly more: number;
}

export interface Search {
  readonly tenantId: TenantId;
  readonly policies: readonly Policy[];
  readonly span: Span;
  /** The same activities, as detections are told of them. */
  readonly range: BatchRange | TimeRange;
  readonly isLive: boolean;
  readonly findWindows: FindWindows;
  /** How many alerts a policy may still raise: it is not asked for more. */
  alertsLeft(policy: Policy): number;
  /** How many matches are taken one by one. */
  readonly factsMax: number;
  /** Told of policies that failed over new activities and were left out. */
  onFailure?(policy: Policy, error: unknown): void;
}

/** Queries of one search that run side by side. */
const atOnce = 3;

type SearchServices = Pick<FollowServices, 'store' | 'events' | 'clock' | 'config' | 'log'>;

export async function search(services: SearchServices, ask: Search): Promise<PolicyFindings[]> {
  const audits = ask.policies.filter(({ type }) => type === 'AUDIT');
  const detections = ask.policies.filter(({ type }) => type === 'ANOMALY_DETECTION');
  const found = [
    ...(await searchAudits(services, ask, audits)),
    ...(await searchDetections(services, ask, detections)),
  ];
  return await withTheirThings(services, ask, found);
}

/** An alert without its files is better than none: what fails over new activities must not hold them up for ever. */
async function withTheirThings(
  { events, log }: SearchServices,
  { tenantId, isLive }: Search,
  found: readonly PolicyFindings[],
): Promise<PolicyFindings[]> {
  try {
    const drafts = found.flatMap(({ candidates }) => candidates.map(({ draft }) => draft));
    const complete = new Map((await withThings(events, tenantId, drafts)).map((draft) => [draft.alertId, draft]));
    return found.map((each) => ({
      ...each,
      candidates: each.candidates.map((candidate) => ({
        ...candidate,
        draft: complete.get(candidate.draft.alertId) ?? candidate.draft,
      })),
    }));
  } catch (error) {
    if (error instanceof StoreUnavailable || !isLive) throw error;
    log.error({ err: error, tenantId }, 'files and devices of new alerts could not be read');
    return [...found];
  }
}

async function searchAudits(
  services: SearchServices,
  ask: Search,
  policies: readonly Policy[],
): Promise<PolicyFindings[]> {
  if (policies.length === 0) return [];
  const asked = ask.isLive ? policies.filter((policy) => !isPaused(services.store, ask.tenantId, policy)) : policies;
  const aims = await Promise.all(asked.map((policy) => aimAt(services, ask.tenantId, policy, ask.isLive)));
  const { counted, facts } = await matchesOf(services, ask, aims);
  for (const { aim, count } of counted) if (count === 0) await tallyFor(services, ask, aim, count, []);
  const matching = counted.filter(({ count }) => count > 0);
  const found: PolicyFindings[] = [];
  // Some side by side: the engine works off one such query with one core.
  for (let at = 0; at < matching.length; at += atOnce) {
    const some = matching.slice(at, at + atOnce).map(async ({ aim, count }) => {
      const { policy } = aim;
      const own = facts.get(policy.id) ?? [];
      return await apart(services, ask, policy, async () => {
        const { candidates, more } = policy.repetition
          ? await candidatesOfWindows(services, ask, aim, count, own.length === count ? own : null)
          : candidatesOfMatches(services, ask, policy, own, count);
        return { policy, matches: count, facts: own, candidates, more };
      });
    });
    found.push(...(await Promise.all(some)).flatMap((each) => each ?? []));
  }
  return found;
}

interface Matching {
  /** Policies that failed are left out. */
  readonly counted: readonly { readonly aim: Aim; readonly count: number }[];
  readonly facts: ReadonlyMap<string, readonly Fact[]>;
}

/** What the policies match, asked for together; when that fails each by itself, without those that are at fault. */
async function matchesOf(services: SearchServices, ask: Search, aims: readonly Aim[]): Promise<Matching> {
  try {
    return await matchesTogether(services, ask, aims);
  } catch (error) {
    if (error instanceof StoreUnavailable || !ask.isLive) throw error;
  }
  const counted: { aim: Aim; count: number }[] = [];
  const facts = new Map<string, readonly Fact[]>();
  for (const aim of aims) {
    const own = await apart(services, ask, aim.policy, () => matchesTogether(services, ask, [aim]));
    counted.push(...(own?.counted ?? []));
    for (const [id, list] of own?.facts ?? []) facts.set(id, list);
  }
  return { counted, facts };
}

async function matchesTogether({ events }: SearchServices, ask: Search, aims: readonly Aim[]): Promise<Matching> {
  const query = { events, tenantId: ask.tenantId, span: ask.span };
  const facts = await listMatches(query, aims, ask.factsMax);
  let listed = 0;
  for (const each of facts.values()) listed += each.length;
  // So many are all of them, whichever policies they belong to.
  const counts = listed < ask.factsMax ? undefined : await countMatches(query, aims);
  const counted = aims.map((aim, index) => ({
    aim,
    count: counts ? (counts[index] ?? 0) : (facts.get(aim.policy.id)?.length ?? 0),
  }));
  return { counted, facts };
}

/**
 * Undefined where the work of one policy over new activities fails (a query that takes longer than it may, a mistake): it
 * fails the next time too, and the others must not wait for it for ever. Whoever asked for a period is told.
 */
async function apart<T>(
  { log, store }: SearchServices,
  ask: Search,
  policy: Policy,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const { tenantId, isLive } = ask;
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreUnavailable || !isLive) throw error;
    // A query may be late because the store is busy: then the range comes again, once.
    if (error instanceof TooLarge && !pausePolicy(store, tenantId, policy)) throw error;
    log.error({ err: error, tenantId, policyId: policy.id, policy: policy.name }, 'a policy could not be evaluated');
    ask.onFailure?.(policy, error);
    return undefined;
  }
}

function candidatesOfMatches(
  { clock }: SearchServices,
  ask: Search,
  policy: Policy,
  facts: readonly Fact[],
  count: number,
): Pick<PolicyFindings, 'candidates' | 'more'> {
  const chosen = facts.slice(0, ask.alertsLeft(policy));
  const candidates = chosen.map((fact) => ({
    draft: draftOfMatch(policy, fact, clock()),
    at: fact.timestamp,
    window: null,
    facts: [fact],
  }));
  return { candidates, more: count - chosen.length };
}

/** What is counted of a repeated policy as activities come in, with those of the range. */
async function tallyFor(
  { events, clock }: SearchServices,
  { tenantId, range, isLive }: Search,
  aim: Aim,
  count: number,
  facts: readonly Fact[] | null,
): Promise<Tally | undefined> {
  const { repetition } = aim.policy;
  if (!repetition || !isLive || !('upTo' in range)) return undefined;
  return await tallyOf({ events, tenantId, range, now: clock() }, aim, groupingOf(repetition), count, facts);
}

async function candidatesOfWindows(
  services: SearchServices,
  ask: Search,
  aim: Aim,
  count: number,
  facts: readonly Fact[] | null,
): Promise<Pick<PolicyFindings, 'candidates' | 'more'>> {
  const { clock, events } = services;
  const tally = await tallyFor(services, ask, aim, count, facts);
  const left = ask.alertsLeft(aim.policy);
  // Nothing is lost by not looking: windows are found again when there is room for their alerts, or are too old then.
  if (left === 0) return { candidates: [], more: 0 };
  const windows = await findRepeated({ events, tenantId: ask.tenantId, span: ask.span }, aim, ask.findWindows, {
    facts,
    tally,
  });
  const candidates = windows.slice(0, left).map((window) => ({
    draft: draftOfWindow(aim.policy, window, clock()),
    at: window.start,
    window,
    facts: window.facts,
  }));
  return { candidates, more: windows.length - candidates.length };
}

async function searchDetections(
  services: SearchServices,
  ask: Search,
  policies: readonly Policy[],
): Promise<PolicyFindings[]> {
  if (policies.length === 0) return [];
  const base = await openScene(services, ask.tenantId, ask.range);
  const found: PolicyFindings[] = [];
  for (const policy of policies) {
    const detection = findDetection(policy.id);
    if (!detection || (ask.isLive && isPaused(services.store, ask.tenantId, policy))) continue;
    const scene = {
      ...base,
      sensitivity: policy.sensitivity ?? detection.defaultSensitivity,
      settings: policy.settings as DetectionSettings, // Checked when the policy was changed (policy-input.ts).
    };
    const own = await apart(services, ask, policy, async () => {
      const findings = await inScope(services, ask.tenantId, policy, await detection.find(scene));
      if (findings.length === 0) return undefined;
      return await findingsOf(services, ask, policy, findings, (each) => draftOf(detection, each, services.clock()));
    });
    if (own) found.push(own);
  }
  return found;
}

/** The findings about people that the policy is for. */
async function inScope(
  { store }: SearchServices,
  tenantId: TenantId,
  { scope }: Policy,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  const { includeGroups, excludeGroups } = scope;
  if (findings.length === 0 || includeGroups.length + excludeGroups.length === 0) return findings;
  const included = new Set(await listMemberNames(store.db, tenantId, includeGroups));
  const excluded = new Set(await listMemberNames(store.db, tenantId, excludeGroups));
  return findings.filter(({ entities }) => {
    const users = entities.flatMap(({ entityType, userPrincipalName }) =>
      entityType === 'User' && typeof userPrincipalName === 'string' ? [userPrincipalName.toLowerCase()] : [],
    );
    const isIn = includeGroups.length === 0 || users.some((user) => included.has(user));
    return isIn && !(users.length > 0 && users.every((user) => excluded.has(user)));
  });
}

async function findingsOf(
  { events }: SearchServices,
  ask: Search,
  policy: Policy,
  findings: readonly Finding[],
  draft: (finding: Finding) => AlertDraft,
): Promise<PolicyFindings> {
  const sorted = findings.toSorted((left, right) => left.lastActivity - right.lastActivity).slice(0, findingsMax);
  const ids = [...new Set(sorted.flatMap(({ activityIds }) => activityIds))];
  const facts = await listFacts(events, ask.tenantId, ids.slice(0, ask.factsMax));
  const candidates = sorted.map((finding) => ({
    draft: draft(finding),
    at: finding.lastActivity,
    window: null,
    facts: finding.activityIds.flatMap((id) => facts.get(id) ?? []),
  }));
  return { policy, matches: ids.length, facts: [...facts.values()], candidates, more: 0 };
}
