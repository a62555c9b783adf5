// Takes a JWT apart, in the page: nothing of it leaves the browser.

export type Members = Readonly<Record<string, unknown>>;

type Decoded =
  | { readonly kind: 'jwt'; readonly header: Members; readonly claims: Members; readonly signature: string }
  /** A token of people, agents or collectors, or a session: it holds nothing to read. */
  | { readonly kind: 'opaque' }
  | { readonly kind: 'encrypted'; readonly header: Members }
  | { readonly kind: 'unknown' };

/** What was pasted, without what stands in front of it in a request. */
export function tokenIn(pasted: string): string {
  return pasted.trim().replace(/^(?:authorization:[ \t]*)?(?:bearer|token)[ \t]+/i, '');
}

export function decode(pasted: string): Decoded {
  const value = tokenIn(pasted);
  if (/^slp[a-z]{2}[0-9A-Za-z]+$/.test(value) || /^[0-9A-Za-z]{64,192}$/.test(value)) return { kind: 'opaque' };
  const parts = value.split('.');
  const header = membersOf(parts[0] ?? '');
  if (header && parts.length === 5) return { kind: 'encrypted', header };
  const claims = membersOf(parts[1] ?? '');
  if (!header || !claims || parts.length !== 3) return { kind: 'unknown' };
  return { kind: 'jwt', header, claims, signature: parts[2] ?? '' };
}

function membersOf(part: string): Members | undefined {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.charCodeAt(0));
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

type TimeState = 'valid' | 'expired' | 'not-yet' | 'not-told';

/** Whether the times in it hold now. */
export function timeState(claims: Members, now: number): TimeState {
  const [notBefore, expires] = [timeOf(claims.nbf), timeOf(claims.exp)];
  if (expires === undefined) return 'not-told';
  if (expires <= now) return 'expired';
  return notBefore !== undefined && notBefore > now ? 'not-yet' : 'valid';
}

/** Seconds since 1970, as JWTs have them, in milliseconds. */
export function timeOf(value: unknown): number | undefined {
  return typeof value === 'number' && Math.abs(value) < 8_640_000_000_000 ? value * 1000 : undefined;
}

/** Application permissions and delegated ones, as the token carries them. */
export function permissionsIn(claims: Members): readonly string[] {
  const roles = Array.isArray(claims.roles) ? claims.roles.filter((each) => typeof each === 'string') : [];
  const scopes = typeof claims.scp === 'string' ? claims.scp.split(' ').filter((each) => each !== '') : [];
  return [...new Set([...roles, ...scopes])];
}

export const timeClaims = ['iat', 'nbf', 'exp'] as const;

/** Claims that have an explanation. */
const knownClaims = [
  'aud',
  'iss',
  ...timeClaims,
  'tid',
  'oid',
  'sub',
  'appid',
  'azp',
  'azpacr',
  'appidacr',
  'idtyp',
  'roles',
  'scp',
  'upn',
  'preferred_username',
  'name',
  'ver',
  'jti',
  'uti',
  'nonce',
  'amr',
  'idp',
  'alg',
  'kid',
  'typ',
  'x5t',
] as const;
type KnownClaim = (typeof knownClaims)[number];

export function knownClaim(name: string): KnownClaim | undefined {
  return knownClaims.find((each) => each === name);
}
