// Machines of a tenant: known from the devices of its alerts and from ingested records, listed and fetched as the
// documented endpoint API has them.
import { require } from '../access/caller.ts';
import type { AlertDevice, Members } from '../alerts/alert.ts';
import { findAlertsByAlertIds } from '../alerts/records.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { MachinesTable } from '../db/machine-tables.ts';
import type { Trx } from '../db/store.ts';
import { changeAs } from '../directory/present-rights.ts';
import { InvalidInput, NotFound, TooLarge } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { type RowCondition, rowConditionSql } from './condition.ts';
import {
  type Machine,
  type MachineReport,
  machineOfWire,
  machineWire,
  mergedWith,
  reportOfDevice,
  tagsMax,
} from './machine.ts';
import * as store from './store.ts';

export interface MachineQuery {
  readonly where: RowCondition | null;
  readonly sort: store.MachinePage['sort'];
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
  /** Whether all that match are counted. */
  readonly isCounted: boolean;
}

export interface MachineList {
  /** JSON texts in the documented form. */
  readonly bodies: readonly string[];
  readonly hasNext: boolean;
  /** Null when nobody asked. */
  readonly total: number | null;
}

/** One page of the tenant's machines. Needs Machine.Read.All. */
export async function listMachines(ctx: Ctx, query: MachineQuery): Promise<MachineList> {
  require(ctx.caller, 'Machine.Read.All');
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const where = query.where && rowConditionSql(query.where);
  const bodies = await store.listBodies(db, tenantId, { ...query, where, limit: query.limit + 1 });
  return {
    bodies: bodies.slice(0, query.limit),
    hasNext: bodies.length > query.limit,
    total: query.isCounted ? await store.countMachines(db, tenantId, where) : null,
  };
}

/** One machine in the documented form, by its id or its DNS name. Needs Machine.Read.All. Throws NotFound. */
export async function getMachine(ctx: Ctx, reference: string): Promise<string> {
  require(ctx.caller, 'Machine.Read.All');
  return JSON.stringify(machineWire(await getByReference(ctx.store.db, ctx.caller.tenantId, reference)));
}

/** The first machine that an alert is about, in the documented form. Needs Machine.Read.All. Throws NotFound. */
export async function getMachineOfAlert(ctx: Ctx, alertId: string): Promise<string> {
  require(ctx.caller, 'Machine.Read.All');
  const { tenantId } = ctx.caller;
  const [alert] = await findAlertsByAlertIds(ctx.store.db, tenantId, [alertId]);
  const [device] = alert?.devices ?? [];
  const reference = device?.mdatpDeviceId ?? device?.deviceDnsName;
  if (typeof reference !== 'string') throw new NotFound(`Machine of the alert ${alertId.slice(0, 100)}`);
  return JSON.stringify(machineWire(await getByReference(ctx.store.db, tenantId, reference)));
}

/** Adds or removes one tag and returns the machine. Needs Machine.ReadWrite.All. Throws NotFound and InvalidInput. */
export async function tagMachine(ctx: Ctx, reference: string, act: 'Add' | 'Remove', tag: string): Promise<string> {
  const { tenantId } = ctx.caller;
  return await changeAs(ctx, 'Machine.ReadWrite.All', async (trx) => {
    const machine = await getByReference(trx, tenantId, reference);
    const others = machine.machineTags.filter((each) => each.toLowerCase() !== tag.toLowerCase());
    const machineTags = act === 'Add' ? [...others, tag] : others;
    if (machineTags.length > tagsMax) throw new InvalidInput('Value', `A machine has at most ${tagsMax} tags.`);
    const changed = { ...machine, machineTags };
    await store.writeMachines(trx, [toRow(tenantId, changed)]);
    const target = { kind: 'machine', id: machine.id, ...nameIn(machine) };
    await recordAudit(ctx, trx, { action: 'machine.tag', target, details: { act, tag } });
    return bodyOf(changed);
  });
}

function nameIn({ texts: { computerDnsName } }: Machine): { readonly name?: string } {
  return computerDnsName === null ? {} : { name: computerDnsName };
}

/** The ids and names by which alerts know the machine. Needs Alert.Read.All, which opens its alerts. Throws NotFound. */
export async function getMachineKeys(ctx: Ctx, reference: string): Promise<readonly string[]> {
  require(ctx.caller, 'Alert.Read.All');
  const { id, texts } = await getByReference(ctx.store.db, ctx.caller.tenantId, reference);
  return texts.computerDnsName === null ? [id] : [id, texts.computerDnsName];
}

/** Nobody's rights are asked. Of several machines with the name, the one seen last. Throws NotFound. */
export async function getByReference(
  db: Trx | Ctx['store']['db'],
  tenantId: TenantId,
  reference: string,
): Promise<Machine> {
  // PostgreSQL stores no U+0000, and refuses to look for it.
  const key = reference.toLowerCase().replaceAll('\0', '\ufffd');
  const [byId] = await store.findByIds(db, tenantId, [key]);
  const found = byId ?? (await store.findByNames(db, tenantId, [key])).at(-1);
  if (!found) throw new NotFound(`Machine ${reference.slice(0, 100)}`);
  return fromRow(found);
}

/** How many machines the tenant may have, and whether more are an error or left out. */
export interface Room {
  readonly machinesMax: number;
  readonly whenFull: 'refuse' | 'leave out';
}

/**
 * Keeps what the devices of alerts say of machines. `atTicks` is when they were seen (ticks of 100 ns): the alert's last
 * activity. Machines beyond `machinesMax` are left out, because no alert may be lost for them.
 */
export async function noteDevices(
  trx: Trx,
  tenantId: TenantId,
  seen: readonly { readonly devices: readonly AlertDevice[]; readonly lastActivityTicks: bigint }[],
  machinesMax: number,
): Promise<void> {
  const reports = seen.flatMap(({ devices, lastActivityTicks }) =>
    devices.flatMap((device) => reportOfDevice(device, lastActivityTicks) ?? []),
  );
  await noteMachines(trx, tenantId, reports, { machinesMax, whenFull: 'leave out' });
}

export interface Noted {
  /** Machines that were not known before. */
  readonly added: number;
  /** Known ones of which something new was said. */
  readonly changed: number;
}

/** Merges the reports into what is known. Throws TooLarge when there is no room and that is an error. */
export async function noteMachines(
  trx: Trx,
  tenantId: TenantId,
  reports: readonly MachineReport[],
  { machinesMax, whenFull }: Room,
): Promise<Noted> {
  if (reports.length === 0) return { added: 0, changed: 0 };
  const known = await readKnown(trx, tenantId, reports);
  const before = new Map([...known.byId].map(([id, machine]) => [id, bodyOf(machine)]));
  const replaced = new Set<string>();
  const touched = new Map<string, Machine>();
  for (const report of reports) {
    const name = report.texts.computerDnsName?.toLowerCase();
    const sameName = name === undefined ? undefined : known.byName.get(name);
    // A name alone is whatever machine has it; a machine that was known by name only is the one that turns up with it.
    const isSame = sameName && (report.isNameOnly || sameName.isNameOnly);
    const machine = mergedWith(known.byId.get(report.id) ?? (isSame ? sameName : undefined), report);
    if (isSame && sameName.id !== machine.id) {
      replaced.add(sameName.id);
      touched.delete(sameName.id);
      known.byId.delete(sameName.id);
    }
    known.byId.set(machine.id, machine);
    if (name !== undefined) known.byName.set(name, machine);
    touched.set(machine.id, machine);
  }
  let added = [...touched.values()].filter(({ id }) => !before.has(id));
  const changed = [...touched.values()].filter(
    (machine) => before.has(machine.id) && before.get(machine.id) !== bodyOf(machine),
  );
  if (added.length > 0) {
    const room = machinesMax - (await store.countMachines(trx, tenantId, null));
    if (added.length > room && whenFull === 'refuse') {
      throw new TooLarge(`The tenant would have more than ${machinesMax} machines (setting machinesPerTenantMax).`);
    }
    added = added.slice(0, Math.max(0, room));
  }
  await store.deleteMachines(
    trx,
    tenantId,
    [...replaced].filter((id) => before.has(id)),
  );
  await store.writeMachines(
    trx,
    [...added, ...changed].map((machine) => toRow(tenantId, machine)),
  );
  return { added: added.length, changed: changed.length };
}

async function readKnown(trx: Trx, tenantId: TenantId, reports: readonly MachineReport[]) {
  const ids = [...new Set(reports.map(({ id }) => id))];
  const names = [...new Set(reports.flatMap(({ texts }) => texts.computerDnsName?.toLowerCase() ?? []))];
  const byName = new Map<string, Machine>();
  const byId = new Map((await store.findByIds(trx, tenantId, ids)).map((row) => [row.id, fromRow(row)]));
  for (const row of await store.findByNames(trx, tenantId, names)) {
    const machine = fromRow(row);
    byId.set(machine.id, machine);
    if (row.computerDnsName !== null) byName.set(row.computerDnsName, machine);
  }
  return { byId, byName };
}

function fromRow({ body, isNameOnly }: store.MachineRow): Machine {
  return machineOfWire(JSON.parse(body) as Members, isNameOnly === 1); // Written by toRow.
}

function bodyOf(machine: Machine): string {
  return JSON.stringify(machineWire(machine));
}

function toRow(tenantId: TenantId, machine: Machine): MachinesTable {
  const { texts } = machine;
  return {
    tenantId,
    id: machine.id,
    isNameOnly: machine.isNameOnly ? 1 : 0,
    firstSeenTicks: machine.firstSeenTicks,
    lastSeenTicks: machine.lastSeenTicks,
    ...texts,
    computerDnsName: texts.computerDnsName?.toLowerCase() ?? null,
    rbacGroupId: machine.rbacGroupId,
    machineTags: JSON.stringify(machine.machineTags.map((tag) => tag.toLowerCase())),
    body: bodyOf(machine),
  };
}

/** The tenant's machines whose ids come behind `behind`, by id, for whoever makes tables of them: nobody's rights are asked. */
export async function listMachinesBehind(
  db: Ctx['store']['db'],
  tenantId: TenantId,
  behind: string,
  limit: number,
): Promise<Machine[]> {
  return (await store.listBehind(db, tenantId, behind, limit)).map(fromRow);
}
