// Custom continuous reports, which show a part of the traffic, and the deletion of whatever has traffic of its own.
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { listKnownGroups } from '../../directory/groups.ts';
import { parseText } from '../../directory/naming.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { normaliseRange } from '../../lib/addresses.ts';
import { Conflict, InvalidInput, NotFound } from '../../lib/failures.ts';
import { recordPending } from '../../policies/governance.ts';
import { findTag, listIpTags } from '../../subnets/ip-tags.ts';
import { callerName } from '../caller-name.ts';
import { refuseTooMany } from './data-sources.ts';
import * as store from './store.ts';
import { globalStreamId, globalStreamName, newStreamId, type Stream, type StreamFilters } from './stream.ts';
import { requireManager, streamOf } from './streams.ts';

export interface ReportInput {
  readonly name: string;
  readonly comment?: string | undefined;
  /** Data sources by id or name, groups by id, IP tags by id or name, CIDR ranges; an absent list shows everything. */
  readonly filters: Partial<StreamFilters>;
}

export const deletionTask = 'DiscoveryDeletionTask';

const nameMax = 100;
const commentMax = 500;
const listMax = 100;

/** Needs Discovery.manage. Throws InvalidInput, and Conflict for a name that is taken. */
export async function createReport(ctx: Ctx, input: ReportInput): Promise<Stream> {
  requireManager(ctx.caller);
  const name = nameOf(input);
  return await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const { tenantId } = ctx.caller;
    await refuseTooMany(ctx, trx);
    await refuseTakenName(ctx, trx, name, null);
    const now = ctx.clock();
    const row: store.StreamRow = {
      ...{ tenantId, id: newStreamId(), kind: 'custom', name, nameKey: name.toLowerCase() },
      ...{ source: null, comment: commentOf(input), receiver: null, anonymizeUsers: 0, customParser: null },
      filters: JSON.stringify(await resolveFilters(ctx, trx, input.filters)),
      ...{ createdAt: now, createdBy: callerName(ctx.caller), changedAt: now, lastReceivedAt: null, deletedAt: null },
    };
    await store.insertStream(trx, row);
    await record(ctx, trx, 'create', row);
    return streamOf(row);
  });
}

/** Puts the input in the place of a custom report. Throws as {@link createReport}, and NotFound. */
export async function updateReport(ctx: Ctx, id: string, input: ReportInput): Promise<Stream> {
  requireManager(ctx.caller);
  const name = nameOf(input);
  return await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const known = await store.findStreamRow(trx, ctx.caller.tenantId, id.toLowerCase());
    if (known?.kind !== 'custom') throw new NotFound('The report');
    await refuseTakenName(ctx, trx, name, known.id);
    const filters = JSON.stringify(await resolveFilters(ctx, trx, input.filters));
    const columns = { name, nameKey: name.toLowerCase(), comment: commentOf(input), filters };
    const row: store.StreamRow = { ...known, ...columns, changedAt: ctx.clock() };
    await store.replaceStream(trx, row);
    await record(ctx, trx, 'update', row);
    return streamOf(row);
  });
}

/**
 * Deletes a data source or a report of one of the kinds: from now on nobody sees it, and its traffic is removed bit by bit,
 * which the governance log tells of. Needs Discovery.manage. Throws NotFound, and Conflict for the global view.
 */
export async function deleteStream(ctx: Ctx, id: string, kinds: readonly Stream['kind'][]): Promise<void> {
  requireManager(ctx.caller);
  await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const { tenantId } = ctx.caller;
    const wanted = id.toLowerCase();
    if (wanted === globalStreamId(tenantId)) throw new Conflict('built-in', 'The global view cannot be deleted.');
    const row = await store.findStreamRow(trx, tenantId, wanted);
    const kind = row && streamOf(row).kind;
    if (!row || !kind || !kinds.includes(kind)) throw new NotFound('The report');
    const at = ctx.clock();
    await store.markStreamDeleted(trx, tenantId, row.id, at);
    await recordPending(trx, tenantId, {
      taskId: deletionTaskId(row.id),
      type: deletionTask,
      at,
      appId: null,
      policyId: null,
      details: {
        target: row.name,
        message: `${callerName(ctx.caller)} deleted it; its traffic is being removed.`,
        inputStreamId: row.id,
      },
    });
    await record(ctx, trx, 'delete', row);
  });
}

export function deletionTaskId(streamId: string): string {
  return `delete ${streamId}`;
}

function nameOf({ name }: ReportInput): string {
  return parseText('displayName', name, nameMax);
}

function commentOf({ comment }: ReportInput): string {
  return comment === undefined || comment.trim() === '' ? '' : parseText('comment', comment, commentMax);
}

async function refuseTakenName(ctx: Ctx, trx: Trx, name: string, own: string | null): Promise<void> {
  const key = name.toLowerCase();
  const other = await store.findStreamNamed(trx, ctx.caller.tenantId, 'custom', key);
  const isTaken = (other && other.id !== own) || key === globalStreamName.toLowerCase();
  if (isTaken) throw new Conflict('name-taken', `There already is a report named "${name}". Choose another name.`);
}

async function resolveFilters(ctx: Ctx, trx: Trx, given: Partial<StreamFilters>): Promise<StreamFilters> {
  const { dataSources = [], groups = [], ipTags = [], ipRanges = [] } = given;
  for (const [member, list] of Object.entries({ dataSources, groups, ipTags, ipRanges })) {
    if (list.length > listMax) throw new InvalidInput(member, `${member} may name at most ${listMax}.`);
  }
  return {
    dataSources: await resolveSources(ctx, trx, dataSources),
    groups: await resolveGroups(ctx, trx, groups),
    ipTags: await resolveTags(ctx, trx, ipTags),
    ipRanges: [...new Set(ipRanges.map(parseRange))],
  };
}

async function resolveSources(ctx: Ctx, trx: Trx, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const known = (await store.listStreamRows(trx, ctx.caller.tenantId)).filter(({ kind }) => kind === 'data-source');
  return unique(
    names.map((name) => {
      const key = name.toLowerCase();
      const found = known.find(({ id, nameKey }) => id === key || nameKey === key);
      if (!found) throw new InvalidInput('dataSources', `There is no data source ${shown(name)}.`);
      return found.id;
    }),
  );
}

async function resolveGroups(ctx: Ctx, trx: Trx, ids: readonly string[]): Promise<string[]> {
  const wanted = ids.map((id) => id.toLowerCase());
  const known: readonly string[] = await listKnownGroups(trx, ctx.caller.tenantId, wanted);
  const missing = wanted.find((id) => !known.includes(id));
  if (missing !== undefined) throw new InvalidInput('groups', `There is no group with the id ${shown(missing)}.`);
  return unique(wanted);
}

async function resolveTags(ctx: Ctx, trx: Trx, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const known = await listIpTags(trx, ctx.caller.tenantId);
  return unique(
    names.map((name) => {
      const found = findTag(known, { id: name, name });
      if (!found) throw new InvalidInput('ipTags', `There is no IP tag ${shown(name)}.`);
      return found.id;
    }),
  );
}

function parseRange(text: string): string {
  const range = normaliseRange(text);
  if (range === undefined) {
    throw new InvalidInput('ipRanges', `${shown(text)} is no CIDR range such as 192.0.2.0/24.`);
  }
  return range;
}

const unique = (ids: readonly string[]): string[] => [...new Set(ids)];
const shown = (text: string): string => `"${text.slice(0, 100)}"`;

async function record(ctx: Ctx, trx: Trx, verb: string, { id, name, kind, filters }: store.StreamRow): Promise<void> {
  const noun = kind === 'data-source' ? 'discovery-data-source' : 'discovery-report';
  const details = filters === null ? { kind } : { kind, filters: JSON.parse(filters) as unknown };
  await recordAudit(ctx, trx, { action: `${noun}.${verb}`, target: { kind: noun, id, name }, details });
}
