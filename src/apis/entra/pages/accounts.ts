// Which of the accounts of this browser a request means.
import { isGuid } from '../../../lib/ids.ts';
import type { Account, Browser } from './session.ts';
import type { Transaction } from './transaction.ts';

export type Meant =
  | { readonly kind: 'account'; readonly account: Account }
  /** More than one could be, or the person shall say so. */
  | { readonly kind: 'choose'; readonly accounts: readonly Account[] }
  /** None: somebody has to sign in. `isAgain` when an account is signed in whose sign-in does not count. */
  | { readonly kind: 'sign-in'; readonly isAgain: boolean };

/** The account that the person chose, or the only one that fits; hints narrow the choice down. */
export function meantAccount(browser: Browser, transaction: Transaction): Meant {
  const fitting = fittingAccounts(browser, transaction);
  // Before any choice: with prompt=login no account that is signed in already will do.
  if (transaction.mustSignIn) return { kind: 'sign-in', isAgain: fitting.length > 0 };
  if (transaction.wantsSignIn) return { kind: 'sign-in', isAgain: false };
  const chosen = fitting.find(({ session }) => session.id === transaction.sessionId);
  if (chosen) return recent(chosen, transaction);
  const hinted = hintedAccounts(fitting, transaction);
  if (transaction.mustChoose && fitting.length > 0) return { kind: 'choose', accounts: fitting };
  const [only, ...others] = hinted;
  if (!only) return { kind: 'sign-in', isAgain: false };
  return others.length > 0 ? { kind: 'choose', accounts: hinted } : recent(only, transaction);
}

/** The accounts that may go on at all: those of the tenant that the path names. */
export function fittingAccounts({ accounts }: Browser, { tenantId }: Transaction): readonly Account[] {
  return tenantId === null ? accounts : accounts.filter(({ tenant }) => tenant.id === tenantId);
}

function hintedAccounts(accounts: readonly Account[], { loginHint, domainHint }: Transaction): readonly Account[] {
  const name = loginHint?.trim().toLowerCase();
  if (name) return accounts.filter(({ user }) => user.userName === name);
  const domain = domainHint?.trim().toLowerCase();
  // "organizations" and "consumers" are kinds of accounts on the documented platform, and name no domain.
  if (!domain || (!domain.includes('.') && !isGuid(domain))) return accounts;
  return accounts.filter(({ user, tenant }) => tenant.id === domain || user.userName.endsWith(`@${domain}`));
}

function recent(account: Account, { signedInAfter }: Transaction): Meant {
  const isRecent = signedInAfter === null || account.session.createdAt >= signedInAfter;
  return isRecent ? { kind: 'account', account } : { kind: 'sign-in', isAgain: true };
}
