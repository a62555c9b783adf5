// What a role activation demands of the session behind it: that a person's session makes the call, and where the role
// says so, that the second factor was proved a moment ago.
import type { Ctx } from '../context.ts';
import { minuteMs } from '../lib/clock.ts';
import type { SessionId } from '../lib/ids.ts';
import { denied } from './denied.ts';
import { verifySecondFactor } from './own-credentials.ts';

/** A session that proved its second factor this recently need not do so again. */
const freshMs = 10 * minuteMs;

export interface PersonSession {
  readonly sessionId: SessionId;
  readonly secondFactorAt: number | null;
}

/** The session behind this request; refuses API tokens and agents, which must not give rights to anybody. */
export function requireSession(ctx: Ctx): PersonSession {
  const { credential } = ctx.caller;
  if (credential.kind === 'session') return credential;
  throw denied(ctx, {
    check: 'credential-kind',
    code: 'wrong-credential-kind',
    detail: "This call needs a person's session; the request came with another kind of credential.",
    remedy: 'Sign in as a user and repeat the call with that session.',
    target: null,
  });
}

/**
 * Passes when the session proved the second factor within the last ten minutes, or `code` does so now and is used up.
 * Refuses otherwise and says what to do. It changes the store, so call it outside transactions.
 */
export async function proveSecondFactor(ctx: Ctx, session: PersonSession, code: string | undefined): Promise<void> {
  const { secondFactorAt } = session;
  if (secondFactorAt !== null && ctx.clock() - secondFactorAt <= freshMs) return;
  await verifySecondFactor(ctx, { code });
}
