// From a $filter to what the noun can be asked for: the documented four properties of incidents (reference 2.1).
import type { IncidentCondition } from '../../incidents/condition.ts';
import { findStatus, foldAssignee, type IncidentStatus, incidentStatuses } from '../../incidents/incident.ts';
import type { ComparisonOperator, Expression, Literal, Property } from '../odata/filter.ts';
import { ODataProblem, shown } from '../odata/problem.ts';

const option = '$filter';
const names = ['lastUpdateTime', 'createdTime', 'status', 'assignedTo'] as const;
type Name = (typeof names)[number];

/** Throws an ODataProblem that names a property, operator or value that cannot be used. */
export function toIncidentCondition(expression: Expression): IncidentCondition {
  switch (expression.kind) {
    case 'and':
      return { kind: 'all', of: expression.of.map(toIncidentCondition) };
    case 'or':
      return { kind: 'any', of: expression.of.map(toIncidentCondition) };
    case 'not':
      return { kind: 'not', of: toIncidentCondition(expression.of) };
    case 'comparison':
      return comparison(expression.property, expression.operator, expression.literal);
    case 'in':
      return membership(expression.property, expression.literals);
    case 'function':
    case 'any': {
      const what = expression.kind === 'any' ? 'any' : expression.name;
      const property = nameOf(expression.property);
      throw new ODataProblem(option, `${what} cannot be used on ${property}.`, expression.property.at);
    }
  }
}

/** Names count in any case, as clients write them. */
function nameOf({ name, at }: Property): Name {
  const known = names.find((each) => each.toLowerCase() === name.toLowerCase());
  if (known) return known;
  throw new ODataProblem(
    option,
    `Incidents cannot be filtered by ${shown(name)}; they can by ${names.join(', ')}.`,
    at,
  );
}

function comparison(property: Property, operator: ComparisonOperator, literal: Literal): IncidentCondition {
  const name = nameOf(property);
  if (name === 'lastUpdateTime' || name === 'createdTime') {
    return { kind: 'time', property: name, order: operator, ticks: ticksOf(name, literal) };
  }
  if (operator !== 'eq' && operator !== 'ne') {
    throw new ODataProblem(option, `${name} can be compared with eq, ne and in, not with ${operator}.`, property.at);
  }
  const equal = oneOf(name, [literal]);
  return operator === 'eq' ? equal : { kind: 'not', of: equal };
}

function membership(property: Property, literals: readonly Literal[]): IncidentCondition {
  const name = nameOf(property);
  if (name === 'status' || name === 'assignedTo') return oneOf(name, literals);
  return {
    kind: 'any',
    of: literals.map((literal) => ({ kind: 'time', property: name, order: 'eq', ticks: ticksOf(name, literal) })),
  };
}

function oneOf(name: 'status' | 'assignedTo', literals: readonly Literal[]): IncidentCondition {
  return name === 'status'
    ? { kind: 'status', oneOf: literals.map(statusOf) }
    : { kind: 'assignedTo', oneOf: literals.map(assigneeOf) };
}

function ticksOf(name: Name, literal: Literal): bigint {
  if (literal.kind === 'time') return literal.ticks;
  const advice = literal.kind === 'string' ? 'without quotes, ' : '';
  throw new ODataProblem(option, `${name} is compared with a time, ${advice}such as 2027-01-31T09:00:00Z.`, literal.at);
}

function statusOf(literal: Literal): IncidentStatus {
  const text = literal.kind === 'string' || literal.kind === 'word' ? literal.value : undefined;
  const status = text === undefined ? undefined : findStatus(text);
  if (status) return status;
  const found = text === undefined ? '' : `, not ${shown(text)}`;
  throw new ODataProblem(option, `status is one of ${incidentStatuses.join(', ')}${found}.`, literal.at);
}

function assigneeOf(literal: Literal): string | null {
  if (literal.kind === 'null') return null;
  if (literal.kind === 'string') return foldAssignee(literal.value);
  throw new ODataProblem(option, 'assignedTo is compared with a name in single quotes, or with null.', literal.at);
}
