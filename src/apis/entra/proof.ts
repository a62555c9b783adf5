import type { SignInProof } from '../../authorizations/authorizations.ts';
import type { Account } from './pages/session.ts';

/** How and when the person of a sign-in session proved who they are. */
export function proofOf({ session }: Account): SignInProof {
  return {
    authTime: session.createdAt,
    amr: session.secondFactorAt === null ? ['pwd'] : ['pwd', 'mfa'],
    secondFactorAt: session.secondFactorAt,
    sessionId: session.id,
  };
}
