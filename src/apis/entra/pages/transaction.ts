// What a person is doing on the sign-in pages, from the app's request to the answer. It goes along in a hidden field,
// sealed: the browser can neither read nor change it, it opens in the very browser that got it, and only for a while. So
// nothing that a form brings back is trusted but what the person typed or pressed.
import type { AccessRequest } from '../../../applications/application.ts';
import type { Services } from '../../../context.ts';
import { minuteMs, secondMs } from '../../../lib/clock.ts';
import type { AppId, SessionId, TenantId } from '../../../lib/ids.ts';
import { seal, unseal } from '../../../lib/seal.ts';
import type { Language } from '../../pages/language.ts';
import type { AuthorizeRequest } from '../authorize-request.ts';
import type { Browser } from './session.ts';

/** An app's request at one of the authorize endpoints. */
export interface AuthorizeFlow {
  readonly kind: 'authorize';
  readonly request: AuthorizeRequest;
}

/** An app's request at one of the adminconsent endpoints. */
export interface AdminConsentFlow {
  readonly kind: 'admin-consent';
  readonly version: 1 | 2;
  readonly appId: AppId;
  /** Null when the link names none: the end is our own page. */
  readonly redirectUri: string | null;
  /** Scope of the v2 form; null for everything that the application has registered. */
  readonly scope: string | null;
  readonly state: string | null;
}

/** Somebody typed the code of a device. */
export interface DeviceFlow {
  readonly kind: 'device';
  readonly userCode: string;
  readonly appId: AppId;
  /** True once the person said that the sign-in is their own. */
  readonly isConfirmed: boolean;
}

export type Flow = AuthorizeFlow | AdminConsentFlow | DeviceFlow;

/** What was typed so far in a sign-in that needs more than a password. */
export interface Typed {
  readonly userName: string;
  readonly password: string;
  readonly needsCode: boolean;
  readonly needsPassword: boolean;
  readonly until: number;
}

export interface Transaction<F extends Flow = Flow> {
  readonly flow: F;
  /** The only tenant whose people may go on; null where the path names none. */
  readonly tenantId: TenantId | null;
  readonly language: Language;
  readonly expiresAt: number;
  /** User name to begin with, and the account to prefer. */
  readonly loginHint: string | null;
  /** Domain or tenant of the accounts to prefer. */
  readonly domainHint: string | null;
  /** True until the person has chosen, even where only one account could be meant. */
  readonly mustChoose: boolean;
  /** Sign-ins before this moment do not count (max_age). */
  readonly signedInAfter: number | null;
  /** The account that was chosen; null while none is. */
  readonly sessionId: SessionId | null;
  /** True when whoever goes on has to sign in first, signed in or not (prompt=login). */
  readonly mustSignIn: boolean;
  /** True when the person asked for another account than those that are signed in. */
  readonly wantsSignIn: boolean;
  readonly typed: Typed | null;
  readonly shown: Shown | null;
}

/** Whom an answer is for: the tenant; oneself, or with a tick the tenant; oneself only. */
export type Reach = 'tenant' | 'offered' | 'self';

/** The permissions on the page; `reach` is null where the person could only ask an administrator for them. */
export interface Shown {
  readonly requested: readonly AccessRequest[];
  readonly reach: Reach | null;
}

/** How long a password is carried from the page that took it to the page that takes the code. */
export const typedForMs = 10 * minuteMs;

type NewTransaction<F extends Flow> = Pick<Transaction<F>, 'flow' | 'tenantId' | 'language'> & Partial<Transaction<F>>;

export function beginTransaction<F extends Flow>(services: Services, begun: NewTransaction<F>): Transaction<F> {
  return {
    expiresAt: services.clock() + services.config.signInPageSeconds * secondMs,
    loginHint: null,
    domainHint: null,
    mustChoose: false,
    signedInAfter: null,
    sessionId: null,
    mustSignIn: false,
    wantsSignIn: false,
    typed: null,
    shown: null,
    ...begun,
  };
}

export function sealTransaction(services: Services, browser: Browser, transaction: Transaction): string {
  return sealFor(services, browser, 'transaction', transaction);
}

/** The transaction behind a form's field; undefined when it is not of this browser, was changed or is over. */
export function openTransaction(services: Services, browser: Browser, sealed: string): Transaction | undefined {
  const transaction = openFrom<Transaction>(services, browser, 'transaction', sealed);
  const now = services.clock();
  if (!transaction || transaction.expiresAt <= now) return undefined;
  return transaction.typed && transaction.typed.until <= now ? { ...transaction, typed: null } : transaction;
}

/** What a form carries for one purpose, readable by us only and only when it comes from the same browser. */
export type Purpose = 'transaction' | 'device-code' | 'sign-out';

export function sealFor({ keys }: Services, browser: Browser, purpose: Purpose, value: unknown): string {
  return seal(keys.pages, JSON.stringify(value), contextOf(browser, purpose));
}

/** What {@link sealFor} sealed for this browser and purpose; undefined for anything else. */
export function openFrom<T>({ keys }: Services, browser: Browser, purpose: Purpose, sealed: string): T | undefined {
  try {
    return JSON.parse(unseal(keys.pages, sealed, contextOf(browser, purpose))) as T; // Sealed by us, for this purpose.
  } catch {
    return undefined;
  }
}

function contextOf(browser: Browser, purpose: Purpose): string {
  return `${purpose} of browser ${browser.id}`;
}
