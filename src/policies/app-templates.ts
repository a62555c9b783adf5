// App discovery policies to start from: the documented templates (cloud-apps reference 5) with their thresholds. Those that check
// the compliance of apps are not among them: the catalogue's sources say too little of certificates.
import type { FilterableField, FilterCondition } from '../activities/filters.ts';
import type { Severity } from '../alerts/alert.ts';
import type { CategoryId } from '../discovery/catalog/categories.ts';
import { type AppPolicySettings, discoveryRisk } from './app-policy.ts';
import { appCondition, filtersOf } from './conditions.ts';

export interface AppPolicyTemplate {
  readonly type: 'NEW_SERVICE';
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  readonly riskCategory: number;
  /** In the grammar of the cloud-apps surface. */
  readonly filters: Readonly<Record<string, unknown>>;
  readonly appConditions: readonly FilterCondition<FilterableField>[];
  readonly settings: AppPolicySettings;
}

const megabyte = 1_000_000;
const byMany = { users: 50, totalBytes: 50 * megabyte };

interface Draft {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  readonly conditions?: readonly FilterCondition<FilterableField>[];
  readonly daily: AppPolicySettings['daily'];
}

function template({ conditions = [], daily, ...draft }: Draft): AppPolicyTemplate {
  return {
    type: 'NEW_SERVICE',
    ...draft,
    riskCategory: discoveryRisk,
    filters: filtersOf(conditions),
    appConditions: conditions,
    settings: { reports: [], daily, tag: null },
  };
}

/** A new app of a kind, used by more than 50 people with more than 50 MB in a day. */
function ofCategory(id: string, kind: string, category: CategoryId): AppPolicyTemplate {
  return template({
    id,
    name: `New ${kind} app`,
    description: `An app for ${kind} is used by more than 50 users with more than 50 MB in one day.`,
    severity: 'low',
    conditions: [appCondition('category', { operator: 'eq', values: [category] })],
    daily: byMany,
  });
}

export const appTemplates: readonly AppPolicyTemplate[] = [
  template({
    id: 'new-risky-app',
    name: 'New risky app',
    description: 'An app with a score below 6 is used by more than 50 users with more than 50 MB in one day.',
    severity: 'medium',
    conditions: [appCondition('score', { operator: 'lt', time: 6 })],
    daily: byMany,
  }),
  template({
    id: 'new-popular-app',
    name: 'New popular app',
    description: 'An app is used by more than 500 users in one day.',
    severity: 'low',
    daily: { users: 500 },
  }),
  template({
    id: 'new-high-volume-app',
    name: 'New high volume app',
    description: 'An app has more than 500 MB of traffic in one day.',
    severity: 'low',
    daily: { totalBytes: 500 * megabyte },
  }),
  template({
    id: 'new-high-upload-app',
    name: 'New high upload volume app',
    description: 'More than 500 MB are uploaded to an app in one day.',
    severity: 'medium',
    daily: { uploadedBytes: 500 * megabyte },
  }),
  ofCategory('new-cloud-storage-app', 'cloud storage', 'SAASDB_CATEGORY_CLOUD_STORAGE'),
  ofCategory('new-code-hosting-app', 'code hosting', 'SAASDB_CATEGORY_CODE_HOSTING'),
  ofCategory('new-collaboration-app', 'collaboration', 'SAASDB_CATEGORY_COLLABORATION'),
  ofCategory('new-crm-app', 'CRM', 'SAASDB_CATEGORY_CRM'),
  ofCategory('new-human-resources-app', 'human resources', 'SAASDB_CATEGORY_HUMAN_RESOURCE_MANAGEMENT'),
  ofCategory('new-online-meetings-app', 'online meetings', 'SAASDB_CATEGORY_ONLINE_MEETINGS'),
  ofCategory('new-sales-app', 'sales', 'SAASDB_CATEGORY_SALES'),
  ofCategory('new-vendor-management-app', 'vendor management', 'SAASDB_CATEGORY_VENDOR_MANAGEMENT_SYSTEM'),
];

export function findAppTemplate(id: string): AppPolicyTemplate | undefined {
  return appTemplates.find((each) => each.id === id);
}
