import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Tables } from '../db/tables.ts';
import { containsText } from '../db/text.ts';
import type { IncidentCondition, Order } from './condition.ts';

type Builder = ExpressionBuilder<Tables, 'incidents'>;

const operators = { gt: '>', ge: '>=', lt: '<', le: '<=', eq: '=', ne: '<>' } as const satisfies Record<Order, string>;
const timeColumns = { createdTime: 'createdTicks', lastUpdateTime: 'updatedTicks' } as const;

/** True or false for every row, never null, so that `not` means what it says. */
export function toSql(e: Builder, condition: IncidentCondition): Expression<SqlBool> {
  switch (condition.kind) {
    case 'all':
      return e.and(condition.of.map((each) => toSql(e, each)));
    case 'any':
      return e.or(condition.of.map((each) => toSql(e, each)));
    case 'not':
      return e.not(toSql(e, condition.of));
    case 'time':
      return e(timeColumns[condition.property], operators[condition.order], condition.ticks);
    case 'status':
      return condition.oneOf.length === 0 ? e.or([]) : e('status', 'in', condition.oneOf);
    case 'severity':
      return condition.oneOf.length === 0 ? e.or([]) : e('severity', 'in', condition.oneOf);
    case 'word':
      return condition.oneOf.length === 0 ? e.or([]) : e(condition.property, 'in', condition.oneOf);
    case 'id':
      return condition.oneOf.length === 0 ? e.or([]) : e('incidentId', 'in', condition.oneOf);
    case 'name':
      return containsText(e.ref('name'), condition.text);
    case 'serviceSource': {
      if (condition.oneOf.length === 0) return e.or([]);
      const alerts = e
        .selectFrom('alerts')
        .select('alerts.id')
        .whereRef('alerts.tenantId', '=', 'incidents.tenantId')
        .whereRef('alerts.incidentId', '=', 'incidents.incidentId')
        .where('alerts.serviceSource', 'in', condition.oneOf);
      return e.exists(alerts);
    }
    case 'assignedTo': {
      const names = condition.oneOf.filter((name) => name !== null);
      const isNamed = e.and([e('assignedTo', 'is not', null), e('assignedTo', 'in', names)]);
      const parts = names.length > 0 ? [isNamed] : [];
      return e.or(names.length < condition.oneOf.length ? [...parts, e('assignedTo', 'is', null)] : parts);
    }
  }
}
