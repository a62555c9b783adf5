// Conditions and data scopes of accounts and users as SQL. In every statement the table of entities is called "e".
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { DataScope } from '../access/caller.ts';
import type { EntityKey, FilterCondition, FilterTest, FilterValue } from '../activities/filters.ts';
import type { TenantId } from '../lib/ids.ts';
import { allOf, always, anyOf, type Condition, columnTest, isOneOf, never, notTrue } from './column-tests.ts';
import type { EntityField } from './filters.ts';

/** Built-in groups (cloud-apps reference 2.5). */
export const builtInGroups = {
  externalUsers: '000000200000000000000000',
  applications: '0000003b0000000000000000',
} as const;

const ref = (column: string): RawBuilder<unknown> => sql.ref(`e.${column}`);

/** The entities that the scope reaches; one that names nothing reaches none. */
export function scopeCondition(scope: DataScope, tenantId: TenantId): Condition {
  if (scope.all) return always;
  return anyOf([isMember(scope.groupIds), isIn(scope, tenantId)]);
}

/** Everybody in one of the groups. */
function isMember(groupIds: readonly string[]): Condition {
  if (groupIds.length === 0) return never;
  return sql<SqlBool>`exists (select 1 from "groupMembers" m where m."tenantId" = e."tenantId"
    and m."userName" = e."userName" and ${isOneOf(sql`m."groupId"`, groupIds)})`;
}

/** A row of entityApps, called "a", that the scope reaches by itself or because it reaches the whole entity. */
export function appInScope(scope: DataScope): Condition {
  if (scope.all) return always;
  const instances = scope.instances.map(
    ({ appId, instance }) => sql<SqlBool>`(a."appId" = ${appId} and a."instance" = ${instance})`,
  );
  return anyOf([...instances, isMember(scope.groupIds)]);
}

/** Those of app instances; found by the index of instances. */
function isIn({ instances }: Extract<DataScope, { all: false }>, tenantId: TenantId): Condition {
  if (instances.length === 0) return never;
  const any = instances.map(
    ({ appId, instance }) => sql<SqlBool>`(a."appId" = ${appId} and a."instance" = ${instance})`,
  );
  return sql<SqlBool>`e."id" in (select a."entityId" from "entityApps" a where a."tenantId" = ${tenantId} and ${anyOf(any)})`;
}

/** Those of the apps or instances that the scope lets see. */
function inApps(condition: Condition, { tenantId, scope }: Whereabouts): Condition {
  if (!scope.all) return hasApp([condition, appInScope(scope)]);
  return sql<SqlBool>`e."id" in (select a."entityId" from "entityApps" a where a."tenantId" = ${tenantId} and ${condition})`;
}

function hasApp(conditions: readonly Condition[]): Condition {
  return sql<SqlBool>`exists (select 1 from "entityApps" a where a."tenantId" = e."tenantId" and a."entityId" = e."id"
    and ${allOf(conditions)})`;
}

/** When the entity was last (or first) active, as far as the scope reaches. */
export function seenAt(column: 'lastSeenAt' | 'firstSeenAt', scope: DataScope): RawBuilder<number> {
  const whole = sql.ref<number>(`e.${column}`);
  if (scope.all) return whole;
  const part = sql.ref(`a.${column}`);
  const ofApps = sql<number>`(select ${column === 'lastSeenAt' ? sql`max(${part})` : sql`min(${part})`} from "entityApps" a
    where a."tenantId" = e."tenantId" and a."entityId" = e."id" and ${appInScope(scope)})`;
  return sql<number>`case when ${isMember(scope.groupIds)} then ${whole} else ${ofApps} end`;
}

/** Whose entities are filtered, for whom, and when. */
export interface Whereabouts {
  readonly tenantId: TenantId;
  readonly scope: DataScope;
  readonly now: number;
}

export function entityCondition(conditions: readonly FilterCondition<EntityField>[], where: Whereabouts): Condition {
  return allOf(conditions.map(({ field, test }) => fieldCondition(field, test, where)));
}

function fieldCondition(field: EntityField, test: FilterTest, where: Whereabouts): Condition {
  const { tenantId, scope, now } = where;
  switch (field.subject) {
    case 'type':
      return mapped(test, (values) => isOneOf(ref('kind'), texts(values).map(kindOf)));
    case 'isAdmin':
    case 'isExternal': {
      // Applications are nobody's guests, whatever domain they are named by.
      const column =
        field.subject === 'isAdmin'
          ? ref('isAdmin')
          : sql`case when e."isApplication" = 1 then null else e."isExternal" end`;
      return mapped(test, (values) => {
        const found = isOneOf(
          column,
          texts(values).map((value) => (value === 'TRUE' ? 1 : 0)),
        );
        return values.includes(null) ? anyOf([found, sql<SqlBool>`${column} is null`]) : found;
      });
    }
    case 'entity':
      return mapped(test, (values) => anyOf(values.filter(isKey).map((key) => keyCondition(key, tenantId))));
    case 'userGroups':
      return mapped(test, (values) => inGroups(texts(values), scope));
    case 'app':
    case 'instance': {
      const column = sql.ref(field.subject === 'app' ? 'a.appId' : 'a.instance');
      return mapped(test, (values) => inApps(isOneOf(column, numbers(values)), where));
    }
    default:
      return columnTest({ sql: ref(field.subject), kind: 'value' }, test, now);
  }
}

function mapped(test: FilterTest, condition: (values: readonly FilterValue[]) => Condition): Condition {
  if (test.operator === 'eq') return condition(test.values);
  if (test.operator === 'neq') return notTrue(condition(test.values));
  throw new Error(`${test.operator} is no operator of this filter.`);
}

const texts = (values: readonly FilterValue[]) => values.filter((value) => typeof value === 'string');
const numbers = (values: readonly FilterValue[]) => values.filter((value) => typeof value === 'number');
const kindOf = (value: string): string => (value === 'USER' || value === '2' ? 'user' : 'account');

function isKey(value: FilterValue): value is EntityKey {
  return typeof value === 'object' && value !== null;
}

/**
 * A user brings all its accounts along (cloud-apps reference 2.5). A user is known by its directory id, or by its user
 * name without an app; a user name with an app is that account. Found by the ids of what is meant, which is what the
 * databases have an index for.
 */
export function keyCondition({ id, appId, instance }: EntityKey, tenantId: TenantId): Condition {
  const account = [sql<SqlBool>`k."userName" = ${id}`];
  if (appId !== null) account.push(sql<SqlBool>`k."kind" = 'account'`, sql<SqlBool>`k."appId" = ${appId}`);
  if (appId !== null && instance !== null) account.push(sql<SqlBool>`k."instance" = ${instance}`);
  return sql<SqlBool>`e."id" in (
    select k."id" from "entities" k where k."tenantId" = ${tenantId} and ${allOf(account)}
    union all
    select k."id" from "entities" u join "entities" k on k."tenantId" = u."tenantId" and k."userName" = u."userName"
    where u."tenantId" = ${tenantId} and u."directoryId" = ${id} and u."kind" = 'user')`;
}

/** Who is in a group that the scope does not reach is not told either. */
function inGroups(groupIds: readonly string[], scope: DataScope): Condition {
  const ids = groupIds.map((id) => id.toLowerCase());
  const own = scope.all ? ids : ids.filter((id) => scope.groupIds.includes(id));
  return anyOf([
    ...(ids.includes(builtInGroups.externalUsers)
      ? [sql<SqlBool>`(e."isExternal" = 1 and e."isApplication" = 0)`]
      : []),
    ...(ids.includes(builtInGroups.applications) ? [sql<SqlBool>`e."isApplication" = 1`] : []),
    isMember(own),
  ]);
}

export function idIs(id: string): Condition {
  return sql<SqlBool>`e."id" = ${id}`;
}

export function nameIs(userName: string): Condition {
  return sql<SqlBool>`e."userName" = ${userName}`;
}
