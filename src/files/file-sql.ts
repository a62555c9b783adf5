// Conditions and data scopes of files as SQL. In every statement the table of files is called "f".
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { DataScope } from '../access/caller.ts';
import type { EntityKey, FilterCondition, FilterTest, FilterValue } from '../activities/filters.ts';
import { allOf, always, anyOf, type Condition, columnTest, never, notTrue } from '../entities/column-tests.ts';
import type { FileField } from './filters.ts';

const ref = (column: string): RawBuilder<unknown> => sql.ref(`f.${column}`);

/** The files that the scope reaches: those of app instances. Roles that are cut to groups of people see no files. */
export function scopeCondition(scope: DataScope): Condition {
  if (scope.all) return always;
  return anyOf(
    scope.instances.map(({ appId, instance }) => sql<SqlBool>`(f."appId" = ${appId} and f."instance" = ${instance})`),
  );
}

export function idIs(id: string): Condition {
  return sql<SqlBool>`f."id" = ${id}`;
}

/** Files that are gone are found only by who asks for them; what is said of `trashed` counts over `allowDeleted`. */
export function fileCondition(conditions: readonly FilterCondition<FileField>[], now: number): Condition {
  const all = conditions.map(({ field, test }) => fieldCondition(field, test, now));
  const isAsked = conditions.some(({ field, test }) => {
    return field.subject === 'trashed' || (field.subject === 'allowDeleted' && flagOf(test));
  });
  return allOf(isAsked ? all : [...all, sql<SqlBool>`f."status" = 0`]);
}

function fieldCondition(field: FileField, test: FilterTest, now: number): Condition {
  switch (field.subject) {
    case 'allowDeleted':
      return always;
    case 'trashed':
      return anyFlag(test, sql<SqlBool>`f."status" = 1`, sql<SqlBool>`f."status" = 0`);
    case 'folder':
      return anyFlag(test, sql<SqlBool>`f."isFolder" = 1`, sql<SqlBool>`f."isFolder" = 0`);
    case 'collaborator':
      return byKeys(test, isCollaborator);
    case 'owner':
      return byKeys(test, isOwner);
    case 'name':
      return columnTest({ sql: sql`lower(f."name")`, kind: 'value' }, test, now);
    case 'ownerName':
      return columnTest({ sql: ref('owner'), kind: 'value' }, test, now);
    case 'modifiedAt':
    case 'createdAt':
      return columnTest({ sql: ref(field.subject), kind: 'value', empty: 0 }, test, now);
    case 'collaborators':
    case 'domains':
    case 'groups':
      return columnTest({ sql: ref(field.subject), kind: 'set' }, test, now);
    default:
      return columnTest({ sql: ref(field.subject), kind: 'value' }, test, now);
  }
}

function flagOf(test: FilterTest): boolean {
  return test.operator === 'eq' && test.values.includes(true);
}

function anyFlag(test: FilterTest, ifTrue: Condition, ifFalse: Condition): Condition {
  if (test.operator !== 'eq') return never;
  return anyOf([...(test.values.includes(true) ? [ifTrue] : []), ...(test.values.includes(false) ? [ifFalse] : [])]);
}

function byKeys(test: FilterTest, condition: (key: EntityKey) => Condition): Condition {
  if (test.operator !== 'eq' && test.operator !== 'neq') return never;
  const found = anyOf(test.values.filter(isKey).map(condition));
  return test.operator === 'eq' ? found : notTrue(found);
}

function isKey(value: FilterValue): value is EntityKey {
  return typeof value === 'object' && value !== null;
}

/** Names of the people with this id: itself, or those whom the directory knows by it. */
function named({ id }: EntityKey): RawBuilder<unknown> {
  return sql`select u."userName" from "entities" u where u."tenantId" = f."tenantId" and u."kind" = 'user'
    and u."directoryId" = ${id}`;
}

function isOwner(key: EntityKey): Condition {
  return anyOf([sql<SqlBool>`f."owner" = ${key.id}`, sql<SqlBool>`f."owner" in (${named(key)})`]);
}

// U+001F stands around each of the names (entities/column-tests.ts).
function isCollaborator(key: EntityKey): Condition {
  const has = (name: RawBuilder<unknown>) =>
    sql<SqlBool>`replace(f."collaborators", ${'\u001f'} || ${name} || ${'\u001f'}, '') <> f."collaborators"`;
  return anyOf([
    has(sql`cast(${key.id} as text)`),
    sql<SqlBool>`exists (select 1 from (${named(key)}) known where ${has(sql`known."userName"`)})`,
  ]);
}
