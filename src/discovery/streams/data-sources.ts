// Data sources: the appliances whose logs come in by themselves, each with its kind of log (cloud-apps reference 2.9).
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { hasControls } from '../../directory/naming.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { Conflict, InvalidInput, NotFound } from '../../lib/failures.ts';
import { callerName } from '../caller-name.ts';
import { findSource, findSourceByLogType, type LogSource } from '../sources.ts';
import { readCustomParser } from './custom-parsers.ts';
import * as store from './store.ts';
import { newStreamId, type Receiver, receivers, type Stream } from './stream.ts';
import { requireManager, streamOf } from './streams.ts';

export interface DataSourceInput {
  readonly name: string;
  /** Name of a kind of log, or the product's number of its log type. */
  readonly source: string | number;
  readonly comment?: string | undefined;
  readonly anonymizeUsers?: boolean | undefined;
  /** How a collector receives it; null or absent when none does. */
  readonly receiver?: string | null | undefined;
  /** Definition of the parser, for logs of the kind CUSTOM_PARSER; absent keeps what there is, null takes it away. */
  readonly customParser?: unknown;
}

/** As documented clients check it before they send one (reference 2.9). */
const namePattern = /^[A-Za-z\d_-]{1,64}$/;
const commentMax = 500;

/** Adds a data source. Needs Discovery.manage. Throws InvalidInput, and Conflict for a name that is taken. */
export async function createDataSource(ctx: Ctx, input: DataSourceInput): Promise<Stream> {
  requireManager(ctx.caller);
  const columns = await columnsOf(input, null);
  return await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const { tenantId } = ctx.caller;
    await refuseTooMany(ctx, trx);
    await refuseTakenName(ctx, trx, columns.nameKey, null);
    const now = ctx.clock();
    const row: store.StreamRow = {
      tenantId,
      id: newStreamId(),
      kind: 'data-source',
      ...columns,
      filters: null,
      createdAt: now,
      createdBy: callerName(ctx.caller),
      changedAt: now,
      lastReceivedAt: null,
      deletedAt: null,
    };
    await store.insertStream(trx, row);
    await record(ctx, trx, 'create', row);
    return streamOf(row);
  });
}

/** Puts the input in the place of a data source; its traffic stays. Throws as {@link createDataSource}, and NotFound. */
export async function updateDataSource(ctx: Ctx, id: string, input: DataSourceInput): Promise<Stream> {
  requireManager(ctx.caller);
  const { tenantId } = ctx.caller;
  const before = await getRow(ctx, id);
  const columns = await columnsOf(input, before);
  return await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const known = await store.findStreamRow(trx, tenantId, before.id);
    if (!known) throw new NotFound('The data source');
    await refuseTakenName(ctx, trx, columns.nameKey, known.id);
    const row: store.StreamRow = { ...known, ...columns, changedAt: ctx.clock() };
    await store.replaceStream(trx, row);
    await record(ctx, trx, 'update', row);
    return streamOf(row);
  });
}

async function getRow(ctx: Ctx, id: string): Promise<store.StreamRow> {
  const row = await store.findStreamRow(ctx.store.db, ctx.caller.tenantId, id.toLowerCase());
  if (row?.kind !== 'data-source') throw new NotFound('The data source');
  return row;
}

type Columns = Pick<
  store.StreamRow,
  'name' | 'nameKey' | 'source' | 'comment' | 'receiver' | 'anonymizeUsers' | 'customParser'
>;

async function columnsOf(input: DataSourceInput, before: store.StreamRow | null): Promise<Columns> {
  const { name } = input;
  if (!namePattern.test(name)) {
    throw new InvalidInput('displayName', 'A name of 1 to 64 letters, digits, hyphens and underscores is needed.');
  }
  const source = parseSource(input.source);
  const comment = (input.comment ?? before?.comment ?? '').trim();
  if (comment.length > commentMax || hasControls(comment)) {
    throw new InvalidInput('comment', `The comment may have at most ${commentMax} characters, on one line.`);
  }
  const parser =
    input.customParser === undefined ? (before?.customParser ?? null) : await readCustomParser(input.customParser);
  if (parser !== null && source.kind !== 'CUSTOM_PARSER') {
    throw new InvalidInput('customParser', 'Only a data source of the kind CUSTOM_PARSER has a parser of its own.');
  }
  return {
    name,
    nameKey: name.toLowerCase(),
    source: source.name,
    comment,
    receiver: parseReceiver(input.receiver === undefined ? (before?.receiver ?? null) : input.receiver),
    anonymizeUsers: (input.anonymizeUsers ?? before?.anonymizeUsers === 1) ? 1 : 0,
    customParser: parser,
  };
}

/** By name or number. Throws InvalidInput that says where the names are. */
export function parseSource(given: string | number): LogSource {
  const isNumber = typeof given === 'number' || /^\d{1,4}$/.test(given);
  const found = isNumber ? findSourceByLogType(Number(given)) : findSource(given);
  if (found) return found;
  throw new InvalidInput(
    'source',
    `${String(given).slice(0, 100)} is no kind of log that this server knows. The documentation lists the names (docs/discovery-sources.md).`,
  );
}

function parseReceiver(given: string | null): Receiver | null {
  if (given === null || given === '') return null;
  const found = receivers.find((each) => each === given.toLowerCase());
  if (found) return found;
  throw new InvalidInput('receiverType', `receiverType must be one of ${receivers.join(', ')}.`);
}

export async function refuseTooMany(ctx: Ctx, trx: Trx): Promise<void> {
  const { discoveryStreamsPerTenantMax } = ctx.config;
  const rows = await store.listStreamRows(trx, ctx.caller.tenantId);
  if (rows.length < discoveryStreamsPerTenantMax) return;
  const limit = `${discoveryStreamsPerTenantMax} data sources and reports (setting discoveryStreamsPerTenantMax)`;
  throw new Conflict('too-many-streams', `This tenant has its ${limit}. Delete one first.`);
}

async function refuseTakenName(ctx: Ctx, trx: Trx, nameKey: string, own: string | null): Promise<void> {
  const other = await store.findStreamNamed(trx, ctx.caller.tenantId, 'data-source', nameKey);
  if (!other || other.id === own) return;
  throw new Conflict('name-taken', `There already is a data source named "${other.name}". Choose another name.`);
}

async function record(ctx: Ctx, trx: Trx, verb: 'create' | 'update', row: store.StreamRow): Promise<void> {
  const { id, name, source, anonymizeUsers, receiver } = row;
  const target = { kind: 'discovery-data-source', id, name };
  const details = {
    source,
    receiver,
    anonymizeUsers: anonymizeUsers === 1,
    hasCustomParser: row.customParser !== null,
  };
  await recordAudit(ctx, trx, { action: `discovery-data-source.${verb}`, target, details });
}
