// What a role activation demands of the sign-in behind it: that a person is there to make the call, and where the role
// says so, that the second factor was proved a moment ago.
import { may } from '../access/caller.ts';
import type { Refusal } from '../access/refusal.ts';
import type { Ctx } from '../context.ts';
import { minuteMs } from '../lib/clock.ts';
import { denied } from './denied.ts';
import { verifySecondFactor } from './own-credentials.ts';

/** A session that proved its second factor this recently need not do so again. */
const freshMs = 10 * minuteMs;

/** The sign-in behind a request: a session, or the one at which a person let an app act. */
export interface PersonPresent {
  readonly secondFactorAt: number | null;
}

/** The session behind this request; refuses API tokens and agents, which must not give rights to anybody. */
export function requireSession(ctx: Ctx): PersonPresent {
  const { credential } = ctx.caller;
  if (credential.kind === 'session') return credential;
  throw needsSession(ctx);
}

/**
 * The same, for what people do with roles of their own: also an app that acts for the person, where the person let it do
 * just that (decision 0012). API tokens and apps that act as themselves never do.
 */
export function requirePresence(ctx: Ctx): PersonPresent {
  const { credential } = ctx.caller;
  const actsForPerson = credential.kind === 'bearer' && credential.tokenKind === 'user';
  if (actsForPerson && may(ctx.caller, 'Roles.activateOwn')) return credential;
  return requireSession(ctx);
}

function needsSession(ctx: Ctx): Refusal {
  return denied(ctx, {
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
export async function proveSecondFactor(ctx: Ctx, session: PersonPresent, code: string | undefined): Promise<void> {
  const { secondFactorAt } = session;
  if (secondFactorAt !== null && ctx.clock() - secondFactorAt <= freshMs) return;
  await verifySecondFactor(ctx, { code });
}
