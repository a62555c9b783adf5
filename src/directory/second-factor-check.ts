// Checking a given second factor against what the store holds. Finding a proof and claiming it are two steps, so that a
// sign-in that lacks something else does not use up the code; claiming is conditional, so that a code works once.
import type { Services } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import type { Credentials } from './credentials-store.ts';
import * as store from './credentials-store.ts';
import { recoveryCodeHash } from './recovery-codes.ts';
import { matchingStep, unsealSecondFactor } from './second-factor.ts';

/** What the person typed: a code of the authenticator app, or a recovery code. */
export interface GivenFactor {
  readonly code?: string | undefined;
  readonly recoveryCode?: string | undefined;
}

export type FactorProof =
  | { readonly kind: 'code'; readonly step: number }
  | { readonly kind: 'recovery-code'; readonly hash: string };

/** True when the user has a confirmed second factor. */
export function hasSecondFactor(user: Pick<Credentials, 'secondFactorConfirmedAt'>): boolean {
  return user.secondFactorConfirmedAt !== null;
}

/** What was given as a proof that is right and unused at this moment; undefined when it is not. Changes nothing. */
export async function findProof(
  services: Pick<Services, 'clock' | 'keys'>,
  db: Db,
  user: Credentials,
  given: GivenFactor,
): Promise<FactorProof | undefined> {
  if (user.secondFactorSecret === null || !hasSecondFactor(user)) return undefined;
  if (given.code !== undefined) {
    const secret = unsealSecondFactor(services.keys, user.id, user.secondFactorSecret);
    const step = matchingStep(secret, given.code, services.clock(), user.secondFactorLastStep);
    return step === undefined ? undefined : { kind: 'code', step };
  }
  const hash = given.recoveryCode === undefined ? undefined : recoveryCodeHash(given.recoveryCode);
  if (hash === undefined || !(await store.hasUnusedRecoveryCode(db, user.tenantId, user.id, hash))) return undefined;
  return { kind: 'recovery-code', hash };
}

/** Uses the proof up. False when another request did so in between. */
export async function claimProof(
  trx: Trx,
  user: Pick<Credentials, 'tenantId' | 'id'>,
  proof: FactorProof,
  now: number,
): Promise<boolean> {
  return proof.kind === 'code'
    ? await store.claimStep(trx, user.tenantId, user.id, proof.step)
    : await store.claimRecoveryCode(trx, user.tenantId, user.id, proof.hash, now);
}
