// A sign-in that is on its way through the provider. It lies in a cookie of the browser that began it, sealed: so it opens
// in that browser only, nobody can make one, and nothing is stored for sign-ins that are never finished.
import type { Services } from '../../context.ts';
import { minuteMs, secondMs } from '../../lib/clock.ts';
import type { TenantId } from '../../lib/ids.ts';
import { seal, unseal } from '../../lib/seal.ts';
import type { Exchange } from './provider.ts';

/** One for all tabs: the sign-in that was begun last is the one that can be finished. */
export const pendingCookieName = '__Host-sallyport-external';

const pendingMs = 10 * minuteMs;

export interface Pending {
  readonly tenantId: TenantId;
  /** Of the setting under which it began. */
  readonly revision: number;
  readonly exchange: Exchange;
  /** Path of ours to go to at the end. */
  readonly returnTo: string;
  readonly expiresAt: number;
}

type PendingServices = Pick<Services, 'keys' | 'clock'>;

const purpose = 'external sign-in in progress';

/** The Set-Cookie header for it. Lax, since the provider's page is what leads the browser back. */
export function pendingCookie({ keys, clock }: PendingServices, begun: Omit<Pending, 'expiresAt'>): string {
  const pending: Pending = { ...begun, expiresAt: clock() + pendingMs };
  return cookie(seal(keys.pages, JSON.stringify(pending), purpose), pendingMs / secondMs);
}

/** The Set-Cookie header that takes it away again. */
export function expiredPendingCookie(): string {
  return cookie('', 0);
}

function cookie(value: string, maxAgeSeconds: number): string {
  return `${pendingCookieName}=${value}; Path=/; Max-Age=${maxAgeSeconds}; Secure; HttpOnly; SameSite=Lax`;
}

/** What the cookie holds; undefined when there is none, it is not of our making, or it is over. */
export function openPending({ keys, clock }: PendingServices, value: string | undefined): Pending | undefined {
  if (!value) return undefined;
  try {
    const pending = JSON.parse(unseal(keys.pages, value, purpose)) as Pending; // Sealed by us, for this purpose.
    return pending.expiresAt > clock() ? pending : undefined;
  } catch {
    return undefined;
  }
}

const returnToMax = 1000;
const home = '/portal/';

/**
 * Where the browser goes at the end: a path of the portal, or the portal's first page for anything else. Backslashes and
 * controls are refused because browsers read them as slashes or drop them (URL standard, "basic URL parser").
 */
export function parseReturnTo(text: unknown): string {
  if (typeof text !== 'string' || text.length > returnToMax) return home;
  if (!/^\/portal(?:[/?#]|$)[!-[\]-~]*$/.test(text)) return home;
  const url = new URL(text, 'https://here.invalid');
  const path = url.pathname;
  // What leaves the portal by dots, and what would only lead back into the sign-in.
  const isPortal = url.host === 'here.invalid' && (path === '/portal' || path.startsWith('/portal/'));
  return isPortal && !path.startsWith('/portal/sign-in') ? `${path}${url.search}${url.hash}` : home;
}
