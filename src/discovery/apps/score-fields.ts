// How facts about an app become points from 0 (risky) to 10 (safe), cloud-apps reference 3.7: true is 10, false is 0, and what
// is a matter of degree lies between. What a source does not say is unknown, never no.
import type { Factor } from '../catalog/factors.ts';

/** Names of the wire; `provider` is what portals call General. */
export const scoreCategories = ['provider', 'security', 'compliance', 'legal'] as const;
export type ScoreCategory = (typeof scoreCategories)[number];

/** Importance: 0 ignored, 1 low, 2 medium, 3 high, 4 very high. */
export const importances = ['ignored', 'low', 'medium', 'high', 'very-high'] as const;
export type Importance = 0 | 1 | 2 | 3 | 4;

export interface ScoreField {
  readonly name: string;
  readonly category: ScoreCategory;
  /** The factor of the catalogue that it is read from. */
  readonly factor: string;
  readonly initial: Importance;
  /** Null where the fact says neither good nor bad. */
  points(facts: Factor['facts'], asOf: string): number | null;
}

type Facts = Factor['facts'];
const text = (facts: Facts, name: string): string => String(facts[name] ?? '').toLowerCase();
const yearMs = 31_557_600_000;

/** By kind: what can be phished or taken over with a SIM card is worth less. */
function pointsOfMfa(facts: Facts): number {
  if (facts.value !== true) return 0;
  if (facts.phishing_resistant === true) return 10;
  const methods = Array.isArray(facts.methods) ? facts.methods : [];
  return methods.some((method) => /^(totp|custom-)/.test(String(method))) ? 8 : 5;
}

/** A breach is forgiven by and by: a year each point, of the day on which the source was read. */
function pointsOfBreach(facts: Facts, asOf: string): number | null {
  const years = (Date.parse(asOf) - Date.parse(text(facts, 'date'))) / yearMs;
  return Number.isFinite(years) ? Math.min(Math.max(Math.floor(years), 0), 10) : null;
}

/** The highest level that any of its offerings is authorized for; on the way there is a little. */
function pointsOfFedRamp(facts: Facts): number {
  if (facts.value !== true) return 3;
  const levels = Array.isArray(facts.offerings) ? facts.offerings.map((each: Facts) => text(each, 'impact')) : [];
  return levels.includes('high') ? 10 : levels.includes('moderate') ? 8 : 6;
}

/** Four characters are nothing, fourteen all that can be asked; an upper limit at sixteen or below takes half of it. */
function pointsOfPasswords({ min_length: least, max_length: most }: Facts): number | null {
  if (typeof least !== 'number') return null;
  const points = Math.min(Math.max(least - 4, 0), 10);
  return typeof most === 'number' && most <= 16 ? Math.min(points, 5) : points;
}

const pointsOfDeletion: Readonly<Record<string, number>> = { easy: 10, medium: 7, hard: 4, limited: 3, impossible: 0 };
const pointsOfHarbor: Readonly<Record<string, number>> = { full: 10, yes: 10, partial: 8 };

export const scoreFields: readonly ScoreField[] = [
  {
    name: 'privacy_policy',
    category: 'provider',
    factor: 'privacy_contact',
    initial: 2,
    points: (facts) => (text(facts, 'privacy_url') === '' ? null : 10),
  },
  { name: 'mfa', category: 'security', factor: 'mfa', initial: 2, points: pointsOfMfa },
  {
    name: 'passkeys',
    category: 'security',
    factor: 'passkeys',
    initial: 2,
    points: ({ value }) => (value === true ? 10 : 0),
  },
  {
    name: 'saml',
    category: 'security',
    factor: 'saml_sso',
    initial: 2,
    points: ({ value }) => (value === true ? 10 : 0),
  },
  { name: 'password_policy', category: 'security', factor: 'password_policy', initial: 2, points: pointsOfPasswords },
  { name: 'latest_breach', category: 'security', factor: 'last_breach', initial: 2, points: pointsOfBreach },
  {
    // Not to be on that list says nothing: a site can send the header without ever having asked to be put there.
    name: 'http_strict_transport_security',
    category: 'security',
    factor: 'hsts_preload',
    initial: 1,
    points: ({ value }) => (value === true ? 10 : null),
  },
  {
    name: 'bug_bounty',
    category: 'security',
    factor: 'bug_bounty',
    initial: 2,
    points: ({ value, paid }) => (value !== true ? null : paid === true ? 10 : 8),
  },
  {
    name: 'vulnerability_disclosure',
    category: 'security',
    factor: 'vulnerability_disclosure',
    initial: 2,
    points: (facts) => (facts.value === true ? (pointsOfHarbor[text(facts, 'safe_harbor')] ?? 6) : null),
  },
  {
    name: 'remote_access_tool',
    category: 'security',
    factor: 'remote_access_tool',
    initial: 2,
    points: ({ value }) => (value === true ? 0 : null),
  },
  { name: 'fedramp', category: 'compliance', factor: 'fedramp', initial: 2, points: pointsOfFedRamp },
  {
    name: 'account_deletion',
    category: 'legal',
    factor: 'account_deletion',
    initial: 2,
    points: (facts) => pointsOfDeletion[text(facts, 'difficulty')] ?? null,
  },
  {
    name: 'gdpr_contact',
    category: 'legal',
    factor: 'privacy_contact',
    initial: 2,
    points: (facts) => (text(facts, 'entity') === '' ? null : 10),
  },
];
