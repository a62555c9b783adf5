// What people say of a rule, checked member by member and put over what is there.
import { severities } from '../alerts/alert.ts';
import { InvalidInput } from '../lib/failures.ts';
import { type AlertTemplate, type Period, periods, type RuleContent } from './rule.ts';
import { checkAlertTemplate } from './template-input.ts';

/** Absent members stay as they are; of a new rule, what has no default is required. */
export interface RuleInput {
  readonly displayName?: string | undefined;
  readonly isEnabled?: boolean | undefined;
  readonly period?: string | undefined;
  readonly queryText?: string | undefined;
  readonly alertTemplate?: { readonly [Name in keyof AlertTemplate]?: AlertTemplate[Name] | undefined } | undefined;
}

const nameLengthMax = 200;
/** What the guard of the compiler takes is less; this bounds what is stored. */
const queryLengthMax = 100_000;

/** Throws InvalidInput for what is missing or wrong. */
export function newContent(input: RuleInput): RuleContent {
  const { displayName, queryText, period, alertTemplate } = input;
  return changedContent(
    {
      displayName: needed('displayName', displayName),
      isEnabled: true,
      period: parsePeriod(needed('schedule.period', period)),
      queryText: needed('queryCondition.queryText', queryText),
      alertTemplate: {
        title: needed('detectionAction.alertTemplate.title', alertTemplate?.title),
        description: needed('detectionAction.alertTemplate.description', alertTemplate?.description),
        severity: needed('detectionAction.alertTemplate.severity', alertTemplate?.severity),
        category: needed('detectionAction.alertTemplate.category', alertTemplate?.category),
        recommendedActions: null,
        mitreTechniques: [],
        impactedAssets: [],
      },
    },
    input,
  );
}

/** Throws InvalidInput for what is wrong. */
export function changedContent(before: RuleContent, input: RuleInput): RuleContent {
  const { displayName, isEnabled, period, queryText, alertTemplate } = input;
  const template = Object.entries(alertTemplate ?? {}).filter(([, value]) => value !== undefined);
  const content: RuleContent = {
    displayName: displayName?.trim() ?? before.displayName,
    isEnabled: isEnabled ?? before.isEnabled,
    period: period === undefined ? before.period : parsePeriod(period),
    queryText: queryText ?? before.queryText,
    alertTemplate: { ...before.alertTemplate, ...Object.fromEntries(template) },
  };
  requireText('displayName', content.displayName, nameLengthMax);
  requireText('queryCondition.queryText', content.queryText, queryLengthMax);
  checkAlertTemplate(content.alertTemplate);
  if (!severities.includes(content.alertTemplate.severity)) {
    throw new InvalidInput('detectionAction.alertTemplate.severity', `severity is one of ${severities.join(', ')}.`);
  }
  return content;
}

function needed<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new InvalidInput(name, `The property '${name}' is required.`);
  return value;
}

function parsePeriod(text: string): Period {
  const found = periods.find((each) => each === text.toUpperCase());
  if (found) return found;
  throw new InvalidInput('schedule.period', `schedule.period is one of ${periods.join(', ')}; 0 is near real time.`);
}

function requireText(name: string, text: string, lengthMax: number): void {
  if (text.trim() !== '' && text.length <= lengthMax && !text.includes('\0') && text.isWellFormed()) return;
  throw new InvalidInput(name, `${name} must be 1 to ${lengthMax} characters.`);
}
