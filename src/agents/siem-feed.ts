// What a SIEM agent gets with its token: its own settings, and alerts and activities in the order in which they came in,
// each with the position behind it. The agent keeps the position of what its SIEM has taken; whatever happens to either of
// them, it goes on there, so that nothing is lost and nothing sent twice.
import { type Caller, concernOf } from '../access/caller.ts';
import { Refusal } from '../access/refusal.ts';
import { arrivalsStoreId, beginArrivals, listArrivals } from '../activities/arrivals.ts';
import type { FilterCondition } from '../activities/filters.ts';
import type { Alert } from '../alerts/alert.ts';
import type { AlertCondition } from '../alerts/condition.ts';
import { openAlertList } from '../alerts/long-lists.ts';
import { lastNote, listNotes } from '../changes/changes.ts';
import type { Ctx } from '../context.ts';
import { dayMs } from '../lib/clock.ts';
import { Conflict } from '../lib/failures.ts';
import type { AgentId } from '../lib/ids.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import type { SiemReport, SiemSettings } from './siem-agent.ts';
import { settingsOf } from './siem-agents.ts';
import * as store from './siem-agents-store.ts';
import {
  type ActivityPosition,
  type AlertPosition,
  formatActivityPosition,
  formatAlertPosition,
  parseActivityPosition,
  parseAlertPosition,
  type StorePlace,
} from './siem-positions.ts';

/** "Activities and alerts of the last two days", at the first run and after it was enabled again (reference 4). */
const backlogMs = 2 * dayMs;

export interface OwnSettings {
  readonly agentId: AgentId;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly enablings: number;
  readonly revision: number;
  /** Null while nobody has given it any. */
  readonly settings: SiemSettings | null;
}

/** The settings of the agent that asks. Refuses everybody who is no SIEM agent. */
export async function getOwnSettings(ctx: Ctx): Promise<OwnSettings> {
  const { agentId, name } = requireSiemAgent(ctx.caller);
  const row = await store.findSettings(ctx.store.db, ctx.caller.tenantId, agentId);
  return {
    ...{ agentId, name },
    isEnabled: row?.isEnabled === 1,
    enablings: row?.enablings ?? 0,
    revision: row?.revision ?? 0,
    settings: row ? settingsOf(row) : null,
  };
}

function requireSiemAgent(caller: Caller) {
  const { subject } = caller;
  if (subject.kind === 'agent' && subject.agentKind === 'siem-agent') return subject;
  const detail = 'The call is for a SIEM agent with its own token.';
  throw new Refusal({
    status: 403,
    code: 'wrong-credential-kind',
    message: detail,
    chain: [...caller.passed, { check: 'credential-kind', outcome: 'failed', detail }],
    remedy: 'Call it with the token that was shown when the SIEM agent was created.',
    ...concernOf(caller),
  });
}

/** Keeps what the agent says of itself; `isSiemDown` when its SIEM takes nothing now. */
export async function takeReport(ctx: Ctx, report: SiemReport, isSiemDown: boolean): Promise<void> {
  const { agentId } = requireSiemAgent(ctx.caller);
  const { tenantId } = ctx.caller;
  const now = ctx.clock();
  // Nothing that is cached or ordered: how an agent is does not change the tenant.
  const row = await store.findSettings(ctx.store.db, tenantId, agentId);
  await store.updateSettings(ctx.store.db, tenantId, agentId, {
    reportedAt: now,
    report: JSON.stringify(report),
    siemDownSince: isSiemDown ? (row?.siemDownSince ?? now) : null,
  });
}

/** Throws Conflict unless the agent sends this type of data now. */
function requireSending({ isEnabled, settings }: OwnSettings, type: 'alerts' | 'activities'): void {
  if (!isEnabled || !settings)
    throw new Conflict('siem-agent-disabled', 'This SIEM agent is disabled, or has no settings yet.');
  if (!settings[type].isSent) throw new Conflict('siem-type-off', `This SIEM agent does not send ${type}.`);
}

export interface Page<Item> {
  /** Each with the position behind it. */
  readonly items: readonly { readonly position: string; readonly item: Item }[];
  /** Behind all that was looked at. */
  readonly next: string;
  readonly hasMore: boolean;
}

/** The activities behind a position; JSON texts of their records. Begins two days back without a position. */
export async function listOwnActivities(
  ctx: Ctx,
  own: OwnSettings,
  { conditions, after, limit }: { conditions: readonly FilterCondition[]; after: string | null; limit: number },
): Promise<Page<string>> {
  requireSending(own, 'activities');
  const kept = after === null ? { stores: [] } : parseActivityPosition(after);
  const storeId = await arrivalsStoreId(ctx);
  const place = await placeIn(ctx, storeId, kept, own);
  const others = kept.stores.filter((each) => each.storeId !== storeId);
  const positionAt = (at: StorePlace['at']): string =>
    formatActivityPosition({ stores: [{ ...place, at }, ...others] });
  const found = await listArrivals(ctx, {
    conditions,
    after: place.at,
    backlog: { upTo: place.backlogUpTo, since: place.since },
    limit,
  });
  return {
    items: found.rows.map(({ place: at, record }) => ({ position: positionAt(at), item: record })),
    next: positionAt(found.next),
    hasMore: found.hasMore,
  };
}

/** Where to go on in this store. After another enabling it goes on where it was, skipping what is older than two days. */
async function placeIn(ctx: Ctx, storeId: string, kept: ActivityPosition, own: OwnSettings): Promise<StorePlace> {
  const known = kept.stores.find((each) => each.storeId === storeId);
  if (known?.enablings === own.enablings) return known;
  const since = ctx.clock() - backlogMs;
  const { last, first } = await beginArrivals(ctx, since);
  const at = known && known.at.batch > first.batch ? known.at : first;
  return { storeId, enablings: own.enablings, at, backlogUpTo: last, since };
}

/** Notes that are read at once, and how many of them for one answer at most. */
const notesAtOnce = 500;
const notesMax = 5000;

/** The alerts behind a position, in the order in which they were raised here. */
export async function listOwnAlerts(
  ctx: Ctx,
  own: OwnSettings,
  { conditions, after, limit }: { conditions: readonly AlertCondition[]; after: string | null; limit: number },
): Promise<Page<Alert>> {
  requireSending(own, 'alerts');
  const start = await alertStart(ctx, after, own);
  const { raised, note, hasMore } = await raisedBehind(ctx, start, limit);
  const alerts = await readAlerts(ctx, conditions, [...raised.keys()]);
  const oldest = ticksOfMs(start.since);
  const shown = alerts
    .flatMap((alert) => {
      const number = raised.get(alert.alertId) ?? 0;
      const isOld = number <= start.backlogUpTo && alert.createdTicks < oldest;
      return isOld ? [] : [{ position: formatAlertPosition({ ...start, note: number }), item: alert, number }];
    })
    .sort((one, two) => one.number - two.number);
  return {
    items: shown.map(({ position, item }) => ({ position, item })),
    next: formatAlertPosition({ ...start, note }),
    hasMore,
  };
}

async function alertStart(ctx: Ctx, after: string | null, { enablings }: OwnSettings): Promise<AlertPosition> {
  const kept = after === null ? null : parseAlertPosition(after);
  const last = await lastNote(ctx.store.db, ctx.caller.tenantId);
  // A store that was restored may have fewer notes than before: then it goes on with what comes from now on.
  const note = Math.min(kept?.note ?? 0, last);
  if (kept?.enablings === enablings) return { ...kept, note };
  return { enablings, note, backlogUpTo: last, since: ctx.clock() - backlogMs };
}

/** Which alerts were raised behind the position, by the number of the note that says so. */
async function raisedBehind({ store: { db }, caller }: Ctx, start: AlertPosition, limit: number) {
  const raised = new Map<string, number>();
  let { note } = start;
  let seen = 0;
  while (raised.size < limit && seen < notesMax) {
    const notes = await listNotes(db, caller.tenantId, note, notesAtOnce);
    for (const each of notes) {
      if (raised.size >= limit) return { raised, note, hasMore: true };
      note = each.sequence;
      const isBacklog = each.sequence <= start.backlogUpTo && each.at < start.since;
      const isNew = each.subject === 'alert' && each.change === 'created';
      if (isNew && !isBacklog && !raised.has(each.subjectId)) raised.set(each.subjectId, each.sequence);
    }
    seen += notes.length;
    if (notes.length < notesAtOnce) return { raised, note, hasMore: false };
  }
  return { raised, note, hasMore: true };
}

async function readAlerts(
  ctx: Ctx,
  conditions: readonly AlertCondition[],
  alertIds: readonly string[],
): Promise<Alert[]> {
  if (alertIds.length === 0) return [];
  const named: AlertCondition = { kind: 'text', property: 'alertId', oneOf: alertIds };
  const list = await openAlertList(ctx, 'Alerts.read', {
    conditions: [named, ...conditions],
    sort: 'created',
    direction: 'asc',
    skip: 0,
    limit: alertIds.length,
    totalMax: 0,
  });
  const alerts: Alert[] = [];
  for await (const piece of list.pieces) alerts.push(...piece);
  return alerts;
}
