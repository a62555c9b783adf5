// Client secrets: several at a time so that they can be rotated, each shown once. What is stored is the SHA-256 of the
// value and its first three characters.
import type { Ctx } from '../context.ts';
import { parseText } from '../directory/naming.ts';
import { parseIsoTime } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { isSameText, randomBase62, sha256Hex } from '../lib/secrets.ts';
import { actorId, changeApplication, requireMayHandOver } from './application-rights.ts';
import { type SecretView, toSecretView } from './application-view.ts';
import { recordApplicationAct } from './registrations.ts';
import * as store from './store.ts';

export interface SecretInput {
  readonly description?: string;
  /** ISO 8601. */
  readonly expiresAt?: string | undefined;
  readonly months?: number | undefined;
  /** ISO 8601; now unless given. */
  readonly startsAt?: string | undefined;
}

/** 40 characters of 62: 238 bits. */
const valueLength = 40;
const hintLength = 3;
const monthsInitial = 6;
const descriptionMax = 120;

/** Adds a secret; its value is in the answer and never again. For owners and Applications.manage. */
export async function addSecret(
  ctx: Ctx,
  ref: string,
  input: SecretInput,
): Promise<{ secret: SecretView; value: string }> {
  const now = ctx.clock();
  const startsAt = parseStart(input.startsAt, now, ctx.config.secretMonthsMax);
  const endsAt = parseEnd(input, startsAt, ctx.config.secretMonthsMax);
  if (endsAt <= now) throw new InvalidInput('expiresAt', 'expiresAt must lie ahead.');
  const description = parseText('description', input.description ?? 'Client secret', descriptionMax);
  const value = randomBase62(valueLength);
  return await changeApplication(ctx, ref, async (trx, application, caller) => {
    await requireMayHandOver(trx, caller, application);
    const others = await store.listSecrets(trx, application.tenantId, [application.id]);
    if (others.length >= ctx.config.secretsPerApplicationMax) {
      throw new Conflict(
        'too-many-secrets',
        `The application has ${others.length} secrets, the most that secretsPerApplicationMax allows. Remove one first.`,
      );
    }
    const row: store.SecretRow = {
      id: crypto.randomUUID(),
      tenantId: application.tenantId,
      applicationId: application.id,
      description,
      hint: value.slice(0, hintLength),
      hash: sha256Hex(value),
      startsAt,
      endsAt,
      createdAt: now,
      createdBy: actorId(ctx),
    };
    await store.insertSecret(trx, application.tenantId, row);
    await recordApplicationAct(ctx, trx, 'application.add-secret', application, {
      secretId: row.id,
      description,
      hint: row.hint,
      endsAt: new Date(endsAt).toISOString(),
    });
    return { secret: toSecretView(row), value };
  });
}

/** A start far ahead would hide for years a secret that nobody remembers then. */
function parseStart(text: string | undefined, now: number, monthsMax: number): number {
  if (text === undefined) return now;
  const at = parseIsoTime(text);
  if (at === undefined) throw new InvalidInput('startsAt', 'startsAt must be a time such as 2027-01-31T00:00:00Z.');
  if (at > addMonths(now, monthsMax)) {
    throw new InvalidInput('startsAt', `A secret begins within ${monthsMax} months (secretMonthsMax).`);
  }
  return at;
}

function parseEnd({ expiresAt, months }: SecretInput, startsAt: number, monthsMax: number): number {
  if (expiresAt !== undefined && months !== undefined) {
    throw new InvalidInput('expiresAt', 'Give expiresAt or months, not both.');
  }
  const latest = addMonths(startsAt, monthsMax);
  if (expiresAt === undefined) {
    const wanted = months ?? Math.min(monthsInitial, monthsMax);
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > monthsMax) {
      throw new InvalidInput('months', `months must be a whole number from 1 to ${monthsMax}.`);
    }
    return addMonths(startsAt, wanted);
  }
  const at = parseIsoTime(expiresAt);
  if (at === undefined) throw new InvalidInput('expiresAt', 'expiresAt must be a time such as 2027-01-31T00:00:00Z.');
  if (at <= startsAt) throw new InvalidInput('expiresAt', 'expiresAt must lie after the start.');
  if (at > latest) {
    throw new InvalidInput('expiresAt', `A secret lasts ${monthsMax} months at most (secretMonthsMax).`);
  }
  return at;
}

/** The same day so many months later; the month's last day where it has no such day. */
export function addMonths(at: number, months: number): number {
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime();
}

/** Removes a secret: it is refused from the next request on, and so are tokens that were taken with it. */
export async function removeSecret(ctx: Ctx, ref: string, secretId: string): Promise<void> {
  await changeApplication(ctx, ref, async (trx, application) => {
    const id = secretId.trim().toLowerCase();
    const removed = await store.deleteSecret(trx, application.tenantId, application.id, id);
    if (!removed) throw new NotFound('The secret');
    await recordApplicationAct(ctx, trx, 'application.remove-secret', application, {
      secretId: removed.id,
      description: removed.description,
      hint: removed.hint,
    });
  });
}

export type SecretCheck =
  | { readonly kind: 'valid'; readonly id: string }
  | { readonly kind: 'expired'; readonly id: string }
  | { readonly kind: 'wrong' };

/** Which of the secrets a value is. Every secret is compared, in a time that tells nothing. */
export function checkSecret(secrets: readonly store.SecretRow[], value: string, now: number): SecretCheck {
  const hash = sha256Hex(value);
  let found: store.SecretRow | undefined;
  for (const each of secrets) if (isSameText(each.hash, hash)) found = each;
  if (!found || found.startsAt > now) return { kind: 'wrong' };
  return found.endsAt <= now ? { kind: 'expired', id: found.id } : { kind: 'valid', id: found.id };
}
