// What an administrator fills in about the organisation's sign-in provider.
import type { TextKey } from '../../i18n/texts.ts';
import type { ExternalSignIn, ProviderBody } from './calls.ts';

export interface GroupRow {
  /** Of the row, not of the group: two rows may still be empty. */
  readonly key: string;
  readonly group: string;
  readonly role: string;
  readonly kind: 'permanent' | 'eligible';
}

export interface ProviderDraft {
  readonly issuer: string;
  readonly clientId: string;
  /** Empty: the stored one stays. */
  readonly clientSecret: string;
  readonly displayName: string;
  readonly isEnabled: boolean;
  readonly clientAuthentication: ExternalSignIn['clientAuthentication'];
  /** With blanks between them. */
  readonly scopes: string;
  readonly userNameClaim: string;
  readonly displayNameClaim: string;
  /** Empty: no groups are read. */
  readonly groupsClaim: string;
  readonly groupRoles: readonly GroupRow[];
  readonly roleDays: string;
  readonly createsUsers: boolean;
  readonly linksUsers: boolean;
  readonly allowedDomains: readonly string[];
  readonly trustedDomains: readonly string[];
  readonly trustsSecondFactor: boolean;
  /** With blanks between them. */
  readonly secondFactorAcrs: string;
}

export const authentications = ['client_secret_basic', 'client_secret_post'] as const;

/** What is set, or what the server takes where nothing is said. The secret is never there. */
export function draftOf(present: ExternalSignIn | null): ProviderDraft {
  return {
    issuer: present?.issuer ?? '',
    clientId: present?.clientId ?? '',
    clientSecret: '',
    displayName: present?.displayName ?? '',
    isEnabled: present?.isEnabled ?? true,
    clientAuthentication: present?.clientAuthentication ?? 'client_secret_basic',
    scopes: (present?.scopes ?? ['openid', 'profile', 'email']).join(' '),
    userNameClaim: present?.claims.userName ?? 'preferred_username',
    displayNameClaim: present?.claims.displayName ?? 'name',
    groupsClaim: present ? (present.claims.groups ?? '') : 'groups',
    groupRoles: (present?.groupRoles ?? []).map((each, index) => ({ key: String(index), ...each })),
    roleDays: String(present?.roleDays ?? 30),
    createsUsers: present?.createsUsers ?? false,
    linksUsers: present?.linksUsers ?? false,
    allowedDomains: present?.allowedDomains ?? [],
    trustedDomains: present?.trustedDomains ?? [],
    trustsSecondFactor: present?.trustsSecondFactor ?? false,
    secondFactorAcrs: (present?.secondFactorAcrs ?? []).join(' '),
  };
}

/** Fields of the body that the server may find fault with, which are shown at the fields of the form. */
export const bodyFields = [
  'issuer',
  'clientId',
  'clientSecret',
  'displayName',
  'scopes',
  'claims',
  'groupRoles',
  'roleDays',
  'allowedDomains',
  'trustedDomains',
  'secondFactorAcrs',
] as const;
export type BodyField = (typeof bodyFields)[number];

type ProviderFaults = Readonly<Partial<Record<BodyField, TextKey<'settings'>>>>;

/** What is certainly wrong; the server judges the rest. */
export function faultsOf(draft: ProviderDraft, present: ExternalSignIn | null): ProviderFaults {
  const days = Number(draft.roleDays);
  const isSame = present?.issuer === draft.issuer.trim() && present.clientId === draft.clientId.trim();
  return {
    ...(isWebAddress(draft.issuer) ? {} : { issuer: 'fault.issuer' as const }),
    ...(draft.clientId.trim() === '' ? { clientId: 'fault.missing' as const } : {}),
    ...(draft.clientSecret === '' && !isSame
      ? { clientSecret: present ? ('fault.secretAgain' as const) : ('fault.missing' as const) }
      : {}),
    ...(draft.displayName.trim() === '' ? { displayName: 'fault.missing' as const } : {}),
    ...(draft.userNameClaim.trim() === '' || draft.displayNameClaim.trim() === ''
      ? { claims: 'fault.missing' as const }
      : {}),
    ...(draft.groupRoles.every(({ group, role }) => group.trim() !== '' && role !== '')
      ? {}
      : { groupRoles: 'fault.groupRow' as const }),
    ...(Number.isInteger(days) && days >= 1 && days <= 365 ? {} : { roleDays: 'fault.days' as const }),
  };
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text.trim()) && ['https:', 'http:'].includes(new URL(text.trim()).protocol);
}

export function bodyOf(draft: ProviderDraft): ProviderBody {
  const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');
  const groups = draft.groupsClaim.trim();
  return {
    issuer: draft.issuer.trim(),
    clientId: draft.clientId.trim(),
    ...(draft.clientSecret === '' ? {} : { clientSecret: draft.clientSecret }),
    displayName: draft.displayName.trim(),
    isEnabled: draft.isEnabled,
    clientAuthentication: draft.clientAuthentication,
    scopes: words(draft.scopes),
    claims: {
      userName: draft.userNameClaim.trim(),
      displayName: draft.displayNameClaim.trim(),
      groups: groups === '' ? null : groups,
    },
    groupRoles: draft.groupRoles.map(({ group, role, kind }) => ({ group, role, kind })),
    roleDays: Number(draft.roleDays),
    createsUsers: draft.createsUsers,
    linksUsers: draft.linksUsers,
    allowedDomains: [...draft.allowedDomains],
    trustedDomains: [...draft.trustedDomains],
    trustsSecondFactor: draft.trustsSecondFactor,
    secondFactorAcrs: words(draft.secondFactorAcrs),
  };
}
