// Who did what, when and from where: append-only and hash-chained per tenant (chain.ts). A record is written in the
// transaction of the act that it tells of, so neither exists without the other.
import { require } from '../access/caller.ts';
import type { Ctx, Origin, Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { isoTime } from '../lib/clock.ts';
import { type CorrelationId, systemTenantId, type TenantId } from '../lib/ids.ts';
import { chainStart, headMac, recordHash, sameHash } from './chain.ts';
import * as store from './store.ts';

export interface AuditParty {
  readonly kind: 'user' | 'agent' | 'application' | 'operator' | 'anonymous' | 'system';
  readonly id: string | null;
  readonly name: string;
}

export interface AuditTarget {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
}

export interface AuditEntry {
  /** `noun.verb`, such as `token.revoke`. */
  readonly action: string;
  readonly outcome?: 'done' | 'refused' | 'failed';
  readonly target?: AuditTarget | null;
  /** What changed. Never a secret, never a hash of one. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Who acts, where there is no caller: sign-in, set-up, break-glass, the server itself. */
export interface AuditActor {
  readonly actor: AuditParty;
  readonly origin: Origin | null;
  readonly correlationId: CorrelationId | null;
}

/** Appends what this request's caller did, to the chain of the caller's tenant or of the one given. */
export async function recordAudit(
  ctx: Ctx,
  trx: Trx,
  entry: AuditEntry,
  tenantId: TenantId = ctx.caller.tenantId,
): Promise<void> {
  const { subject } = ctx.caller;
  const actor: AuditParty =
    subject.kind === 'user'
      ? { kind: 'user', id: subject.userId, name: subject.userName }
      : subject.kind === 'agent'
        ? { kind: 'agent', id: subject.agentId, name: subject.name }
        : subject.kind === 'application'
          ? { kind: 'application', id: subject.appId, name: subject.name }
          : { kind: 'operator', id: null, name: subject.name };
  await recordAuditAs(ctx, trx, tenantId, { actor, origin: ctx.origin, correlationId: ctx.correlationId }, entry);
}

/** Appends one record to a tenant's chain. Appends of one tenant queue up behind each other, in every process. */
export async function recordAuditAs(
  services: Pick<Services, 'clock' | 'keys'>,
  trx: Trx,
  tenantId: TenantId,
  who: AuditActor,
  entry: AuditEntry,
): Promise<void> {
  const head = (await store.lockHead(trx, tenantId)) ?? (await beginChain(services, trx, tenantId));
  const sequence = head.sequence + 1;
  const at = services.clock();
  const body = JSON.stringify({
    sequence,
    at: isoTime(at),
    action: entry.action,
    outcome: entry.outcome ?? 'done',
    actor: who.actor,
    target: entry.target ?? null,
    address: who.origin?.address ?? null,
    userAgent: who.origin?.userAgent ?? null,
    correlationId: who.correlationId,
    details: entry.details ?? {},
  });
  const hash = recordHash(services.keys.audit, tenantId, sequence, head.hash, body);
  const row = {
    tenantId,
    sequence,
    at,
    action: entry.action,
    actor: who.actor.name,
    body,
    previousHash: head.hash,
    hash,
  };
  await store.appendRecord(trx, tenantId, row, {
    sequence,
    hash,
    mac: headMac(services.keys.audit, tenantId, sequence, hash),
  });
}

async function beginChain(services: Pick<Services, 'keys'>, trx: Trx, tenantId: TenantId): Promise<store.AuditHead> {
  const fresh = { sequence: 0, hash: chainStart, mac: headMac(services.keys.audit, tenantId, 0, chainStart) };
  await store.insertHead(trx, tenantId, fresh);
  return (await store.lockHead(trx, tenantId)) ?? fresh;
}

/** One record as the API shows it. */
export interface AuditRecord {
  readonly sequence: number;
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly actor: AuditParty;
  readonly target: AuditTarget | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly correlationId: string | null;
  readonly details: Record<string, unknown>;
  readonly hash: string;
}

/** The caller's tenant's own log, or what belongs to no tenant: life of tenants, refusals of unknown credentials. */
export type AuditLog = 'tenant' | 'deployment';

/** Everybody reads the own tenant's log with Audit.read; the deployment's is for those who manage its tenants. */
function chainOf(ctx: Ctx, log: AuditLog): TenantId {
  require(ctx.caller, 'Audit.read');
  if (log === 'tenant') return ctx.caller.tenantId;
  require(ctx.caller, 'Tenants.manage');
  return systemTenantId;
}

/** Newest first. `next` is the `before` of the following page; null on the last. Needs Audit.read. */
export async function listAudit(
  ctx: Ctx,
  search: store.AuditSearch,
  log: AuditLog = 'tenant',
): Promise<{ items: AuditRecord[]; next: number | null }> {
  const tenantId = chainOf(ctx, log);
  const rows = await store.searchRecords(ctx.store.db, tenantId, { ...search, limit: search.limit + 1 });
  const page = rows.slice(0, search.limit);
  return { items: page.map(toRecord), next: rows.length > search.limit ? (page.at(-1)?.sequence ?? null) : null };
}

function toRecord(row: store.AuditRow): AuditRecord {
  const body = parseBody(row.body);
  if (!body) throw new Error(`Audit record ${row.sequence} is not readable; run "sallyport audit verify".`);
  return { ...(body as unknown as Omit<AuditRecord, 'hash'>), hash: row.hash }; // recordAuditAs writes every member.
}

function parseBody(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export interface ChainProblem {
  readonly sequence: number;
  readonly kind: 'altered' | 'removed' | 'cut-off' | 'head-altered';
  readonly detail: string;
}

export interface Verification {
  readonly intact: boolean;
  /** Records that were read. */
  readonly records: number;
  readonly head: { readonly sequence: number; readonly hash: string };
  /** At most {@link problemsMax}. */
  readonly problems: readonly ChainProblem[];
  /** What became of the head that the caller remembered from an earlier verification. */
  readonly known: 'present' | 'missing' | null;
}

export interface KnownHead {
  readonly sequence: number;
  readonly hash: string;
}

const problemsMax = 100;
const pageRows = 2000;

/** Checks a whole chain. Needs Audit.read. */
export async function verifyAudit(ctx: Ctx, known: KnownHead | null, log: AuditLog = 'tenant'): Promise<Verification> {
  return verifyChain(ctx, chainOf(ctx, log), known);
}

/**
 * Walks a chain from its first record to its head. `known` is a head that somebody remembers from outside the database:
 * with it, a database that was put back to an earlier, complete state shows as well.
 */
export async function verifyChain(
  services: Pick<Services, 'store' | 'keys'>,
  tenantId: TenantId,
  known: KnownHead | null,
): Promise<Verification> {
  const { db } = services.store;
  const head = await store.findHead(db, tenantId);
  const problems: ChainProblem[] = [];
  const report = (sequence: number, kind: ChainProblem['kind'], detail: string): void => {
    if (problems.length < problemsMax) problems.push({ sequence, kind, detail });
  };
  let last = { sequence: 0, hash: chainStart };
  let records = 0;
  let knownFound = known?.sequence === 0 && sameHash(known.hash, chainStart);
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = await store.listAfter(db, tenantId, after, pageRows);
    for (const row of rows) {
      after = row.sequence;
      records++;
      if (row.sequence < 1) {
        report(row.sequence, 'altered', `Record ${row.sequence} was put in: the log begins with record 1.`);
        continue;
      }
      checkRecord(services.keys.audit, tenantId, row, last, report);
      if (known?.sequence === row.sequence) knownFound = sameHash(known.hash, row.hash);
      last = { sequence: row.sequence, hash: row.hash };
    }
    // Records that come in faster than they are read are checked next time.
    if (rows.length < pageRows || last.sequence > (head?.sequence ?? 0) + pageRows) break;
  }
  // The head moves with every append, so by now it vouches for all that was read.
  const headNow = head && head.sequence < last.sequence ? await store.findHead(db, tenantId) : head;
  checkHead(services.keys.audit, tenantId, headNow, last, head?.sequence ?? 0, report);
  if (known && !knownFound)
    report(
      known.sequence,
      'cut-off',
      `Record ${known.sequence}, which was verified earlier, is not in the log any more.`,
    );
  return {
    intact: problems.length === 0,
    records,
    head: { sequence: last.sequence, hash: last.hash },
    problems,
    known: known === null ? null : knownFound ? 'present' : 'missing',
  };
}

type Report = (sequence: number, kind: ChainProblem['kind'], detail: string) => void;

function checkRecord(key: Buffer, tenantId: TenantId, row: store.AuditRow, last: KnownHead, report: Report): void {
  if (row.sequence !== last.sequence + 1) {
    const gone = row.sequence - last.sequence - 1;
    const which =
      gone === 1 ? `Record ${last.sequence + 1} is` : `Records ${last.sequence + 1} to ${row.sequence - 1} are`;
    report(last.sequence + 1, 'removed', `${which} missing.`);
  } else if (!sameHash(row.previousHash, last.hash)) {
    report(row.sequence, 'altered', `Record ${row.sequence} does not follow the record before it.`);
  }
  const body = parseBody(row.body);
  const expected = recordHash(key, tenantId, row.sequence, row.previousHash, row.body);
  const copiesAgree =
    body?.action === row.action &&
    typeof body.at === 'string' &&
    Date.parse(body.at) === row.at &&
    (body.actor as AuditParty | undefined)?.name === row.actor;
  if (!sameHash(expected, row.hash) || !copiesAgree)
    report(row.sequence, 'altered', `Record ${row.sequence} was altered after it was written.`);
}

function checkHead(
  key: Buffer,
  tenantId: TenantId,
  head: store.AuditHead | undefined,
  last: KnownHead,
  sequenceAtStart: number,
  report: Report,
): void {
  if (!head) {
    report(last.sequence, 'head-altered', 'The head of the log is missing.');
    return;
  }
  if (!sameHash(headMac(key, tenantId, head.sequence, head.hash), head.mac)) {
    report(head.sequence, 'head-altered', 'The head of the log was altered.');
  } else if (head.sequence < last.sequence) {
    report(
      head.sequence,
      'head-altered',
      `The head of the log is an earlier one: records after ${head.sequence} exist.`,
    );
  } else if (sequenceAtStart > last.sequence) {
    const gone = sequenceAtStart - last.sequence;
    report(
      last.sequence + 1,
      'cut-off',
      `The log was cut off after record ${last.sequence}: ${gone} later record${gone === 1 ? ' is' : 's are'} missing.`,
    );
  } else if (head.sequence === last.sequence && !sameHash(head.hash, last.hash)) {
    report(head.sequence, 'altered', `Record ${head.sequence} is not the one that the head of the log vouches for.`);
  }
}
