// $filter and $orderby over discovered apps. The documented examples call the score riskRating, its resource riskScore: both are
// taken.
import type { AppFilter, AppSort, DiscoveredApp } from '../../discovery/reports/discovered-apps.ts';
import type { EntityKind } from '../../discovery/reports/usage.ts';
import { ticksOfMs } from '../../lib/ticks.ts';
import { type FilterField, type FilterTable, toCondition } from '../defender/filter-fields.ts';
import { compare, type Expression, parseFilter, usualBounds } from '../odata/filter.ts';
import { ODataProblem } from '../odata/problem.ts';
import type { QueryOptions } from '../odata/query-options.ts';
import { categoryWord, categoryWords } from './data-discovery-wire.ts';

type Wanted = (app: DiscoveredApp) => boolean;

function fold(text: string): string {
  return text.toLowerCase();
}

function textField(read: (app: DiscoveredApp) => string): FilterField<Wanted> {
  return {
    kind: 'text',
    oneOf: (texts) => (app) => texts.some((each) => each !== null && fold(each) === fold(read(app))),
    match: (how, text) => (app) => {
      const [value, part] = [fold(read(app)), fold(text)];
      if (how === 'startswith') return value.startsWith(part);
      return how === 'endswith' ? value.endsWith(part) : value.includes(part);
    },
  };
}

function listField(read: (app: DiscoveredApp) => readonly string[]): FilterField<Wanted> {
  return { kind: 'list', has: (entry) => (app) => read(app).some((each) => fold(each) === fold(entry)) };
}

/** What is not known is compared with nothing. */
function numberField(read: (app: DiscoveredApp) => number | null): FilterField<Wanted> {
  return {
    kind: 'number',
    compare: (order, value) => (app) => {
      const own = read(app);
      return own === null ? order === 'ne' : compare(own, order, value);
    },
  };
}

const score = numberField((app) => (app.score === null ? null : Math.round(app.score)));
const words = new Map(categoryWords.map((word) => [fold(word), word]));

const table: FilterTable<Wanted> = {
  what: 'Discovered apps',
  fields: {
    id: textField(({ appId }) => String(appId)),
    displayName: textField(({ name }) => name),
    category: {
      kind: 'text',
      read: (text) => words.get(fold(text)),
      words: categoryWords,
      oneOf: (texts) => (app) => texts.includes(categoryWord(app.category)),
    },
    riskScore: score,
    riskRating: score,
    totalNetworkTrafficInBytes: numberField(({ totalBytes }) => totalBytes),
    uploadNetworkTrafficInBytes: numberField(({ uploadedBytes }) => uploadedBytes),
    downloadNetworkTrafficInBytes: numberField(({ downloadedBytes }) => downloadedBytes),
    transactionCount: numberField(({ transactions }) => transactions),
    userCount: numberField(({ users }) => users),
    ipAddressCount: numberField(({ addresses }) => addresses),
    deviceCount: numberField(({ machines }) => machines),
    lastSeenDateTime: {
      kind: 'time',
      compare: (order, ticks) => (app) => compare(ticksOfMs(app.lastSeen), order, ticks),
    },
    tags: listField(({ tags }) => tags),
    domains: listField(({ domains }) => domains),
  },
  all: (conditions) => (app) => conditions.every((each) => each(app)),
  any: (conditions) => (app) => conditions.some((each) => each(app)),
  not: (condition) => (app) => !condition(app),
};

const counts: Readonly<Record<string, EntityKind>> = {
  usercount: 'users',
  ipaddresscount: 'addresses',
  devicecount: 'machines',
};

/** Throws an ODataProblem for what cannot be used. */
export function readAppFilter(text: string, valuesMax: number): AppFilter {
  const expression = parseFilter(text, { ...usualBounds, valuesMax });
  const kinds = [...propertiesOf(expression)].flatMap((name) => counts[fold(name)] ?? []);
  return { counts: [...new Set(kinds)], test: toCondition(expression, table) };
}

function* propertiesOf(expression: Expression): Generator<string> {
  switch (expression.kind) {
    case 'and':
    case 'or':
      for (const each of expression.of) yield* propertiesOf(each);
      return;
    case 'not':
      yield* propertiesOf(expression.of);
      return;
    default:
      yield expression.property.name;
  }
}

const sorts: Readonly<Record<string, AppSort>> = {
  displayname: 'name',
  category: 'category',
  riskscore: 'score',
  riskrating: 'score',
  totalnetworktrafficinbytes: 'trafficTotalBytes',
  uploadnetworktrafficinbytes: 'trafficUploadedBytes',
  downloadnetworktrafficinbytes: 'trafficDownloadedBytes',
  transactioncount: 'trafficTotalEvents',
  usercount: 'usersCount',
  ipaddresscount: 'ipAddressesCount',
  devicecount: 'machinesCount',
  lastseendatetime: 'lastUsed',
};

/** The order that is asked for; those with the most traffic first without one. */
export function readAppOrder({ orderBy }: QueryOptions): { sort: AppSort; direction: 'asc' | 'desc' } {
  const [first, ...more] = orderBy;
  if (first === undefined) return { sort: 'trafficTotalBytes', direction: 'desc' };
  const sort = sorts[fold(first.property)];
  if (sort !== undefined && more.length === 0) return { sort, direction: first.direction };
  throw new ODataProblem('$orderby', '$orderby takes one property of discovered apps, with asc or desc.');
}
