// The filters of alerts (cloud-apps reference 2.4): what each means in the alerts' own model. A new filter is one row.
import { daysBefore } from '../../activities/filter-sql.ts';
import type { EntityKey, FilterableField, FilterCondition, FilterTest, FilterValue } from '../../activities/filters.ts';
import { type AlertKey, type AlertKeyKind, findKey, keysOfAccount } from '../../alerts/alert-keys.ts';
import { isOfPolicyMatch } from '../../alerts/alert-types.ts';
import { type AlertCondition, everyAlert, noAlert } from '../../alerts/condition.ts';
import { ticksOfMs } from '../../lib/ticks.ts';
import { unsafeText } from './alert-wire.ts';
import { resolutionByValue, severityPlaces, storyValues } from './alert-words.ts';

export interface AlertField extends FilterableField {
  /** What the alerts that have one of the values meet; of fields that are compared by value. */
  readonly hasAny?: (values: readonly FilterValue[]) => AlertCondition;
  /** The time that it is; of fields that are times. */
  readonly time?: 'created' | 'resolved';
}

const identity = ['eq', 'neq'] as const;
const times = ['gt', 'gte', 'lt', 'lte', 'eq', 'range', 'gte_ndays', 'lte_ndays'] as const;

function about(kind: AlertKeyKind, ...further: readonly AlertKeyKind[]): AlertField['hasAny'] {
  return (values) => ({
    kind: 'about',
    keys: textsIn(values)
      .flatMap(bothForms)
      .flatMap((text) => [kind, ...further].flatMap((each) => findKey(each, text) ?? [])),
  });
}

const ofAccount: AlertField['hasAny'] = (values) => ({
  kind: 'about',
  keys: values
    .filter(isEntityKey)
    .flatMap(({ id, appId, instance }): AlertKey[] =>
      bothForms(id).flatMap((form) => keysOfAccount(form, appId, instance)),
    ),
});

/** What is named by an id as it is, and by the same id as records have it: made safe to show. */
function bothForms(text: string): string[] {
  return text.includes('&') ? [text, unsafeText(text)] : [text];
}

/** Documented names first, then those of older clients. */
export const alertFields: readonly AlertField[] = [
  { names: ['entity.entity', 'entity.user'], type: 'entity', operators: identity, hasAny: ofAccount },
  { names: ['entity.ip'], type: 'address', operators: identity, hasAny: about('address') },
  { names: ['entity.service'], type: 'integer', operators: identity, hasAny: about('app') },
  {
    names: ['entity.instance'],
    type: 'integer',
    operators: identity,
    hasAny: (values) => ({ kind: 'instance-number', oneOf: numbersIn(values) }),
  },
  { names: ['entity.policy'], type: 'set', operators: identity, hasAny: about('policy') },
  { names: ['entity.file'], type: 'set', operators: identity, hasAny: about('file', 'file-name') },
  {
    names: ['alertOpen'],
    type: 'flag',
    operators: identity,
    hasAny: (values) => flag('isOpen', values),
  },
  {
    names: ['severity'],
    type: 'integer',
    operators: identity,
    oneOf: [0, 1, 2, 3],
    hasAny: (values) => ({
      kind: 'number',
      property: 'severity',
      oneOf: numbersIn(values).flatMap((value) => severityPlaces[value] ?? []),
    }),
  },
  {
    names: ['resolutionStatus'],
    type: 'integer',
    operators: identity,
    oneOf: [0, 1, 2, 3, 4, 5],
    hasAny: (values) => ({
      kind: 'text',
      property: 'resolution',
      oneOf: numbersIn(values).flatMap((value) => resolutionByValue[value] ?? []),
    }),
  },
  { names: ['read'], type: 'flag', operators: identity, hasAny: (values) => flag('isRead', values) },
  { names: ['date'], type: 'time', operators: times, time: 'created' },
  { names: ['resolutionDate'], type: 'time', operators: times, time: 'resolved' },
  { names: ['risk'], type: 'integer', operators: identity, oneOf: storyValues, hasAny: about('story') },
  {
    names: ['alertType'],
    type: 'integer',
    operators: identity,
    hasAny: (values) => ({ kind: 'number', property: 'alertType', oneOf: numbersIn(values) }),
  },
  {
    // The documentation prints ID; clients send id.
    names: ['id', 'ID'],
    type: 'set',
    operators: identity,
    hasAny: (values) => ({ kind: 'text', property: 'id', oneOf: textsIn(values) }),
  },
  { names: ['source'], type: 'choice', operators: identity, oneOf: ['BUILT-IN', 'POLICY'], hasAny: ofSource },
];

function ofSource(values: readonly FilterValue[]): AlertCondition {
  const parts: AlertCondition[] = [];
  if (values.includes('POLICY')) parts.push(isOfPolicyMatch);
  if (values.includes('BUILT-IN')) parts.push({ kind: 'not', of: isOfPolicyMatch });
  return { kind: 'any', of: parts };
}

function flag(property: 'isOpen' | 'isRead', values: readonly FilterValue[]): AlertCondition {
  const flags = values.filter((value) => typeof value === 'boolean');
  return { kind: 'any', of: flags.map((is) => ({ kind: 'flag', property, is })) };
}

function textsIn(values: readonly FilterValue[]): string[] {
  return values.flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : []));
}

function numbersIn(values: readonly FilterValue[]): number[] {
  return values.filter((value) => typeof value === 'number');
}

function isEntityKey(value: FilterValue): value is EntityKey {
  return typeof value === 'object' && value !== null;
}

/** The conditions in the alerts' model; `now` is what days are counted from. */
export function alertConditions(conditions: readonly FilterCondition<AlertField>[], now: number): AlertCondition[] {
  return conditions.map(({ field, test }) => toCondition(field, test, now));
}

function toCondition({ hasAny, time }: AlertField, test: FilterTest, now: number): AlertCondition {
  switch (test.operator) {
    case 'eq':
      if (time !== undefined) return anyOf(numbersIn(test.values).map((ms) => within(time, ms, ms)));
      return hasAny?.(test.values) ?? noAlert;
    case 'neq':
      return { kind: 'not', of: hasAny?.(test.values) ?? noAlert };
    case 'gt':
      return after(time, test.time + 1);
    case 'gte':
      return after(time, test.time);
    case 'lt':
      return before(time, test.time);
    case 'lte':
      return before(time, test.time + 1);
    case 'range':
      return anyOf(test.ranges.map(({ start, end }) => within(time, start, end)));
    case 'gte_ndays':
      return after(time, daysBefore(now, test.days));
    case 'lte_ndays':
      return before(time, daysBefore(now, test.days) + 1);
    default:
      return noAlert;
  }
}

function anyOf(of: readonly AlertCondition[]): AlertCondition {
  return { kind: 'any', of };
}

/** From `start` to `end`, each of these milliseconds included; null is no bound. */
function within(time: AlertField['time'], start: number | null, end: number | null): AlertCondition {
  const bounds = [start === null ? everyAlert : after(time, start), end === null ? everyAlert : before(time, end + 1)];
  return { kind: 'all', of: bounds };
}

function after(property: AlertField['time'] = 'created', ms: number): AlertCondition {
  return { kind: 'time', property, order: 'ge', ticks: boundedTicks(ms) };
}

/** Ticks are finer than milliseconds: up to the end of one means before the next. */
function before(property: AlertField['time'] = 'created', ms: number): AlertCondition {
  return { kind: 'time', property, order: 'lt', ticks: boundedTicks(ms) };
}

/** Further away than any alert, and as far as a 64-bit column goes. */
const msMax = 900_000_000_000_000;

function boundedTicks(ms: number): bigint {
  return ticksOfMs(Math.min(Math.max(ms, -msMax), msMax));
}
