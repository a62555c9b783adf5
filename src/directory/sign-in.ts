// Signing in, as one ordered list of checks: which tenant, lock-out, password, account, second factor, password due for
// change, session. Everything that is wrong before the password is proved gives one and the same answer after the same
// work, so that nothing tells which accounts exist.
import { type Check, Refusal, type RefusalDetails } from '../access/refusal.ts';
import { recordAuditAs } from '../audit/audit.ts';
import type { Origin, Services } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { InvalidInput } from '../lib/failures.ts';
import type { CorrelationId, TenantId } from '../lib/ids.ts';
import type { Credentials } from './credentials-store.ts';
import * as store from './credentials-store.ts';
import { type CountedTry, clearAfterSuccess, countTry, takeBackTry } from './lock-out.ts';
import { hasControls } from './naming.ts';
import { checkNewPassword, hashPassword, isWeakHash, verifyPassword } from './passwords.ts';
import { claimProof, type FactorProof, findProof, hasSecondFactor } from './second-factor-check.ts';
import { beginSession, type SessionClient, type SessionRow } from './sessions.ts';
import { findTenant, findTenantById, type Tenant } from './tenants.ts';

export interface SignInInput {
  /** The tenant whose host the request came to; null on a host that names none. */
  readonly hostTenantId: TenantId | null;
  /** Slug, id or domain of the tenant; without it and on the generic host the domain of the user name decides. */
  readonly tenant?: string | undefined;
  readonly userName: string;
  readonly password: string;
  readonly code?: string | undefined;
  readonly recoveryCode?: string | undefined;
  /** Only when the account must choose a new password now. */
  readonly newPassword?: string | undefined;
  readonly client: SessionClient;
}

export interface SignedIn {
  readonly session: SessionRow;
  /** The cookie's or the command line's secret: shown to its holder now and never again. */
  readonly value: string;
  readonly user: Pick<Credentials, 'id' | 'userName' | 'displayName'>;
  readonly tenant: Tenant;
}

/** What one sign-in knows while it goes through the checks. */
interface Attempt {
  readonly origin: Origin;
  readonly correlationId: CorrelationId;
  readonly input: Omit<SignInInput, 'client'>;
  readonly tenant: Tenant | undefined;
  readonly counted: CountedTry;
}

/**
 * Begins a session. Throws a Refusal `sign-in-failed` (401), `second-factor-required` (401) or
 * `password-change-required` (403) after a right password, `locked-out` (429); InvalidInput for a new password that may
 * not be chosen.
 */
export async function signIn(
  services: Services,
  origin: Origin,
  correlationId: CorrelationId,
  input: SignInInput,
): Promise<SignedIn> {
  const { attempt, ...proven } = await prove(services, origin, correlationId, input);
  return await completeSignIn(services, attempt, proven, input.client);
}

/**
 * The same checks, counted and refused in the same way, for a grant that hands an app the person's password: no session
 * begins, the caller records what came of it.
 */
export async function checkSignIn(
  services: Services,
  origin: Origin,
  correlationId: CorrelationId,
  input: Pick<SignInInput, 'hostTenantId' | 'tenant' | 'userName' | 'password'>,
): Promise<Omit<SignedIn, 'session' | 'value'>> {
  const { attempt, ...proven } = await prove(services, origin, correlationId, input);
  const { tenant, user } = proven;
  await services.store.change(tenant.id, async (trx) => {
    await settle(services, trx, attempt, proven);
    await clearAfterSuccess(trx, attempt.counted);
  });
  return { user, tenant };
}

/** Everything but the change that the success makes. */
async function prove(
  services: Services,
  origin: Origin,
  correlationId: CorrelationId,
  input: Omit<SignInInput, 'client'>,
): Promise<Proven & { readonly attempt: Attempt }> {
  if (input.code !== undefined && input.recoveryCode !== undefined) {
    throw new InvalidInput('recoveryCode', 'Send a code or a recovery code, not both.');
  }
  const userName = input.userName.trim().toLowerCase();
  const tenant = await findSignInTenant(services, input, userName);
  const counted = await countTry(services, { tenantId: tenant?.id ?? null, userName }, origin.address);
  const attempt: Attempt = { origin, correlationId, input, tenant, counted };
  const user = tenant && (await findUser(services, tenant.id, userName));
  const isRight = await verifyOrTakeBack(services, attempt, user?.passwordHash ?? null);

  const problem = accountProblem(tenant, user, isRight);
  if (problem || !tenant || !user) throw signInFailed(attempt, problem);
  const proof = await proveSecondFactor(services, attempt, user);
  const passwordChange = await choosePassword(services, attempt, user);
  return { attempt, tenant, user, proof, passwordChange };
}

async function findSignInTenant(
  services: Services,
  input: Omit<SignInInput, 'client'>,
  userName: string,
): Promise<Tenant | undefined> {
  const { db } = services.store;
  const ofHost = input.hostTenantId === null ? undefined : await findTenantById(db, input.hostTenantId);
  const ref = input.tenant ?? (ofHost ? ofHost.slug : userName.slice(userName.lastIndexOf('@') + 1));
  const named = await findTenant(db, ref);
  // On a tenant's own host nobody signs in to another one.
  return input.hostTenantId !== null && named?.id !== input.hostTenantId ? undefined : named;
}

async function findUser(services: Services, tenantId: TenantId, userName: string): Promise<Credentials | undefined> {
  // No stored name has such characters, and PostgreSQL would fail on some of them.
  if (hasControls(userName)) return undefined;
  return await store.findCredentialsByName(services.store.db, tenantId, userName);
}

/** Verifies the password; when that cannot be done (too many wait), the try was no guess and is given back. */
async function verifyOrTakeBack(services: Services, attempt: Attempt, hash: string | null): Promise<boolean> {
  try {
    return await verifyPassword(hash, attempt.input.password);
  } catch (error) {
    await giveBack(services, attempt);
    throw error;
  }
}

async function giveBack(services: Services, attempt: Attempt): Promise<void> {
  await services.store.transaction((trx) => takeBackTry(trx, attempt.counted));
}

interface AccountProblem {
  readonly check: Check;
  readonly remedy: string;
}

function accountProblem(
  tenant: Tenant | undefined,
  user: Credentials | undefined,
  isRight: boolean,
): AccountProblem | undefined {
  const failed = (check: Check['check'], detail: string, remedy: string): AccountProblem => ({
    check: { check, outcome: 'failed', detail },
    remedy,
  });
  if (!tenant) {
    return failed('owner', 'No tenant was named that exists here.', 'Check the host, the tenant and the user name.');
  }
  if (!user) {
    const detail = 'The tenant has no account with the given user name.';
    return failed('owner', detail, 'Check the user name; an administrator can list the accounts.');
  }
  if (tenant.status !== 'enabled') {
    return failed('tenant-enabled', `The tenant is ${tenant.status}.`, 'The operator can enable the tenant again.');
  }
  if (user.status !== 'enabled') {
    return failed(
      'owner',
      `The account ${user.userName} is ${user.status}.`,
      'An administrator can enable the account.',
    );
  }
  if (!isRight) {
    const detail = `The password for ${user.userName} was wrong.`;
    return failed('password', detail, 'Type it again; an administrator can reset the password.');
  }
  return undefined;
}

/** The second factor, if the account has one: right and unused, or the refusal that the case asks for. */
async function proveSecondFactor(
  services: Services,
  attempt: Attempt,
  user: Credentials,
): Promise<FactorProof | undefined> {
  if (!hasSecondFactor(user)) return undefined;
  const { code, recoveryCode } = attempt.input;
  if (code === undefined && recoveryCode === undefined) {
    await giveBack(services, attempt);
    throw secondFactorRequired(attempt, user);
  }
  const proof = await findProof(services, services.store.db, user, { code, recoveryCode });
  if (!proof) throw signInFailed(attempt, wrongFactor(user));
  return proof;
}

function wrongFactor(user: Credentials): AccountProblem {
  const detail = `The second factor for ${user.userName} was wrong or was used before.`;
  return {
    check: { check: 'second-factor', outcome: 'failed', detail },
    remedy: 'Wait for the next code, check the clock of the device, or use a recovery code.',
  };
}

interface PasswordChange {
  readonly passwordHash: string;
  /** False when the same password was only hashed anew with today's parameters. */
  readonly isNew: boolean;
}

async function choosePassword(
  services: Services,
  attempt: Attempt,
  user: Credentials,
): Promise<PasswordChange | undefined> {
  const { newPassword, password } = attempt.input;
  try {
    if (user.mustChangePassword === 1) {
      if (newPassword === undefined) throw passwordChangeRequired(attempt, user);
      if (newPassword === password)
        throw new InvalidInput('newPassword', 'Choose a password other than the present one.');
      checkNewPassword(services.config, 'newPassword', newPassword, user.userName);
      return { passwordHash: await hashPassword(newPassword), isNew: true };
    }
    if (newPassword !== undefined) {
      throw new InvalidInput(
        'newPassword',
        'This account need not change its password now. Sign in without a new one.',
      );
    }
    if (user.passwordHash === null || !isWeakHash(user.passwordHash)) return undefined;
    return { passwordHash: await hashPassword(password), isNew: false };
  } catch (error) {
    await giveBack(services, attempt);
    throw error;
  }
}

interface Proven {
  readonly tenant: Tenant;
  readonly user: Credentials;
  readonly proof: FactorProof | undefined;
  readonly passwordChange: PasswordChange | undefined;
}

/** Claims the second factor, changes the password if asked, begins the session and records it, all or nothing. */
async function completeSignIn(
  services: Services,
  attempt: Attempt,
  proven: Proven,
  client: SessionClient,
): Promise<SignedIn> {
  const { tenant, user, proof } = proven;
  return await services.store.change(tenant.id, async (trx) => {
    const now = await settle(services, trx, attempt, proven);
    const { session, value } = await beginSession(services, trx, {
      tenantId: tenant.id,
      userId: user.id,
      client,
      origin: attempt.origin,
      secondFactorAt: proof ? now : null,
    });
    await clearAfterSuccess(trx, attempt.counted);
    await recordAuditAs(services, trx, tenant.id, signedInActor(attempt, user), {
      action: 'session.create',
      target: { kind: 'session', id: session.id, name: user.userName },
      details: {
        client: session.client,
        secondFactor: proof?.kind ?? null,
        ...(proven.passwordChange?.isNew ? { passwordChanged: true } : {}),
      },
    });
    return { session, value, user, tenant };
  });
}

/** What a sign-in changes of the account, once more checked; the time of it. */
async function settle(services: Services, trx: Trx, attempt: Attempt, proven: Proven): Promise<number> {
  const now = services.clock();
  const { tenant, user, proof, passwordChange } = proven;
  await assertUnchanged(trx, attempt, proven);
  if (proof && !(await claimProof(trx, user, proof, now))) throw signInFailed(attempt, wrongFactor(user));
  await store.updateCredentials(trx, tenant.id, user.id, {
    lastSignInAt: now,
    ...(passwordChange ? { passwordHash: passwordChange.passwordHash } : {}),
    ...(passwordChange?.isNew ? { passwordChangedAt: now, mustChangePassword: 0 } : {}),
  });
  return now;
}

function signedInActor(attempt: Attempt, user: Credentials) {
  return {
    actor: { kind: 'user' as const, id: user.id, name: user.userName },
    origin: attempt.origin,
    correlationId: attempt.correlationId,
  };
}

/** While the password was being hashed, an administrator may have disabled the account or reset its credentials. */
async function assertUnchanged(trx: Trx, attempt: Attempt, { tenant, user }: Proven): Promise<void> {
  const present = await store.findCredentials(trx, tenant.id, user.id);
  const presentTenant = await findTenantById(trx, tenant.id);
  const isSame =
    present?.passwordHash === user.passwordHash && present.secondFactorConfirmedAt === user.secondFactorConfirmedAt;
  const problem = accountProblem(presentTenant, present, isSame);
  if (problem) throw signInFailed(attempt, problem);
}

const passwordPassed: Check = { check: 'password', outcome: 'passed', detail: 'The password was right.' };

function refusal(
  attempt: Attempt,
  user: Credentials | null,
  details: Pick<RefusalDetails, 'status' | 'code' | 'message' | 'chain' | 'remedy'>,
): Refusal {
  return new Refusal({
    ...details,
    tenantId: attempt.tenant?.id ?? null,
    userId: user?.id ?? null,
    target: user?.id ?? null,
  });
}

function signInFailed(attempt: Attempt, problem: AccountProblem | undefined): Refusal {
  return refusal(attempt, null, {
    status: 401,
    code: 'sign-in-failed',
    message: 'The user name, the password or the code is wrong, or this account may not sign in.',
    chain: problem ? [problem.check] : [],
    remedy: problem?.remedy ?? 'Try again.',
  });
}

function secondFactorRequired(attempt: Attempt, user: Credentials): Refusal {
  const detail = 'The account has a second factor and none was given.';
  return refusal(attempt, user, {
    status: 401,
    code: 'second-factor-required',
    message: 'Enter the code of your authenticator app, or a recovery code.',
    chain: [passwordPassed, { check: 'second-factor', outcome: 'failed', detail }],
    remedy: 'Sign in again with the code of the authenticator app, or with a recovery code.',
  });
}

function passwordChangeRequired(attempt: Attempt, user: Credentials): Refusal {
  const detail = 'The password is a one-time password.';
  return refusal(attempt, user, {
    status: 403,
    code: 'password-change-required',
    message: 'Choose a new password: send it as newPassword together with the present one.',
    chain: [passwordPassed, { check: 'password', outcome: 'failed', detail }],
    remedy: 'Sign in again and choose a new password.',
  });
}
