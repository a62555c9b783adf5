// From conditions on activities to SQL. Every value is bound; a missing attribute is excluded only by what asks for one.
import type { DataScope } from '../access/caller.ts';
import {
  containsText,
  containsWords,
  endsWith,
  hasAnyWord,
  hasWordStart,
  isOneOf,
  setHasAddressEnd,
  setHasAnyOf,
  setHasOther,
  setHasStart,
  startsWith,
  wordsOf,
} from '../events/dialect.ts';
import { always, and, name, never, notTrue, or, type Sql, sql } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import type {
  AnswerableField,
  EntityKey,
  FilterCondition,
  FilterTest,
  FilterValue,
  TextOperator,
  TimeRange,
} from './filters.ts';

/** The tenant's own user groups, as far as a filter needs them. */
export interface GroupDirectory {
  /** User names, lower case, of everybody in one of the groups; ids that are no group of the tenant have nobody. */
  membersOf(groupIds: readonly string[]): Promise<readonly string[]>;
  /** Ids of the tenant's groups that begin so; all of them for ''. */
  groupIdsFrom(start: string): Promise<readonly string[]>;
}

/** What policies made of the tenant's activities since they were stored, as far as a filter needs it. */
export interface MatchDirectory {
  /** Ids of activities that one of these policies matched; that any policy matched for null. */
  matchedBy(policyIds: readonly string[] | null): Promise<readonly string[]>;
  /** Ids of the activities that these alerts tell of. */
  behindAlerts(alerts: readonly string[]): Promise<readonly string[]>;
}

/** The tenant's files, as far as a filter needs them: ids as the activities have them, in lower case. */
export interface FileDirectory {
  /** Of the files with these ids of the list of files. */
  selected(ids: readonly string[]): Promise<readonly string[]>;
  /** Of the files that have one of these labels now. */
  labelled(labels: readonly string[]): Promise<readonly string[]>;
}

const noMatches: MatchDirectory = { matchedBy: async () => [], behindAlerts: async () => [] };
const noFiles: FileDirectory = { selected: async () => [], labelled: async () => [] };

/** What others know of activities. Without it they are matched by what their rows say only. */
export interface Directories {
  readonly matches?: MatchDirectory;
  readonly files?: FileDirectory;
}

/** The rows that meet all conditions. */
export async function conditionsSql(
  conditions: readonly FilterCondition[],
  now: number,
  groups: GroupDirectory,
  { matches = noMatches, files = noFiles }: Directories = {},
): Promise<Sql> {
  return and(
    await Promise.all(conditions.map(({ field, test }) => conditionSql(field, test, { now, groups, matches, files }))),
  );
}

interface Known {
  readonly now: number;
  readonly groups: GroupDirectory;
  readonly matches: MatchDirectory;
  readonly files: FileDirectory;
}

async function conditionSql(field: AnswerableField, test: FilterTest, known: Known): Promise<Sql> {
  const { now } = known;
  if (field.type === 'group') return groupSql(field.column, test, known.groups);
  if (field.matchedBy) return matchSql(field, field.matchedBy, test, known.matches);
  if (field.ofFiles) return fileSql(field.column, field.ofFiles, test, known.files);
  if (field.isAddresses) return addressSql(field.column, test);
  const { column } = field;
  switch (test.operator) {
    case 'eq':
      return isAny(field, test.values);
    case 'neq':
      return notTrue(isAny(field, test.values));
    case 'deq':
      return isOther(field, test.values);
    case 'gt':
      return sql`${column} > ${test.time}`;
    case 'gte':
      return sql`${column} >= ${test.time}`;
    case 'lt':
      return sql`${column} < ${test.time}`;
    case 'lte':
      return sql`${column} <= ${test.time}`;
    case 'range':
      return or(test.ranges.map((range) => inRange(column, range)));
    case 'gte_ndays':
      return sql`${column} >= ${daysBefore(now, test.days)}`;
    case 'lte_ndays':
      return sql`${column} <= ${daysBefore(now, test.days)}`;
    case 'isset':
      return sql`${column} is not null`;
    case 'isnotset':
      return sql`${column} is null`;
    default:
      return textSql(field, test.operator, test.texts);
  }
}

/** N days before now, in whole milliseconds. */
export function daysBefore(now: number, days: number): number {
  return Math.round(now - days * dayMs);
}

function inRange(column: Sql, { start, end }: TimeRange): Sql {
  return and([
    ...(start === null ? [] : [sql`${column} >= ${start}`]),
    ...(end === null ? [] : [sql`${column} <= ${end}`]),
  ]);
}

/** The field has one of the values. */
function isAny(field: AnswerableField, values: readonly FilterValue[]): Sql {
  const { column, orColumn } = field;
  switch (field.type) {
    case 'set':
      return setHasAnyOf(
        column,
        values.filter((value) => typeof value === 'string'),
      );
    case 'entity':
      return or(values.filter(isEntityKey).map((key) => hasEntity(column, key)));
    case 'prose':
      return or(values.filter((value) => typeof value === 'string').map((text) => containsPhrase(column, text)));
    case 'flag':
      return or(values.filter((value) => typeof value === 'boolean').map((flag) => sql`${column} = ${flag}`));
    default: {
      const listed = values.filter((value) => typeof value === 'string' || typeof value === 'number');
      const found = [column, ...(orColumn ? [orColumn] : [])].map((each) => isOneOf(each, listed));
      return or(values.includes(null) ? [...found, sql`${column} is null`] : found);
    }
  }
}

function isEntityKey(value: FilterValue): value is EntityKey {
  return typeof value === 'object' && value !== null;
}

function hasEntity(column: Sql, { id, appId, instance }: EntityKey): Sql {
  if (instance === null) return setHasStart(column, appId === null ? `${id}|` : `${id}|${appId}|`);
  // Stored both with and without the app: see the store.
  return setHasAnyOf(column, [`${id}|${appId ?? ''}|${instance}`]);
}

/** The field has a value, and it (or another one of it) is none of these. */
function isOther(field: AnswerableField, values: readonly FilterValue[]): Sql {
  const { column, orColumn } = field;
  if (field.type === 'set')
    return setHasOther(
      column,
      values.filter((value) => typeof value === 'string'),
    );
  const listed = values.filter((value) => typeof value === 'string' || typeof value === 'number');
  const other = (each: Sql) => sql`${each} is not null and not (${isOneOf(each, listed)})`;
  return or([other(column), ...(orColumn ? [other(orColumn)] : [])]);
}

function textSql(field: AnswerableField, operator: TextOperator, texts: readonly string[]): Sql {
  const { column } = field;
  const start = field.type === 'entity' ? setHasStart : startsWith;
  switch (operator) {
    case 'contains':
      return containsWholeWords(column, texts);
    case 'ncontains':
      return notTrue(containsWholeWords(column, texts));
    case 'startswith':
      return or(texts.map((text) => start(column, text)));
    case 'doesnotstartwith':
      return notTrue(or(texts.map((text) => start(column, text))));
    case 'endswith':
      return or(texts.map((text) => endsWith(column, text)));
    case 'startswithsingle':
      return or(
        texts.map((text) =>
          field.type === 'prose' && wordsOf(text).length > 0 ? hasWordStart(column, text) : startsWith(column, text),
        ),
      );
    case 'text':
      return or(
        texts.map((text) =>
          and(
            text
              .split(/\s+/)
              .filter((part) => part !== '')
              .map((part) => containsText(column, part)),
          ),
        ),
      );
  }
}

/**
 * Whole words, as the portal searches: one of the values' words stands in the text. A value in quotes is looked for as
 * it is, between the ends of words (reference 2.2).
 */
function containsWholeWords(column: Sql, values: readonly string[]): Sql {
  const words: string[] = [];
  const phrases: Sql[] = [];
  for (const value of values) {
    const quoted = /^\s*"(.*)"\s*$/s.exec(value)?.[1];
    if (quoted === undefined) words.push(...wordsOf(value));
    else phrases.push(containsPhrase(column, quoted));
  }
  return or([hasAnyWord(column, words), ...phrases]);
}

/** The text as it is, beginning and ending where words do. */
function containsPhrase(column: Sql, phrase: string): Sql {
  const words = wordsOf(phrase);
  const literally = containsText(column, phrase.trim());
  return words.length === 0 ? literally : and([literally, containsWords(column, words)]);
}

async function matchSql(
  field: AnswerableField,
  by: 'policy' | 'alert',
  test: FilterTest,
  matches: MatchDirectory,
): Promise<Sql> {
  const withIds = (ids: readonly string[], named: readonly Sql[]) => or([isOneOf(name('id'), ids), ...named]);
  switch (test.operator) {
    case 'eq':
    case 'neq': {
      const values = test.values.filter((value) => typeof value === 'string');
      const found =
        by === 'alert'
          ? withIds(await matches.behindAlerts(values), [])
          : withIds(await matches.matchedBy(values), [setHasAnyOf(field.column, values)]);
      return test.operator === 'eq' ? found : notTrue(found);
    }
    case 'isset':
    case 'isnotset': {
      const found = withIds(await matches.matchedBy(null), [sql`${field.column} is not null`]);
      return test.operator === 'isset' ? found : notTrue(found);
    }
    default:
      return never;
  }
}

async function fileSql(column: Sql, by: 'id' | 'label', test: FilterTest, files: FileDirectory): Promise<Sql> {
  if (test.operator !== 'eq' && test.operator !== 'neq') return never;
  const values = test.values.filter((value) => typeof value === 'string');
  const ids = by === 'id' ? await files.selected(values) : await files.labelled(values);
  // Records spell the ids in either case.
  const found = ids.length === 0 ? never : setHasAnyOf(sql`lower(${column})`, ids);
  return test.operator === 'eq' ? found : notTrue(found);
}

const schemes = ['http://', 'https://'];

/** Elements of the set that are addresses. */
function addressSql(column: Sql, test: FilterTest): Sql {
  const set = sql`lower(${column})`;
  switch (test.operator) {
    case 'eq': {
      const values = test.values.filter((value) => typeof value === 'string').map((value) => value.toLowerCase());
      const addresses = values.filter((value) => schemes.some((scheme) => value.startsWith(scheme)));
      return addresses.length === 0 ? never : setHasAnyOf(set, addresses);
    }
    case 'startswith': {
      const texts = test.texts.map((text) => text.toLowerCase());
      // The beginning of a scheme is the beginning of every address with it.
      const starts = texts.flatMap((text) => schemes.filter((scheme) => scheme.startsWith(text)));
      const longer = texts.filter((text) => schemes.some((scheme) => text.startsWith(scheme)));
      return or([...starts, ...longer].map((start) => setHasStart(set, start)));
    }
    case 'endswith':
      return or(test.texts.map((text) => setHasAddressEnd(set, text.toLowerCase())));
    default:
      return never;
  }
}

/** A user's groups are those that the record names (built-in ones) and the tenant's own that list the user. */
async function groupSql(column: Sql, test: FilterTest, groups: GroupDirectory): Promise<Sql> {
  const isMember = async (groupIds: readonly string[]) => isOneOf(name('userName'), await groups.membersOf(groupIds));
  switch (test.operator) {
    case 'eq':
    case 'neq': {
      const ids = test.values.filter((value) => typeof value === 'string');
      const condition = or([setHasAnyOf(column, ids), await isMember(ids)]);
      return test.operator === 'eq' ? condition : notTrue(condition);
    }
    case 'startswith': {
      const ids = await Promise.all(test.texts.map((text) => groups.groupIdsFrom(text)));
      return or([...test.texts.map((text) => setHasStart(column, text)), await isMember(ids.flat())]);
    }
    case 'isset':
    case 'isnotset': {
      const condition = or([sql`${column} is not null`, await isMember(await groups.groupIdsFrom(''))]);
      return test.operator === 'isset' ? condition : notTrue(condition);
    }
    default:
      return never;
  }
}

/** The rows that the scope reaches; a scope that names nothing reaches none. */
export async function scopeSql(scope: DataScope, groups: GroupDirectory): Promise<Sql> {
  if (scope.all) return always;
  const instances = scope.instances.map(
    ({ appId, instance }) => sql`${name('appId')} = ${appId} and ${name('instance')} = ${instance}`,
  );
  if (scope.groupIds.length === 0) return or(instances);
  const members = await groups.membersOf(scope.groupIds);
  return or([...instances, setHasAnyOf(name('userTags'), scope.groupIds), isOneOf(name('userName'), members)]);
}
