// What the two addresses of a sign-in through a provider need, in one place to be loaded from.
export { beginExternalSignIn } from './begin.ts';
export { finishExternalSignIn } from './finish.ts';
export { expiredPendingCookie, openPending, parseReturnTo, pendingCookieName } from './pending.ts';
