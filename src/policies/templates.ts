// Policies to start from: the documented templates (cloud-apps reference 5) that activities can answer; those about discovered
// apps are in app-templates.ts. Those about files' contents are not among them.
import type { FilterCondition } from '../activities/filters.ts';
import type { Severity } from '../alerts/alert.ts';
import { condition, filtersOf, isOneOf } from './conditions.ts';
import type { Repetition } from './policy.ts';

export interface PolicyTemplate {
  readonly type: 'AUDIT';
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  readonly riskCategory: number;
  /** In the grammar of the cloud-apps surface. */
  readonly filters: Readonly<Record<string, unknown>>;
  readonly conditions: readonly FilterCondition[];
  readonly repetition: Repetition | null;
}

/** Categories of IP addresses (cloud-apps reference 2.6). */
const corporate = [1, 2];
const risky = 3;
const anonymousProxyTag = '000000030000000000000000';

function byOneUser(count: number, windowMinutes: number, rest: Partial<Repetition> = {}): Repetition {
  return { count, windowMinutes, sameUser: true, sameApp: true, uniqueTargets: false, ...rest };
}

type Draft = Omit<PolicyTemplate, 'type' | 'filters' | 'repetition'> & { readonly repetition?: Repetition };

function template(draft: Draft): PolicyTemplate {
  return { type: 'AUDIT', repetition: null, ...draft, filters: filtersOf(draft.conditions) };
}

export const policyTemplates: readonly PolicyTemplate[] = [
  template({
    id: 'mass-download',
    name: 'Mass download by a single user',
    description: 'One user downloads more than 50 files within a minute.',
    severity: 'high',
    riskCategory: 0,
    conditions: [isOneOf('activity.eventActionType', 'EVENT_CATEGORY_DOWNLOAD_FILE')],
    repetition: byOneUser(51, 1, { uniqueTargets: true }),
  }),
  template({
    id: 'failed-sign-ins',
    name: 'Multiple failed user log on attempts to an app',
    description: 'One user fails to sign in to an app more than 10 times within five minutes.',
    severity: 'high',
    riskCategory: 0,
    conditions: [isOneOf('activity.eventActionType', 'EVENT_CATEGORY_FAILED_LOGIN')],
    repetition: byOneUser(11, 5),
  }),
  template({
    id: 'risky-sign-in',
    name: 'Logon from a risky IP address',
    description: 'Somebody signs in from an address that your IP ranges call risky.',
    severity: 'high',
    riskCategory: 0,
    conditions: [isOneOf('activity.eventActionType', 'EVENT_CATEGORY_LOGIN'), isOneOf('ip.category', risky)],
  }),
  template({
    id: 'anonymous-sign-in',
    name: 'Logon from an anonymous proxy',
    description: 'Somebody signs in through a service that hides where people are.',
    severity: 'medium',
    riskCategory: 0,
    conditions: [isOneOf('activity.eventActionType', 'EVENT_CATEGORY_LOGIN'), isOneOf('ip.tags', anonymousProxyTag)],
  }),
  template({
    id: 'outside-administration',
    name: 'Administrative activity from a non-corporate IP address',
    description: 'An administrative activity comes from an address that is neither corporate nor administrative.',
    severity: 'high',
    riskCategory: 1,
    conditions: [
      isOneOf('activity.type', true),
      condition('ip.address', { operator: 'isset' }),
      condition('ip.category', { operator: 'neq', values: corporate }),
    ],
  }),
  template({
    id: 'ransomware',
    name: 'Potential ransomware activity',
    description: 'One user changes or uploads very many different files of one app within five minutes.',
    severity: 'high',
    riskCategory: 0,
    conditions: [
      isOneOf('actionType', 'FileUploaded', 'FileModified', 'FileModifiedExtended', 'FileRenamed', 'FileDeleted'),
    ],
    repetition: byOneUser(200, 5, { uniqueTargets: true }),
  }),
  template({
    id: 'mass-deletion',
    name: 'Mass deletion by a single user',
    description: 'One user deletes more than 50 files within five minutes.',
    severity: 'medium',
    riskCategory: 3,
    conditions: [isOneOf('actionType', 'FileDeleted', 'FileRecycled', 'FolderDeleted', 'FolderRecycled')],
    repetition: byOneUser(51, 5, { uniqueTargets: true }),
  }),
  template({
    id: 'anonymous-link',
    name: 'A file is shared with everybody who has the link',
    description: 'Somebody makes a link to a file or folder that opens it without signing in.',
    severity: 'medium',
    riskCategory: 5,
    conditions: [isOneOf('actionType', 'AnonymousLinkCreated', 'AnonymousLinkUpdated')],
  }),
  template({
    id: 'mass-sharing',
    name: 'Mass sharing by a single user',
    description: 'One user shares more than 20 files within ten minutes.',
    severity: 'medium',
    riskCategory: 5,
    conditions: [
      isOneOf('actionType', 'SharingSet', 'SharingInvitationCreated', 'SecureLinkCreated', 'AnonymousLinkCreated'),
    ],
    repetition: byOneUser(21, 10, { uniqueTargets: true }),
  }),
];

export function findTemplate(id: string): PolicyTemplate | undefined {
  return policyTemplates.find((each) => each.id === id);
}
