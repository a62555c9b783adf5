// Why nobody was signed in through a provider, as refusals that `explain` and the audit tell of. What the person is told
// names no account; what administrators read names the check and the one thing to change.
import { type Check, type ExternalSignInProblem, Refusal } from '../../access/refusal.ts';
import type { TenantId, UserId } from '../../lib/ids.ts';

/** What people are told. The sign-in page has texts of its own for the same codes. */
const messages: Readonly<Record<ExternalSignInProblem, string>> = {
  'external-unavailable': 'There is no sign-in through another provider here.',
  'external-state': 'This sign-in was not begun in this browser, is over or was used before. Begin again.',
  'external-denied': 'The sign-in was cancelled at the provider.',
  'external-provider': 'The provider could not be used. Try again later.',
  'external-token': 'What the provider sent could not be verified.',
  'external-claims': 'The provider does not say what is needed for a sign-in here.',
  'external-not-allowed': 'This account may not sign in through the provider.',
  'external-not-proven': 'The provider does not prove that this user name is yours.',
  'external-not-linked': 'This account is not linked to the provider. Sign in with the password.',
  'external-unknown': 'There is no account for you here.',
  'external-disabled': 'This account may not sign in.',
  'external-second-factor': 'This account needs its second factor. Sign in with password and code.',
  'external-limit': 'The account cannot be made or changed: a limit is reached.',
};

export interface ExternalFailure {
  readonly tenantId: TenantId | null;
  /** Set once it is certain who signs in. */
  readonly userId?: UserId | undefined;
  /** One sentence about this very sign-in; no secret, no token. */
  readonly detail: string;
  readonly remedy: string;
  readonly passed?: readonly Check[] | undefined;
}

/** A refusal with the status that fits: 403 for somebody who is known and may not, else 401. */
export function externalRefusal(code: ExternalSignInProblem, failure: ExternalFailure): Refusal {
  const { tenantId, userId = null, detail, remedy, passed = [] } = failure;
  return new Refusal({
    status: userId === null ? 401 : 403,
    code,
    message: messages[code],
    chain: [...passed, { check: 'external-sign-in', outcome: 'failed', detail }],
    remedy,
    tenantId,
    userId,
    target: userId,
  });
}

/** Link of the chain that a sign-in has behind it when the provider's answer was verified. */
export function provenAt(issuer: string): Check {
  return { check: 'external-sign-in', outcome: 'passed', detail: `The provider ${issuer} vouches for the person.` };
}
