// From conditions on alerts to SQL that SQLite and PostgreSQL both understand. Every value is bound.
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { type DataScope, everyReport } from '../access/caller.ts';
import type { Tables } from '../db/tables.ts';
import type { GroupId, TenantId } from '../lib/ids.ts';
import type { AlertKey } from './alert-keys.ts';
import type { AlertCondition, AlertTime, Order } from './condition.ts';

type Builder = ExpressionBuilder<Tables, 'alerts'>;

const operators = { gt: '>', ge: '>=', lt: '<', le: '<=', eq: '=', ne: '<>' } as const satisfies Record<Order, string>;
const timeColumns = {
  created: 'createdTicks',
  updated: 'updatedTicks',
  lastActivity: 'lastActivityTicks',
  resolved: 'resolvedTicks',
} as const satisfies Record<AlertTime, string>;

/** True or false for every row, never null, so that `not` means what it says. */
export function conditionSql(e: Builder, tenantId: TenantId, condition: AlertCondition): Expression<SqlBool> {
  switch (condition.kind) {
    case 'all':
      return e.and(condition.of.map((each) => conditionSql(e, tenantId, each)));
    case 'any':
      return e.or(condition.of.map((each) => conditionSql(e, tenantId, each)));
    case 'not':
      return e.not(conditionSql(e, tenantId, condition.of));
    case 'text': {
      const { property, oneOf } = condition;
      // PostgreSQL stores no U+0000, and refuses to look for it.
      const texts = oneOf.filter((text) => text !== null && !text.includes('\0'));
      const parts = texts.length > 0 ? [e.and([e(property, 'is not', null), e(property, 'in', texts)])] : [];
      return e.or(oneOf.includes(null) ? [...parts, e(property, 'is', null)] : parts);
    }
    case 'number': {
      if (condition.oneOf.length === 0) return e.or([]);
      return e.and([e(condition.property, 'is not', null), e(condition.property, 'in', condition.oneOf)]);
    }
    case 'number-range':
      return e.and([e(condition.property, '>=', condition.from), e(condition.property, '<=', condition.to)]);
    case 'flag':
      return condition.property === 'isRead'
        ? e('isRead', '=', condition.is ? 1 : 0)
        : e('resolution', condition.is ? '=' : '<>', 'open');
    case 'time': {
      const column = timeColumns[condition.property];
      const compared = e(column, operators[condition.order], condition.ticks);
      return column === 'resolvedTicks' ? e.and([e(column, 'is not', null), compared]) : compared;
    }
    case 'about':
      return aboutSql(e, tenantId, condition.keys);
    case 'instance-number':
      return e.or(condition.oneOf.map((number) => instanceNumberSql(e, tenantId, number)));
    case 'scope':
      return scopeSql(e, tenantId, condition.scope);
  }
}

function aboutSql(e: Builder, tenantId: TenantId, keys: readonly AlertKey[]): Expression<SqlBool> {
  if (keys.length === 0) return e.or([]);
  const kinds = Map.groupBy(keys, ({ kind }) => kind);
  const alerts = e
    .selectFrom('alertKeys')
    .select('alertKeys.alert')
    .where('alertKeys.tenantId', '=', tenantId)
    .where((k) =>
      k.or(
        [...kinds].map(([kind, of]) =>
          k.and([
            k('alertKeys.kind', '=', kind),
            k(
              'alertKeys.key',
              'in',
              of.map(({ key }) => key),
            ),
          ]),
        ),
      ),
    );
  return e('alerts.id', 'in', alerts);
}

function instanceNumberSql(e: Builder, tenantId: TenantId, number: number): Expression<SqlBool> {
  const alerts = e
    .selectFrom('alertKeys')
    .select('alertKeys.alert')
    .where('alertKeys.tenantId', '=', tenantId)
    .where('alertKeys.kind', '=', 'instance')
    .where('alertKeys.key', 'like', `%|${number}`);
  return e('alerts.id', 'in', alerts);
}

/** The risk category DISCOVERY (cloud-apps reference 2.4). */
const discoveryStory = '4';

/** A scope that names nothing reaches nothing. Members of groups are asked for in the same statement: they may be many. */
function scopeSql(e: Builder, tenantId: TenantId, scope: DataScope): Expression<SqlBool> {
  if (scope.all) return e.and([]);
  const parts: Expression<SqlBool>[] = [];
  const keys: AlertKey[] = [
    ...scope.instances.map(({ appId, instance }) => ({ kind: 'instance' as const, key: `${appId}|${instance}` })),
    ...scope.reportIds.map((id) => ({ kind: 'report' as const, key: id.toLowerCase() })),
    ...scope.groupIds.map((id) => ({ kind: 'group' as const, key: id.toLowerCase() })),
  ];
  if (scope.reportIds.includes(everyReport)) {
    keys.push({ kind: 'story', key: discoveryStory });
    const ofReports = e
      .selectFrom('alertKeys')
      .select('alertKeys.alert')
      .where('alertKeys.tenantId', '=', tenantId)
      .where('alertKeys.kind', '=', sql.lit('report'));
    parts.push(e('alerts.id', 'in', ofReports));
  }
  if (keys.length > 0) parts.push(aboutSql(e, tenantId, keys));
  if (scope.groupIds.length > 0) {
    const groupIds = scope.groupIds as readonly GroupId[]; // Ids that are no group of the tenant have no members.
    const members = e
      .selectFrom('groupMembers')
      .innerJoin('alertKeys', (join) =>
        join
          .onRef('alertKeys.key', '=', 'groupMembers.userName')
          .on('alertKeys.tenantId', '=', tenantId)
          .on('alertKeys.kind', '=', sql.lit('user')),
      )
      .select('alertKeys.alert')
      .where('groupMembers.tenantId', '=', tenantId)
      .where('groupMembers.groupId', 'in', groupIds);
    parts.push(e('alerts.id', 'in', members));
  }
  return e.or(parts);
}
