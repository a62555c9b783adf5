// What signed-in people do to their own credentials. A session alone is not enough to change them: whoever finds one
// open must not be able to take the account over, so each act asks for the password or a code, under the same lock-out
// as signing in, and ends the other sessions.
import { requireUser } from '../access/caller.ts';
import { Refusal, type RefusalCode } from '../access/refusal.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { minuteMs } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import type { SessionId } from '../lib/ids.ts';
import type { Credentials } from './credentials-store.ts';
import * as store from './credentials-store.ts';
import { type CountedTry, clearAfterSuccess, countTry, takeBackTry } from './lock-out.ts';
import { checkNewPassword, hashPassword, verifyPassword } from './passwords.ts';
import { presentCaller } from './present-rights.ts';
import { mintRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';
import {
  matchingStep,
  mintSecondFactorSecret,
  otpauthUri,
  sealSecondFactor,
  unsealSecondFactor,
} from './second-factor.ts';
import { claimProof, findProof, type GivenFactor, hasSecondFactor } from './second-factor-check.ts';
import { endSessions, getOwnSession, noteSecondFactor } from './sessions.ts';

/** A session that began this recently has just proved the password. */
const freshSignInMs = 10 * minuteMs;

/** Replaces the caller's password and ends the other sessions. Throws a Refusal (403) when the present one is wrong. */
export async function changeOwnPassword(
  ctx: Ctx,
  input: { readonly currentPassword: string; readonly newPassword: string },
): Promise<void> {
  const user = await getOwn(ctx);
  const sessionId = sessionOf(ctx);
  const counted = await provePassword(ctx, user, input.currentPassword);
  const passwordHash = await orTakeBack(ctx, counted, async () => {
    if (input.newPassword === input.currentPassword) {
      throw new InvalidInput('newPassword', 'Choose a password other than the present one.');
    }
    checkNewPassword(ctx.config, 'newPassword', input.newPassword, user.userName);
    return await hashPassword(input.newPassword);
  });
  const work = async (trx: Trx, now: number): Promise<void> => {
    await store.updateCredentials(trx, user.tenantId, user.id, {
      passwordHash,
      passwordChangedAt: now,
      mustChangePassword: 0,
    });
    const ended = await endSessions(trx, user.tenantId, user.id, now, sessionId);
    await recordOwn(ctx, trx, user, 'user.change-password', { sessionsEnded: ended });
  };
  // The password alone must not give new guesses at the second factor: then only this try is taken back.
  await changeOwn(ctx, user, counted, work, hasSecondFactor(user) ? takeBackTry : clearAfterSuccess);
}

/**
 * Begins the enrolment of an authenticator app: a fresh secret, shown only here, that counts once a code confirms it.
 * Needs the password, unless the session began in the last ten minutes. Throws Conflict when one is enrolled already.
 */
export async function startSecondFactor(
  ctx: Ctx,
  given: { readonly currentPassword?: string | undefined },
): Promise<{ secret: string; uri: string }> {
  const user = await getOwn(ctx);
  if (hasSecondFactor(user)) {
    throw new Conflict('second-factor-enrolled', 'You have a second factor. Remove it with one of its codes first.');
  }
  const counted = await proveSignIn(ctx, user, given.currentPassword);
  const secret = mintSecondFactorSecret();
  await changeOwn(ctx, user, counted, async (trx) => {
    await store.updateCredentials(trx, user.tenantId, user.id, {
      secondFactorSecret: sealSecondFactor(ctx.keys, user.id, secret),
      secondFactorConfirmedAt: null,
      secondFactorLastStep: null,
    });
    await recordOwn(ctx, trx, user, 'user.start-second-factor', {});
  });
  return { secret, uri: otpauthUri(`Sallyport (${ctx.caller.tenantSlug})`, user.userName, secret) };
}

/** Completes the enrolment with a code of the new secret. Returns ten recovery codes, shown only here. */
export async function confirmSecondFactor(ctx: Ctx, code: string): Promise<{ recoveryCodes: string[] }> {
  const user = await getOwn(ctx);
  const sessionId = sessionOf(ctx);
  if (hasSecondFactor(user)) throw new Conflict('second-factor-enrolled', 'Your second factor is confirmed already.');
  if (user.secondFactorSecret === null) {
    throw new Conflict('second-factor-not-started', 'Begin the enrolment first; it gives the secret for your app.');
  }
  const secret = unsealSecondFactor(ctx.keys, user.id, user.secondFactorSecret);
  const step = matchingStep(secret, code, ctx.clock(), user.secondFactorLastStep);
  if (step === undefined) {
    throw new InvalidInput(
      'code',
      "This is not the app's present code. Check the clock of the device and try the next code.",
    );
  }
  const recoveryCodes = mintRecoveryCodes();
  await changeOwn(ctx, user, null, async (trx, now) => {
    await store.updateCredentials(trx, user.tenantId, user.id, {
      secondFactorConfirmedAt: now,
      secondFactorLastStep: step,
    });
    await store.replaceRecoveryCodes(trx, user.tenantId, user.id, hashesOf(recoveryCodes));
    await noteSecondFactor(trx, user.tenantId, sessionId, now);
    const ended = await endSessions(trx, user.tenantId, user.id, now, sessionId);
    await recordOwn(ctx, trx, user, 'user.enrol-second-factor', { sessionsEnded: ended });
  });
  return { recoveryCodes };
}

/** Removes the second factor and the recovery codes, and ends the other sessions. Needs a right code. */
export async function removeSecondFactor(ctx: Ctx, given: GivenFactor): Promise<void> {
  const user = await getOwn(ctx);
  await withSecondFactor(ctx, user, given, async (trx, now) => {
    await store.updateCredentials(trx, user.tenantId, user.id, {
      secondFactorSecret: null,
      secondFactorConfirmedAt: null,
      secondFactorLastStep: null,
    });
    await store.replaceRecoveryCodes(trx, user.tenantId, user.id, []);
    const ended = await endSessions(trx, user.tenantId, user.id, now, sessionOf(ctx));
    await recordOwn(ctx, trx, user, 'user.remove-second-factor', { sessionsEnded: ended });
  });
}

/** Ten new recovery codes, shown only here; the old ones stop working. Needs a right code. */
export async function renewRecoveryCodes(ctx: Ctx, given: GivenFactor): Promise<{ recoveryCodes: string[] }> {
  const user = await getOwn(ctx);
  const recoveryCodes = mintRecoveryCodes();
  await withSecondFactor(ctx, user, given, async (trx) => {
    await store.replaceRecoveryCodes(trx, user.tenantId, user.id, hashesOf(recoveryCodes));
    await recordOwn(ctx, trx, user, 'user.renew-recovery-codes', {});
  });
  return { recoveryCodes };
}

/**
 * Makes sure that the caller has the second factor at hand: uses up the given code and notes the time in the session.
 * Throws a Refusal (403) `second-factor-not-enrolled` or `second-factor-required`, or `locked-out` (429).
 */
export async function verifySecondFactor(ctx: Ctx, given: GivenFactor): Promise<void> {
  const user = await getOwn(ctx);
  await withSecondFactor(ctx, user, given, async () => {});
}

/** Checks and uses up a code, and does `work` in the same transaction: neither happens without the other. */
async function withSecondFactor(
  ctx: Ctx,
  user: Credentials,
  given: GivenFactor,
  work: (trx: Trx, now: number) => Promise<void>,
): Promise<void> {
  if (!hasSecondFactor(user)) throw notEnrolled(ctx, user);
  if (given.code === undefined && given.recoveryCode === undefined) throw codeRefused(ctx, user, 'No code was given.');
  const counted = await countTry(ctx, user, ctx.origin.address);
  const wrong = codeRefused(ctx, user, 'The code is wrong or was used before.');
  const proof = await findProof(ctx, ctx.store.db, user, given);
  if (!proof) throw wrong;
  await changeOwn(ctx, user, counted, async (trx, now) => {
    if (!(await claimProof(trx, user, proof, now))) throw wrong;
    await noteSecondFactor(trx, user.tenantId, sessionOf(ctx), now);
    await work(trx, now);
  });
}

/** Runs `work` in a change of the tenant, after looking that the credentials are still those that were checked. */
async function changeOwn(
  ctx: Ctx,
  user: Credentials,
  counted: CountedTry | null,
  work: (trx: Trx, now: number) => Promise<void>,
  settle = clearAfterSuccess,
): Promise<void> {
  await ctx.store.change(user.tenantId, async (trx) => {
    await presentCaller(ctx, trx); // Refuses when the session has ended meanwhile.
    const present = await store.findCredentials(trx, user.tenantId, user.id);
    const isSame =
      present?.status === 'enabled' &&
      present.passwordHash === user.passwordHash &&
      present.secondFactorSecret === user.secondFactorSecret &&
      present.secondFactorConfirmedAt === user.secondFactorConfirmedAt;
    if (!isSame) throw new Conflict('credentials-changed', 'Your credentials were changed meanwhile. Try again.');
    await work(trx, ctx.clock());
    if (counted) await settle(trx, counted);
  });
}

/** The password, or a session so new that it has just proved it. */
async function proveSignIn(ctx: Ctx, user: Credentials, password: string | undefined): Promise<CountedTry | null> {
  if (password === undefined) {
    const { createdAt } = await getOwnSession(ctx);
    if (ctx.clock() - createdAt <= freshSignInMs) return null;
    throw refusal(ctx, user, 'password-required', 'password', {
      message: 'Send your present password as currentPassword, or sign in again first.',
      detail: 'The session began too long ago to do this without the password.',
      remedy: 'Sign in again, or give the present password.',
    });
  }
  return await provePassword(ctx, user, password);
}

async function provePassword(ctx: Ctx, user: Credentials, password: string): Promise<CountedTry> {
  const counted = await countTry(ctx, user, ctx.origin.address);
  const isRight = await orTakeBack(ctx, counted, () => verifyPassword(user.passwordHash, password));
  if (!isRight) throw wrongPassword(ctx, user);
  return counted;
}

/** When `work` fails, the try was no wrong guess and does not count. */
async function orTakeBack<T>(ctx: Ctx, counted: CountedTry, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await ctx.store.transaction((trx) => takeBackTry(trx, counted));
    throw error;
  }
}

async function getOwn(ctx: Ctx): Promise<Credentials> {
  const { userId } = requireUser(ctx.caller);
  const user = await store.findCredentials(ctx.store.db, ctx.caller.tenantId, userId);
  if (!user) throw new NotFound('Your account');
  return user;
}

/** Tokens cannot get here: the routes admit sessions only. */
function sessionOf(ctx: Ctx): SessionId {
  const { credential } = ctx.caller;
  if (credential.kind !== 'session')
    throw new Error('A call that only sessions may make was let in with another credential.');
  return credential.sessionId;
}

function hashesOf(codes: readonly string[]): string[] {
  return codes.flatMap((code) => recoveryCodeHash(code) ?? []);
}

async function recordOwn(
  ctx: Ctx,
  trx: Trx,
  user: Credentials,
  action: string,
  details: Record<string, unknown>,
): Promise<void> {
  await recordAudit(ctx, trx, { action, target: { kind: 'user', id: user.id, name: user.userName }, details });
}

function wrongPassword(ctx: Ctx, user: Credentials): Refusal {
  return refusal(ctx, user, 'wrong-password', 'password', {
    message: 'The present password is wrong.',
    detail: `The password for ${user.userName} was wrong.`,
    remedy: 'Type the present password again.',
  });
}

function codeRefused(ctx: Ctx, user: Credentials, detail: string): Refusal {
  return refusal(ctx, user, 'second-factor-required', 'second-factor', {
    message: `${detail} Send the present code of your authenticator app, or a recovery code.`,
    detail,
    remedy: 'Wait for the next code, check the clock of the device, or use a recovery code.',
  });
}

function notEnrolled(ctx: Ctx, user: Credentials): Refusal {
  return refusal(ctx, user, 'second-factor-not-enrolled', 'second-factor', {
    message: 'This needs a second factor and you have none. Enrol an authenticator app: sallyport second-factor enrol.',
    detail: 'The account has no second factor.',
    remedy: 'Enrol an authenticator app: sallyport second-factor enrol.',
  });
}

function refusal(
  ctx: Ctx,
  user: Credentials,
  code: RefusalCode,
  check: 'password' | 'second-factor',
  texts: { message: string; detail: string; remedy: string },
): Refusal {
  return new Refusal({
    status: 403,
    code,
    message: texts.message,
    chain: [...ctx.caller.passed, { check, outcome: 'failed', detail: texts.detail }],
    remedy: texts.remedy,
    tenantId: user.tenantId,
    userId: user.id,
    target: user.id,
  });
}
