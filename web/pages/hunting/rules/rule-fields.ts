// A detection rule as a form has it, and as the API takes it.
import type { Rule, RuleBody, RuleChoices } from '../api.ts';

export interface RuleFields {
  readonly displayName: string;
  readonly isEnabled: boolean;
  readonly period: string;
  readonly queryText: string;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly category: string;
  readonly recommendedActions: string;
  /** Ids with commas or spaces between them. */
  readonly techniques: string;
  /** The column that says whom or what an alert is about, by kind of asset; empty for none. */
  readonly assets: Readonly<Record<string, string>>;
}

export function newFields(queryText: string): RuleFields {
  return {
    ...{ displayName: '', isEnabled: true, period: '24H', queryText, title: '', description: '' },
    ...{ severity: 'medium', category: 'SuspiciousActivity', recommendedActions: '', techniques: '' },
    assets: {},
  };
}

export function fieldsOf(
  { displayName, isEnabled, schedule, queryCondition, detectionAction }: Rule,
  choices: RuleChoices,
) {
  const { title, description, severity, category, recommendedActions, mitreTechniques, impactedAssets } =
    detectionAction.alertTemplate;
  const kindOf = (type: string) => choices.assets.find((each) => each.type === type)?.kind ?? '';
  const fields: RuleFields = {
    ...{ displayName, isEnabled, period: schedule.period, queryText: queryCondition.queryText },
    ...{ title, description, severity, category, recommendedActions: recommendedActions ?? '' },
    techniques: mitreTechniques.join(', '),
    assets: Object.fromEntries(impactedAssets.map((asset) => [kindOf(asset['@odata.type']), asset.identifier])),
  };
  return fields;
}

export function bodyOf(fields: RuleFields, choices: RuleChoices): RuleBody {
  const { displayName, isEnabled, period, queryText, title, description, severity, category } = fields;
  return {
    displayName,
    isEnabled,
    queryCondition: { queryText },
    schedule: { period },
    detectionAction: {
      alertTemplate: {
        ...{ title, description, severity, category },
        recommendedActions: fields.recommendedActions.trim() === '' ? null : fields.recommendedActions,
        mitreTechniques: fields.techniques.split(/[\s,]+/).filter((each) => each !== ''),
        impactedAssets: choices.assets.flatMap(({ kind, type }) => {
          const identifier = fields.assets[kind] ?? '';
          return identifier === '' ? [] : [{ '@odata.type': type, identifier }];
        }),
      },
    },
  };
}
