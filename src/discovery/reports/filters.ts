// What reports can be filtered by (cloud-apps reference 2.9 and 2.8): apps by what is known of them and by their traffic;
// users, addresses and machines by their names and their traffic. Score, tag and category are the organisation's own, so
// that apps are filtered here once their traffic is added up.
import type { FilterableField, FilterCondition, FilterTest, FilterValue } from '../../activities/filters.ts';
import { containsText, endsWith, isOneOf, startsWith } from '../../events/dialect.ts';
import { and, or, type Sql, sql } from '../../events/sql.ts';
import type { AppFacts } from '../apps/described.ts';
import { numberSql, numberTest } from './number-tests.ts';
import { appCount, at, entityColumns, sums } from './report-store.ts';
import { type EntityKind, riskLevelOf, type Traffic } from './usage.ts';

export type ReportCondition = FilterCondition<FilterableField>;

/** Of this app alone. */
export function ofApp(appId: number): ReportCondition {
  return { field: { names: ['appId'], type: 'time', operators: ['eq'] }, test: { operator: 'eq', values: [appId] } };
}

/** The first name of the condition's field. */
export function subjectOf({ field }: ReportCondition): string {
  return field.names[0] ?? '';
}

export const sumOf: Readonly<Record<string, keyof Traffic>> = {
  trafficTotalBytes: 'totalBytes',
  trafficUploadedBytes: 'uploadedBytes',
  trafficDownloadedBytes: 'downloadedBytes',
  trafficTotalEvents: 'transactions',
  blockedEvents: 'blocked',
  lastUsed: 'lastSeen',
};

export const countOf: Readonly<Record<string, EntityKind>> = {
  usersCount: 'users',
  ipAddressesCount: 'addresses',
  machinesCount: 'machines',
};

const rowColumns: Readonly<Record<string, Sql>> = {
  userName: at.userName,
  ipAddress: at.sourceAddress,
  machineName: at.machine,
};

/** The conditions on rows; the rest is for after the adding up. `ofApps` also takes apps for a matter of rows. */
export function rowConditions(
  conditions: readonly ReportCondition[],
  now: number,
  ofApps: boolean,
): { readonly where: Sql; readonly rest: readonly ReportCondition[] } {
  const where: Sql[] = [];
  const rest: ReportCondition[] = [];
  for (const condition of conditions) {
    const column = rowColumns[subjectOf(condition)];
    if (column !== undefined) where.push(identitySql(column, condition.test));
    else if (ofApps && subjectOf(condition) === 'appId') where.push(numberSql(at.appId, condition.test, now));
    else rest.push(condition);
  }
  return { where: and(where), rest };
}

function identitySql(column: Sql, test: FilterTest): Sql {
  if (test.operator !== 'eq' && test.operator !== 'neq') throw new Error(`${test.operator} is no operator of rows.`);
  const isOne = isOneOf(column, textsOf(test.values));
  return test.operator === 'eq' ? isOne : sql`not (${isOne})`;
}

function textsOf(values: readonly FilterValue[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

/** The conditions on a user, address or machine, in terms of sums over its rows. */
export function havingOf(kind: EntityKind, conditions: readonly ReportCondition[], now: number): Sql {
  return and(
    conditions.map((condition) => {
      const subject = subjectOf(condition);
      if (subject === 'name') return nameSql(entityColumns[kind], condition.test);
      if (subject === 'appsCount') return numberSql(appCount, condition.test, now);
      const sum = sumOf[subject];
      if (sum === undefined) throw new Error(`There is no sum ${subject}.`);
      return numberSql(sums[sum], condition.test, now);
    }),
  );
}

function nameSql(column: Sql, test: FilterTest): Sql {
  switch (test.operator) {
    case 'eq':
    case 'neq':
      return identitySql(sql`lower(${column})`, {
        ...test,
        values: textsOf(test.values).map((each) => each.toLowerCase()),
      });
    case 'contains':
    case 'text':
      return or(test.texts.map((text) => containsText(column, text)));
    case 'ncontains':
      return sql`not (${or(test.texts.map((text) => containsText(column, text)))})`;
    case 'startswith':
    case 'startswithsingle':
      return or(test.texts.map((text) => startsWith(column, text)));
    case 'doesnotstartwith':
      return sql`not (${or(test.texts.map((text) => startsWith(column, text)))})`;
    case 'endswith':
      return or(test.texts.map((text) => endsWith(column, text)));
    default:
      throw new Error(`${test.operator} is no operator of names.`);
  }
}

/** A test of one text, or of a list of which one must meet it; letter case apart. */
function textTest(test: FilterTest): (texts: readonly string[]) => boolean {
  const folded = (texts: readonly string[]): string[] => texts.map((text) => text.toLowerCase());
  const some = (wanted: readonly string[], meets: (text: string, wanted: string) => boolean) => {
    const words = folded(wanted);
    return (texts: readonly string[]) => folded(texts).some((text) => words.some((word) => meets(text, word)));
  };
  const not = (isMet: (texts: readonly string[]) => boolean) => (texts: readonly string[]) => !isMet(texts);
  switch (test.operator) {
    case 'eq':
      return some(textsOf(test.values), (text, word) => text === word);
    case 'neq':
      return not(some(textsOf(test.values), (text, word) => text === word));
    case 'contains':
    case 'text':
      return some(test.texts, (text, word) => text.includes(word));
    case 'ncontains':
      return not(some(test.texts, (text, word) => text.includes(word)));
    case 'startswith':
    case 'startswithsingle':
      return some(test.texts, (text, word) => text.startsWith(word));
    case 'doesnotstartwith':
      return not(some(test.texts, (text, word) => text.startsWith(word)));
    case 'endswith':
      return some(test.texts, (text, word) => text.endsWith(word));
    default:
      throw new Error(`${test.operator} is no operator of texts.`);
  }
}

/** Two numbers mean from the one to the other, as the portal's filter by score writes it (cloud-apps reference 2.9). */
function scoreTest(test: FilterTest, now: number): (score: number | null) => boolean {
  if (test.operator === 'isset') return (score) => score !== null;
  if (test.operator === 'isnotset') return (score) => score === null;
  const ends = test.operator === 'eq' ? test.values.filter((value) => typeof value === 'number') : [];
  const [start, end] = ends;
  if (start === undefined || end === undefined || ends.length !== 2) return numberTest(test, now);
  return numberTest({ operator: 'range', ranges: [{ start, end }] }, now);
}

/** The word by which filters ask for apps without a tag (cloud-apps reference 2.9). */
export const noTag = 'None';

type KnownOfApp = Pick<AppFacts, 'appId' | 'name' | 'category' | 'score' | 'tags' | 'domains'>;

/** A condition on what is known of an app, whatever its traffic: see appFactFields. */
export function factTest(condition: ReportCondition, now: number): (app: KnownOfApp) => boolean {
  const subject = subjectOf(condition);
  const { test } = condition;
  if (subject === 'score') {
    const meets = scoreTest(test, now);
    return ({ score }) => meets(score);
  }
  if (subject === 'appId') {
    const meets = numberTest(test, now);
    return ({ appId }) => meets(appId);
  }
  const meets = textTest(test);
  switch (subject) {
    case 'name':
      return ({ name }) => meets([name]);
    case 'category':
      return ({ category }) => meets([category, category.replace(/^SAASDB_(?:SUB)?CATEGORY_/, '')]);
    case 'tag':
      return ({ tags }) => meets(tags.length === 0 ? [noTag] : tags);
    case 'risk':
      return ({ score }) => meets([riskLevelOf(score)]);
    case 'domain':
      return ({ domains }) => meets(domains);
    default:
      throw new Error(`Apps have no ${subject}.`);
  }
}
