// The orders that lists of policies come in.
import { severities } from '../alerts/alert.ts';
import { type Policy, policyTypes } from './policy.ts';

export const policyOrders = ['name', 'type', 'severity', 'isEnabled', 'changedAt'] as const;
export type PolicyOrder = (typeof policyOrders)[number];

/** What each order compares: `type` in the order of {@link policyTypes}, `severity` from informational to high, those that are off first. */
const places: Readonly<Record<Exclude<PolicyOrder, 'name'>, (policy: Policy) => number>> = {
  type: ({ type }) => policyTypes.indexOf(type),
  severity: ({ severity }) => rising.indexOf(severity),
  isEnabled: ({ isEnabled }) => Number(isEnabled),
  changedAt: ({ changedAt }) => changedAt,
};

/** Severities by name, in their order; the wire numbers them otherwise. */
const rising: readonly Policy['severity'][] = [
  'informational',
  ...severities.filter((each) => each !== 'informational'),
];

/** The policies, which come by name, in another order; those that are alike in it stay by name. */
export function inOrder(policies: readonly Policy[], by: PolicyOrder, direction: 'asc' | 'desc'): Policy[] {
  const sign = direction === 'asc' ? 1 : -1;
  if (by === 'name') return direction === 'asc' ? [...policies] : policies.toReversed();
  const place = places[by];
  return policies.toSorted((left, right) => sign * (place(left) - place(right)));
}
