// What a person fills in to generate a token.
import type { TextKey } from '../../i18n/texts.ts';
import type { Generate } from './calls.ts';

export const expiryDays = [30, 90, 180, 365] as const;

export interface Draft {
  readonly name: string;
  /** `never`, a number of days, or `day` for the day below. */
  readonly expiry: string;
  /** yyyy-mm-dd */
  readonly day: string;
  readonly isNarrowed: boolean;
  readonly permissions: ReadonlySet<string>;
  /** One a line. */
  readonly addresses: string;
}

export const newDraft: Draft = {
  name: '',
  expiry: 'never',
  day: '',
  isNarrowed: false,
  permissions: new Set(),
  addresses: '',
};

export type Faults = Readonly<Partial<Record<'name' | 'day' | 'permissions', TextKey<'tokens'>>>>;

/** What is missing. Everything else is for the server to judge. */
export function faultsOf(draft: Draft, now: number): Faults {
  const end = draft.expiry === 'day' ? endOfDay(draft.day) : Number.POSITIVE_INFINITY;
  return {
    ...(draft.name.trim() === '' ? { name: 'generate.nameMissing' as const } : {}),
    ...(end > now ? {} : { day: 'generate.expiryMissing' as const }),
    ...(draft.isNarrowed && draft.permissions.size === 0
      ? { permissions: 'generate.permissionsMissing' as const }
      : {}),
  };
}

export function bodyOf(draft: Draft, now: number): Generate {
  const addresses = draft.addresses
    .split(/[\s,]+/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
  return {
    name: draft.name,
    expiresAt: expiryOf(draft, now),
    permissions: draft.isNarrowed ? [...draft.permissions] : null,
    allowedAddresses: addresses.length === 0 ? null : addresses,
  };
}

function expiryOf({ expiry, day }: Draft, now: number): string | null {
  if (expiry === 'never') return null;
  return new Date(expiry === 'day' ? endOfDay(day) : now + Number(expiry) * 86_400_000).toISOString();
}

/** The last second of the day in UTC; NaN where there is no such day. */
function endOfDay(day: string): number {
  return Date.parse(`${day}T23:59:59Z`);
}
