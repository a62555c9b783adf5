// What apps, and users, addresses and machines of reports, can be filtered by (cloud-apps reference 2.9 and 2.8): names, and
// what their values are. What the filters mean is in filters.ts; policies keep theirs by these names.
import type { FilterableField } from '../../activities/filters.ts';

/** Operators of fields that hold a number; `eq` with several values means one of them. */
const numberOperators = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'range'] as const;
const timeOperators = [...numberOperators, 'gte_ndays', 'lte_ndays'] as const;
const identity = ['eq', 'neq'] as const;
const wording = [
  'contains',
  'ncontains',
  'startswith',
  'doesnotstartwith',
  'endswith',
  'startswithsingle',
  'text',
] as const;

/** Numbers go as times do: whole ones, up to what a number holds exactly. */
function number(of: string, ...names: readonly string[]) {
  return { names: [of, ...names], type: 'time', operators: numberOperators } as const satisfies FilterableField;
}

/** The first name of each says what it is about; the others are what clients also write. */
const trafficFields = [
  number('trafficTotalBytes', 'traffic', 'traffic.total', 'totalBytes'),
  number('trafficUploadedBytes', 'uploaded', 'traffic.uploaded', 'uploadedBytes'),
  number('trafficDownloadedBytes', 'downloaded', 'traffic.downloaded', 'downloadedBytes'),
  number('trafficTotalEvents', 'transactions', 'transactionsCount'),
  number('blockedEvents', 'blocked'),
  { names: ['lastUsed', 'lastSeen'], type: 'time', operators: timeOperators },
] as const satisfies readonly FilterableField[];

/** Filters that the rows themselves answer, before anything is added up. */
const rowFields = [
  { names: ['userName', 'user'], type: 'text', operators: identity, letterCase: 'lower' },
  { names: ['ipAddress', 'ip'], type: 'address', operators: identity },
  { names: ['machineName', 'machine'], type: 'text', operators: identity },
] as const satisfies readonly FilterableField[];

/** What is known of an app whatever its traffic: what policies look for. */
export const appFactFields: readonly FilterableField[] = [
  number('appId', 'id'),
  { names: ['name', 'appName'], type: 'text', operators: [...identity, ...wording], isScanned: true },
  { names: ['category'], type: 'text', operators: identity, letterCase: 'upper' },
  { names: ['tag', 'tags'], type: 'text', operators: identity },
  { names: ['score', 'riskScore'], type: 'time', operators: [...numberOperators, 'isset', 'isnotset'] },
  { names: ['risk', 'riskLevel'], type: 'text', operators: identity, letterCase: 'lower' },
  {
    names: ['domain', 'domains'],
    type: 'text',
    operators: [...identity, ...wording],
    letterCase: 'lower',
    isScanned: true,
  },
];

export const appFilterFields: readonly FilterableField[] = [
  ...appFactFields,
  number('usersCount', 'users'),
  number('ipAddressesCount', 'ipAddresses'),
  number('machinesCount', 'machines'),
  ...trafficFields,
  ...rowFields,
];

export const entityFilterFields: readonly FilterableField[] = [
  { names: ['name'], type: 'text', operators: [...identity, ...wording] },
  number('appId'),
  number('appsCount', 'apps'),
  ...trafficFields,
  ...rowFields,
];
