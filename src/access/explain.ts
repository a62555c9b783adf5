import type { Ctx } from '../context.ts';
import { isoTime } from '../lib/clock.ts';
import { NotFound } from '../lib/failures.ts';
import { type CorrelationId, isGuid, systemTenantId } from '../lib/ids.ts';
import { may } from './caller.ts';
import * as store from './explanations-store.ts';
import type { Check } from './refusal.ts';

/** Why a call was refused: the checks in their order, and the one thing to change. */
export interface Explanation {
  readonly correlationId: string;
  readonly at: string;
  readonly surface: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly subject: string;
  readonly address: string;
  readonly checks: readonly Check[];
  readonly change: string;
}

/**
 * The explanation of one refusal, for the person whose credential it was and for full administrators of its tenant.
 * Refusals of credentials that belong to nobody say nothing about any tenant, so whoever is signed in and holds the
 * correlation id may read them. Everybody else hears that there is none.
 */
export async function getExplanation(ctx: Ctx, correlationId: string): Promise<Explanation> {
  const row = isGuid(correlationId) ? await findReadable(ctx, correlationId.toLowerCase() as CorrelationId) : undefined;
  if (!row) throw new NotFound('An explanation with this correlation id');
  const body = JSON.parse(row.body) as Omit<Explanation, 'correlationId' | 'at'>; // Written by RefusalRecorder only.
  return { correlationId: row.correlationId, at: isoTime(row.at), ...body };
}

async function findReadable(ctx: Ctx, correlationId: CorrelationId): Promise<store.ExplanationRow | undefined> {
  const { caller } = ctx;
  const own = await store.findExplanation(ctx.store.db, caller.tenantId, correlationId);
  if (own) {
    const isSubject = caller.subject.kind === 'user' && own.userId === caller.subject.userId;
    return isSubject || may(caller, 'Explanations.readAll') ? own : undefined;
  }
  return store.findExplanation(ctx.store.db, systemTenantId, correlationId);
}
