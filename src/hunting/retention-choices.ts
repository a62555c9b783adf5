// How long an organisation wants its hunting data kept: never longer than the operator's settings allow, shorter if its
// administrators say so, for everything or for single tables.
import { may, require } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import type { Ctx } from '../context.ts';
import { changeAs } from '../directory/present-rights.ts';
import { InvalidInput } from '../lib/failures.ts';
import { readNamedDays } from '../lib/named-days.ts';
import { type ChosenDays, everyTable, findChosenDays, saveChosenDays } from './retention-store.ts';
import { storedTableName } from './schema/tables.ts';

export interface HuntingRetention {
  /** What the operator's settings allow. */
  readonly daysMax: number;
  /** What was chosen; null for as long as is allowed. */
  readonly days: number | null;
  /** What holds: the smaller of the two. */
  readonly keptDays: number;
  /** Tables with a choice of their own, by name. */
  readonly tables: readonly { readonly table: string; readonly days: number; readonly keptDays: number }[];
}

export interface RetentionChoice {
  /** Null takes the choice back, and undefined leaves it as it is. */
  readonly days?: number | null | undefined;
  /** By the name of a hunting table, in any letter case. */
  readonly tables?: Readonly<Record<string, number | null>> | undefined;
}

type KeepConfig = Pick<Config, 'huntingKeepDays' | 'huntingKeepDaysOf'>;

/** The days that the operator's settings allow the tenant of that slug. */
export function daysAllowed(config: KeepConfig, slug: string): number {
  return readNamedDays(config.huntingKeepDaysOf).days.get(slug) ?? config.huntingKeepDays;
}

/** The days for which rows of the table stay. */
export function daysOfTable(allowed: number, chosen: ChosenDays | undefined, table: string): number {
  return Math.min(allowed, chosen?.get(table) ?? chosen?.get(everyTable) ?? allowed);
}

/** What is chosen and what holds. For who may hunt, and for who may change it. */
export async function getHuntingRetention(ctx: Ctx): Promise<HuntingRetention> {
  if (!may(ctx.caller, 'Settings.manage')) require(ctx.caller, 'AdvancedHunting.Read.All');
  return retentionOf(ctx, await findChosenDays(ctx.store.db, ctx.caller.tenantId));
}

/**
 * Chooses anew what is given and leaves the rest. What is older than that goes with the next round of retention, within six
 * hours. Needs Settings.manage. Throws InvalidInput for a table that is not there, and for more days than are allowed.
 */
export async function chooseHuntingRetention(ctx: Ctx, choice: RetentionChoice): Promise<HuntingRetention> {
  require(ctx.caller, 'Settings.manage');
  const { tenantId, tenantSlug } = ctx.caller;
  const wanted = wantedOf(choice, daysAllowed(ctx.config, tenantSlug));
  if (wanted.size === 0) throw new InvalidInput('body', 'Name days, or at least one table.');
  return await changeAs(ctx, 'Settings.manage', async (trx) => {
    const before = await findChosenDays(trx, tenantId);
    for (const [table, days] of wanted) await saveChosenDays(trx, tenantId, table, days, ctx.clock());
    const after = await findChosenDays(trx, tenantId);
    const details = { before: Object.fromEntries(before), after: Object.fromEntries(after) };
    await recordAudit(ctx, trx, { action: 'hunting-retention.change', details });
    return retentionOf(ctx, after);
  });
}

function wantedOf({ days, tables = {} }: RetentionChoice, allowed: number): Map<string, number | null> {
  const wanted = new Map<string, number | null>();
  if (days !== undefined) wanted.set(everyTable, allowedDays('days', days, allowed));
  for (const [name, tableDays] of Object.entries(tables)) {
    const table = storedTableName(name);
    if (table === undefined) throw new InvalidInput('tables', `There is no hunting table ${name.slice(0, 60)}.`);
    wanted.set(table, allowedDays(`tables.${table}`, tableDays, allowed));
  }
  return wanted;
}

function allowedDays(field: string, days: number | null, allowed: number): number | null {
  if (days !== null && (!Number.isInteger(days) || days < 1 || days > allowed)) {
    throw new InvalidInput(
      field,
      `Hunting data of this organisation are kept from 1 to ${allowed} days. The operator's settings huntingKeepDays and ` +
        'huntingKeepDaysOf say how long is allowed.',
    );
  }
  return days;
}

function retentionOf({ config, caller }: Ctx, chosen: ChosenDays): HuntingRetention {
  const daysMax = daysAllowed(config, caller.tenantSlug);
  const tables = [...chosen]
    .filter(([table]) => table !== everyTable)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([table, days]) => ({ table, days, keptDays: daysOfTable(daysMax, chosen, table) }));
  return {
    daysMax,
    days: chosen.get(everyTable) ?? null,
    keptDays: daysOfTable(daysMax, chosen, everyTable),
    tables,
  };
}
