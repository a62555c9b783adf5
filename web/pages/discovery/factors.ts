// Risk factors of apps in words, and the groups that they count in.
import { useTexts } from '../../i18n/texts.ts';

export const scoreGroups = ['provider', 'security', 'compliance', 'legal'] as const;
export type ScoreGroup = (typeof scoreGroups)[number];

const known = {
  privacy_policy: 'provider',
  mfa: 'security',
  passkeys: 'security',
  saml: 'security',
  password_policy: 'security',
  latest_breach: 'security',
  http_strict_transport_security: 'security',
  bug_bounty: 'security',
  vulnerability_disclosure: 'security',
  remote_access_tool: 'security',
  fedramp: 'compliance',
  account_deletion: 'legal',
  gdpr_contact: 'legal',
} as const satisfies Record<string, ScoreGroup>;

function isKnown(name: string): name is keyof typeof known {
  return Object.hasOwn(known, name);
}

/** The words for a factor by its name on the wire. */
export function useFactorText(): (name: string) => string {
  const t = useTexts('discovery');
  return (name) => (isKnown(name) ? t(`factor.${name}`) : name);
}

/** What the portal does not know yet stands with the general ones. */
export function groupOf(name: string): ScoreGroup {
  return isKnown(name) ? known[name] : 'provider';
}
