// The activity policies of the demo: a few of the documented templates and one of the organisation's own, switched on when
// the month began; and an app discovery policy.
import { globalStreamId } from '../discovery/streams/stream.ts';
import type { TenantId } from '../lib/ids.ts';
import { findAppTemplate } from '../policies/app-templates.ts';
import { filtersOf, isOneOf } from '../policies/conditions.ts';
import type { Policy, PolicyBody } from '../policies/policy.ts';
import { findTemplate, type PolicyTemplate } from '../policies/templates.ts';

/** Their ids are fixed, so that the alerts that they raise have the same ids on every machine. */
const chosen: Readonly<Record<string, string>> = {
  'mass-download': '5a11c0a500000000000000b1',
  'risky-sign-in': '5a11c0a500000000000000b2',
  'mass-sharing': '5a11c0a500000000000000b3',
};

const consented = [isOneOf('actionType', 'Consent to application.')];
const ownPolicy: PolicyTemplate = {
  type: 'AUDIT',
  id: '5a11c0a500000000000000b4',
  name: 'Somebody consents to an app',
  description: 'Somebody lets an app act for them. Few apps are needed here, so each is looked at.',
  severity: 'medium',
  riskCategory: 0,
  conditions: consented,
  filters: filtersOf(consented),
  repetition: null,
};

const shared: Pick<PolicyBody, 'appConditions' | 'dailyAlertLimit' | 'scope' | 'sensitivity' | 'settings'> = {
  appConditions: [],
  dailyAlertLimit: 50,
  scope: { includeGroups: [], excludeGroups: [] },
  sensitivity: null,
  settings: {},
};

/** Which app discovery policy it has, and its id. */
const chosenForApps = { templateId: 'new-high-upload-app', id: '5a11c0a500000000000000b5' } as const;

/** As this person made them then (epoch milliseconds). */
export function demoPolicies(tenantId: TenantId, by: string, at: number): readonly Policy[] {
  const fromTemplates = Object.entries(chosen).map(([templateId, id]) => {
    const template = findTemplate(templateId);
    if (!template) throw new Error(`There is no template ${templateId}.`);
    return { ...template, id };
  });
  const made = {
    isEnabled: true,
    revision: 1,
    reach: null,
    createdAt: at,
    createdBy: by,
    changedAt: at,
    changedBy: by,
  };
  const ofActivities = [...fromTemplates, ownPolicy].map((policy) => ({
    ...shared,
    ...policy,
    ...made,
    type: 'AUDIT' as const,
  }));
  return [...ofActivities, { ...shared, ...appPolicy(tenantId), ...made }];
}

/** Looks at everything that is discovered, so that it tells of an app once. */
function appPolicy(tenantId: TenantId) {
  const template = findAppTemplate(chosenForApps.templateId);
  if (!template) throw new Error(`There is no template ${chosenForApps.templateId}.`);
  const settings = { ...template.settings, reports: [globalStreamId(tenantId)] };
  return { ...template, id: chosenForApps.id, conditions: [], repetition: null, settings };
}
