// The rules of a list that somebody asked for, in the order asked for. A tenant has few hundred rules, so this happens in
// memory, over what the list has read anyway.
import { severities } from '../alerts/alert.ts';
import type { RuleView } from './custom-detections.ts';
import { periods, type RunStatus } from './rule.ts';

export interface RuleChoice {
  readonly search?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** How the last run ended. */
  readonly status?: RunStatus | undefined;
  readonly sort?: keyof typeof ranks | undefined;
  readonly direction?: 'asc' | 'desc' | undefined;
}

/** Numbers to sort by; names are sorted as texts, and what is equal by name. */
const ranks = {
  displayName: () => 0,
  severity: ({ alertTemplate }: RuleView) => severities.indexOf(alertTemplate.severity),
  period: ({ period }: RuleView) => periods.indexOf(period),
  lastRun: ({ lastRun }: RuleView) => lastRun?.at ?? 0,
  nextRun: ({ nextRunAt }: RuleView) => nextRunAt ?? Number.MAX_SAFE_INTEGER,
  changed: ({ changedAt }: RuleView) => changedAt,
};

/** Without a wish by name. */
export function chosenRules(rules: readonly RuleView[], wanted: RuleChoice): RuleView[] {
  const { search = '', enabled, status, sort = 'displayName', direction = 'asc' } = wanted;
  const text = search.toLowerCase();
  const sign = direction === 'desc' ? -1 : 1;
  const rank = ranks[sort];
  return rules
    .filter(({ displayName }) => displayName.toLowerCase().includes(text))
    .filter((rule) => enabled === undefined || rule.isEnabled === enabled)
    .filter((rule) => status === undefined || rule.lastRun?.status === status)
    .toSorted((a, b) => sign * (rank(a) - rank(b) || a.displayName.localeCompare(b.displayName, 'en')));
}
