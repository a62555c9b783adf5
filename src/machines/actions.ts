// Actions on machines: recorded when somebody asks for one, told to the tenant's webhook as a change note, carried out by
// whatever stands behind it, and reported back. This server touches no machine itself.
import { type Caller, require } from '../access/caller.ts';
import type { Members } from '../alerts/alert.ts';
import { type AuditEntry, recordAudit, recordAuditAs } from '../audit/audit.ts';
import { noteChange } from '../changes/changes.ts';
import type { Ctx, Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { changeAs } from '../directory/present-rights.ts';
import { Conflict, InvalidInput, NotFound, TooLarge } from '../lib/failures.ts';
import { newId, type TenantId } from '../lib/ids.ts';
import { seal, unseal } from '../lib/seal.ts';
import { randomBase62, sha256Hex } from '../lib/secrets.ts';
import { formatTicks, ticksOfMs } from '../lib/ticks.ts';
import * as store from './actions-store.ts';
import { type RowCondition, rowConditionSql } from './condition.ts';
import { getByReference } from './machines.ts';

export const actionTypes = ['Isolate', 'Unisolate'] as const;
export type ActionType = (typeof actionTypes)[number];
export const isolationTypes = ['Full', 'Selective'] as const;
export type IsolationType = (typeof isolationTypes)[number];

/** Reference 4.1; the last four are ends. */
export const actionStatuses = ['Pending', 'InProgress', 'Succeeded', 'Failed', 'TimeOut', 'Cancelled'] as const;
export type ActionStatus = (typeof actionStatuses)[number];

const commentLengthMax = 1000;
const commentPattern = /^[^\p{Cc}\p{Cs}]*$/u;

export interface ActionInput {
  readonly type: ActionType;
  /** How far a machine is isolated; null for the end of it. */
  readonly scope: IsolationType | null;
  readonly comment: string;
}

/**
 * Asks for an action on a machine (by id or DNS name) and returns the documented record. Needs Machine.Isolate. Throws
 * NotFound for a machine that is not known, InvalidInput for a comment that is none, and Conflict with the code
 * active-request while an action on this machine has not ended.
 */
export async function requestAction(ctx: Ctx, reference: string, input: ActionInput): Promise<Members> {
  require(ctx.caller, 'Machine.Isolate');
  const comment = readComment('Comment', input.comment);
  const { tenantId } = ctx.caller;
  return await changeAs(ctx, 'Machine.Isolate', async (trx) => {
    const machine = await getByReference(trx, tenantId, reference);
    const [underWay] = await store.listUnderWay(trx, tenantId, machine.id);
    if (underWay) {
      throw new Conflict(
        'active-request',
        `The action ${underWay.id} (${underWay.type}) on this machine has not ended. Wait for its end or cancel it.`,
      );
    }
    const most = ctx.config.machineActionsPerTenantMax;
    if ((await store.countActions(trx, tenantId, null)) >= most) {
      throw new TooLarge(`The tenant has ${most} machine actions already (setting machineActionsPerTenantMax).`);
    }
    const id = newId<string & { readonly __brand: 'machine-action' }>();
    const now = ticksOfMs(ctx.clock());
    const report = mintReportValue();
    const row: store.ActionRow = {
      tenantId,
      id,
      type: input.type,
      scope: input.scope,
      status: 'Pending',
      machineId: machine.id,
      computerDnsName: machine.texts.computerDnsName,
      requestor: nameOf(ctx.caller),
      requestorComment: comment,
      requestSource: ctx.caller.credential.kind === 'bearer' ? 'PublicApi' : 'Portal',
      createdTicks: now,
      updatedTicks: now,
      cancellationRequestor: null,
      cancellationComment: null,
      cancelledTicks: null,
      externalId: null,
      resultComment: null,
      reportHash: sha256Hex(report),
      reportSealed: seal(ctx.keys.sealing, report, sealContext(id)),
    };
    await store.insertAction(trx, row);
    await note(ctx, trx, row, 'created');
    await recordAudit(ctx, trx, auditOf(row, `machine.${input.type.toLowerCase()}`, { comment, scope: input.scope }));
    return actionWire(row);
  });
}

/** Cancels an action that nobody has begun. Needs Machine.Isolate. Throws NotFound, and Conflict when it has begun or ended. */
export async function cancelAction(ctx: Ctx, id: string, comment: string): Promise<Members> {
  const cancellationComment = readComment('Comment', comment);
  return await changeAs(ctx, 'Machine.Isolate', async (trx) => {
    const row = await getRow(trx, ctx.caller.tenantId, id);
    if (row.status !== 'Pending') {
      throw new Conflict('not-pending', `The action is ${row.status}; only one that is Pending can be cancelled.`);
    }
    const now = ticksOfMs(ctx.clock());
    const change = {
      status: 'Cancelled',
      updatedTicks: now,
      cancellationRequestor: nameOf(ctx.caller),
      cancellationComment,
      cancelledTicks: now,
    };
    await store.updateAction(trx, row.tenantId, row.id, change);
    const changed = { ...row, ...change };
    await note(ctx, trx, changed, 'updated');
    await recordAudit(ctx, trx, auditOf(changed, 'machine-action.cancel', { comment: cancellationComment }));
    return actionWire(changed);
  });
}

export interface ActionReport {
  readonly status: Exclude<ActionStatus, 'Pending'>;
  readonly comment?: string | undefined;
  /** What carries it out calls it. */
  readonly externalId?: string | undefined;
}

/**
 * Takes what a person reports of an action. Needs Machine.Isolate. Throws NotFound, InvalidInput, and Conflict when the
 * action has ended in another way; the same end again changes nothing.
 */
export async function reportAction(ctx: Ctx, id: string, report: ActionReport): Promise<Members> {
  const change = readReport(report);
  return await changeAs(ctx, 'Machine.Isolate', async (trx) => {
    const row = await getRow(trx, ctx.caller.tenantId, id);
    const changed = await applyReport(ctx, trx, row, change);
    if (changed !== row) await recordAudit(ctx, trx, auditOf(changed, 'machine-action.report', { ...change }));
    return actionWire(changed);
  });
}

const reportPrefix = 'slpma';
const reportPattern = /^slpma[0-9A-Za-z]{64}$/;

/**
 * The same from the receiver of the webhook, who shows the value that came with the action. Throws NotFound for any other
 * value: it says which action and tenant it is for, and opens nothing else.
 */
export async function reportActionAsReceiver(
  services: Pick<Services, 'store' | 'clock' | 'keys'>,
  origin: Pick<Ctx, 'origin' | 'correlationId'>,
  id: string,
  reportValue: string,
  report: ActionReport,
): Promise<Members> {
  const change = readReport(report);
  const unknown = new NotFound(`Machine action ${id.slice(0, 60)}`);
  if (!reportPattern.test(reportValue)) throw unknown;
  const found = await store.findByReportHash(services.store.db, sha256Hex(reportValue));
  if (!found || found.id !== id.toLowerCase()) throw unknown;
  const { tenantId } = found;
  return await services.store.change(tenantId, async (trx) => {
    const row = await getRow(trx, tenantId, found.id);
    const changed = await applyReport(services, trx, row, change);
    if (changed !== row) {
      const who = { actor: { kind: 'system', id: null, name: 'webhook' } as const, ...origin };
      await recordAuditAs(services, trx, tenantId, who, auditOf(changed, 'machine-action.report', { ...change }));
    }
    return actionWire(changed);
  });
}

function readReport({ status, comment, externalId }: ActionReport): ReportChange {
  return {
    status,
    ...(comment === undefined ? {} : { resultComment: readComment('comment', comment, 0) }),
    ...(externalId === undefined ? {} : { externalId: readComment('externalId', externalId) }),
  };
}

type ReportChange = Partial<Pick<store.ActionRow, 'resultComment' | 'externalId'>> & { readonly status: ActionStatus };

const hasEnded = (status: string): boolean => status !== 'Pending' && status !== 'InProgress';

async function applyReport(
  services: Pick<Services, 'clock'>,
  trx: Trx,
  row: store.ActionRow,
  change: ReportChange,
): Promise<store.ActionRow> {
  if (hasEnded(row.status)) {
    if (row.status === change.status) return row;
    // It was given up for lost, and what carried it out knows better.
    const isLate = row.status === 'TimeOut' && (change.status === 'Succeeded' || change.status === 'Failed');
    if (!isLate) throw new Conflict('action-ended', `The action has ended already: it is ${row.status}.`);
  }
  const changed = { ...row, ...change, updatedTicks: ticksOfMs(services.clock()) };
  const { tenantId: _tenantId, id: _id, ...columns } = changed;
  await store.updateAction(trx, row.tenantId, row.id, columns);
  await note(services, trx, changed, 'updated');
  return changed;
}

export interface ActionQuery {
  readonly where: RowCondition | null;
  readonly sort: store.ActionPage['sort'];
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
  readonly isCounted: boolean;
}

export interface ActionList {
  readonly actions: readonly Members[];
  readonly hasNext: boolean;
  /** Null when nobody asked. */
  readonly total: number | null;
}

/** One page of the tenant's machine actions. Needs Machine.Read.All. */
export async function listActions(ctx: Ctx, query: ActionQuery): Promise<ActionList> {
  require(ctx.caller, 'Machine.Read.All');
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const where = query.where && rowConditionSql(query.where);
  const rows = await store.listActions(db, tenantId, { ...query, where, limit: query.limit + 1 });
  return {
    actions: rows.slice(0, query.limit).map(actionWire),
    hasNext: rows.length > query.limit,
    total: query.isCounted ? await store.countActions(db, tenantId, where) : null,
  };
}

/** One machine action. Needs Machine.Read.All. Throws NotFound. */
export async function getAction(ctx: Ctx, id: string): Promise<Members> {
  require(ctx.caller, 'Machine.Read.All');
  return actionWire(await getRow(ctx.store.db, ctx.caller.tenantId, id));
}

async function getRow(db: Ctx['store']['db'], tenantId: TenantId, id: string): Promise<store.ActionRow> {
  const row = await store.findAction(db, tenantId, id.toLowerCase());
  if (!row) throw new NotFound(`Machine action ${id.slice(0, 60)}`);
  return row;
}

/** What a webhook is told of an action. `report` lets its receiver report back; it is null once the action has ended. */
export interface ActionToDeliver {
  readonly action: Members;
  readonly reportPath: string;
  readonly report: string | null;
}

/** For the delivery of change notes with the subject machine-action; undefined when there is no such action. */
export async function findActionToDeliver(
  { store: { db }, keys }: Pick<Services, 'store' | 'keys'>,
  tenantId: TenantId,
  id: string,
): Promise<ActionToDeliver | undefined> {
  const row = await store.findAction(db, tenantId, id);
  if (!row) return undefined;
  return {
    action: actionWire(row),
    reportPath: `/management/v1/machine-actions/${id}/result`,
    report: hasEnded(row.status) ? null : unseal(keys.sealing, row.reportSealed, sealContext(id)),
  };
}

/**
 * What became of the delivery to the webhook: an action that waited is under way from then on, and has failed when the
 * delivery was given up. Nothing is noted of it, for it is the webhook that would be told.
 */
export async function settleDelivery(
  { store: controlStore, clock }: Pick<Services, 'store' | 'clock'>,
  tenantId: TenantId,
  id: string,
  outcome: 'delivered' | 'given-up',
): Promise<void> {
  await controlStore.change(tenantId, async (trx) => {
    const row = await store.findAction(trx, tenantId, id);
    if (row?.status !== 'Pending') return;
    const [status, resultComment] =
      outcome === 'delivered' ? ['InProgress', null] : ['Failed', 'It could not be delivered to the webhook.'];
    await store.updateAction(trx, tenantId, id, { status, resultComment, updatedTicks: ticksOfMs(clock()) });
  });
}

/** The documented record (Defender reference 4.1). */
function actionWire(row: store.ActionRow): Members {
  return {
    id: row.id,
    type: row.type,
    title: null,
    scope: row.scope,
    requestor: row.requestor,
    requestorComment: row.requestorComment,
    requestSource: row.requestSource,
    externalID: row.externalId,
    commands: [],
    status: row.status,
    machineId: row.machineId,
    computerDnsName: row.computerDnsName,
    creationDateTimeUtc: formatTicks(row.createdTicks),
    lastUpdateDateTimeUtc: formatTicks(row.updatedTicks),
    cancellationRequestor: row.cancellationRequestor,
    cancellationComment: row.cancellationComment,
    cancellationDateTimeUtc: row.cancelledTicks === null ? null : formatTicks(row.cancelledTicks),
    errorHResult: 0,
    relatedFileInfo: null,
  };
}

async function note(
  { clock }: Pick<Services, 'clock'>,
  trx: Trx,
  { tenantId, id }: Pick<store.ActionRow, 'tenantId' | 'id'>,
  change: 'created' | 'updated',
): Promise<void> {
  await noteChange(trx, tenantId, { subject: 'machine-action', subjectId: id, change, at: clock() });
}

function auditOf(row: store.ActionRow, action: string, details: Members): AuditEntry {
  const target = { kind: 'machine', id: row.machineId, ...(row.computerDnsName ? { name: row.computerDnsName } : {}) };
  return { action, target, details: { actionId: row.id, ...details } };
}

function readComment(field: string, text: string, lengthMin = 1): string {
  const comment = text.trim();
  if (
    comment.length >= lengthMin &&
    comment.length <= commentLengthMax &&
    commentPattern.test(comment.replace(/[\r\n\t]/g, ' '))
  ) {
    return comment;
  }
  throw new InvalidInput(field, `${field} must be a text of ${lengthMin} to ${commentLengthMax} characters.`);
}

function nameOf({ subject }: Caller): string {
  return subject.kind === 'user' ? subject.userName : subject.name;
}

function mintReportValue(): string {
  return `${reportPrefix}${randomBase62(64)}`;
}

function sealContext(id: string): string {
  return `machine-action/${id}`;
}
