// What a token may be given when it is generated: a name, an end, fewer permissions than its owner, addresses.
import { may } from '../access/caller.ts';
import { apiTokenPermissions, isPermission, type Permission } from '../access/permissions.ts';
import type { Ctx } from '../context.ts';
import { normaliseRange } from '../lib/addresses.ts';
import { dayMs, isoTime, parseIsoTime } from '../lib/clock.ts';
import { InvalidInput } from '../lib/failures.ts';
import type { TokenRow } from './store.ts';

const nameLengthMax = 100;
const allowedRangesMax = 50;
const lifetimeMsMax = 3653 * dayMs;

/** What the caller may give a token, and for how long a replaced value may go on working. */
export function tokenChoices(ctx: Ctx): { permissions: Permission[]; rotationOverlapSecondsMax: number } {
  return {
    permissions: apiTokenPermissions.filter((name) => may(ctx.caller, name) || ctx.caller.dormant.has(name)),
    rotationOverlapSecondsMax: ctx.config.rotationOverlapSecondsMax,
  };
}

export function limitsOf(row: TokenRow): Record<string, unknown> {
  return {
    expiresAt: isoTime(row.expiresAt),
    permissions: row.permissions && JSON.parse(row.permissions),
    allowedAddresses: row.allowedAddresses && JSON.parse(row.allowedAddresses),
  };
}

export function jsonList(values: readonly string[] | null): string | null {
  return values && JSON.stringify(values);
}

export function checkedName(name: string): string {
  // One form for letters that can be written in two, so that no two names read the same (Unicode Annex 15).
  const trimmed = name.trim().normalize('NFC');
  if (trimmed === '' || [...trimmed].length > nameLengthMax || /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(trimmed)) {
    throw new InvalidInput('name', `The name must have 1 to ${nameLengthMax} characters and no control characters.`);
  }
  return trimmed;
}

export function checkedExpiry(text: string | null, now: number): number | null {
  if (text === null) return null;
  const at = parseIsoTime(text);
  if (at === undefined) throw new InvalidInput('expiresAt', 'expiresAt must be a time such as 2027-01-31T00:00:00Z.');
  if (at <= now) throw new InvalidInput('expiresAt', 'expiresAt must lie ahead.');
  if (at > now + lifetimeMsMax)
    throw new InvalidInput(
      'expiresAt',
      'expiresAt must lie within ten years; leave it out for a token that does not expire.',
    );
  return at;
}

export function checkedPermissions(ctx: Ctx, names: readonly string[] | null): Permission[] | null {
  if (names === null) return null;
  if (names.length === 0)
    throw new InvalidInput(
      'permissions',
      'Name at least one permission, or leave the list out for everything that you may do.',
    );
  const chosen = new Set<Permission>();
  for (const name of names) {
    if (!isPermission(name) || !apiTokenPermissions.includes(name)) {
      throw new InvalidInput(
        'permissions',
        `${name} is not a permission that a token can have. It takes: ${apiTokenPermissions.join(', ')}.`,
      );
    }
    if (!may(ctx.caller, name) && !ctx.caller.dormant.has(name))
      throw new InvalidInput('permissions', `You do not have ${name} yourself, so a token of yours cannot have it.`);
    chosen.add(name);
  }
  return [...chosen];
}

export function checkedRanges(texts: readonly string[] | null): string[] | null {
  if (texts === null) return null;
  if (texts.length === 0)
    throw new InvalidInput(
      'allowedAddresses',
      'Name at least one address range, or leave the list out to allow any address.',
    );
  if (texts.length > allowedRangesMax)
    throw new InvalidInput('allowedAddresses', `Name at most ${allowedRangesMax} address ranges.`);
  const ranges = texts.map((text) => {
    const range = normaliseRange(text);
    if (!range)
      throw new InvalidInput(
        'allowedAddresses',
        `${text} is neither an address nor a CIDR range such as 192.0.2.0/24.`,
      );
    return range;
  });
  return [...new Set(ranges)];
}
