// The activity policies that benches have evaluated.
import { condition, filtersOf, isOneOf } from '../../src/policies/conditions.ts';
import type { PolicyInput } from '../../src/policies/policy-input.ts';
import { policyTemplates } from '../../src/policies/templates.ts';

/** So many are evaluated at once in what the project promises. */
export const policyCount = 50;

/** The templates, and policies of every kind of filter, a third of them repeated. */
export function variedPolicies(count: number): PolicyInput[] {
  const inputs: PolicyInput[] = policyTemplates.map(({ name, filters, conditions, repetition }) => ({
    name,
    filters: { filters, conditions },
    repetition,
  }));
  const operations = ['FileAccessed', 'FileDownloaded', 'UserLoggedIn', 'MailItemsAccessed', 'FileModified', 'Send'];
  const countries = ['DE', 'NL', 'US', 'BR', 'JP', 'FR'];
  for (let number = inputs.length; number < count; number++) {
    const operation = operations[number % operations.length] ?? '';
    const country = countries[number % countries.length] ?? '';
    const conditions = [
      [isOneOf('actionType', operation), isOneOf('location.country', country)],
      [condition('text', { operator: 'text', texts: [`plan ${number}`] }), isOneOf('actionType', operation)],
      [isOneOf('user.domain', `partner${number}.example`)],
      [
        condition('user.username', { operator: 'startswith', texts: [String.fromCharCode(97 + (number % 26))] }),
        isOneOf('actionType', operation),
      ],
    ][number % 4];
    if (!conditions) continue;
    const repetition = { count: 10, windowMinutes: 10, sameUser: true, sameApp: false, uniqueTargets: false };
    inputs.push({
      name: `policy ${number}`,
      filters: { filters: filtersOf(conditions), conditions },
      repetition: number % 3 === 0 ? repetition : null,
      dailyAlertLimit: 5,
    });
  }
  return inputs;
}
