// What activities can be filtered by: the model that a surface's grammar is parsed into, and the table of fields. A new
// field is one row here.
import { name, type Sql } from '../events/sql.ts';

/** An account's key; without app or instance it means the account in any (cloud-apps reference 2.2). */
export interface EntityKey {
  readonly id: string;
  readonly appId: number | null;
  readonly instance: number | null;
}

/** A value to compare with; null stands for "has none". */
export type FilterValue = string | number | boolean | null | EntityKey;

export interface TimeRange {
  readonly start: number | null;
  readonly end: number | null;
}

/** One operator with its operand, as cloud-apps reference 2.2 lists them. */
export type FilterTest =
  | { readonly operator: 'eq' | 'neq' | 'deq'; readonly values: readonly FilterValue[] }
  | { readonly operator: TextOperator; readonly texts: readonly string[] }
  | { readonly operator: 'gt' | 'gte' | 'lt' | 'lte'; readonly time: number }
  | { readonly operator: 'range'; readonly ranges: readonly TimeRange[] }
  | { readonly operator: 'gte_ndays' | 'lte_ndays'; readonly days: number }
  | { readonly operator: 'isset' | 'isnotset' };

export type TextOperator =
  | 'contains'
  | 'ncontains'
  | 'startswith'
  | 'doesnotstartwith'
  | 'endswith'
  | 'startswithsingle'
  | 'text';

export type Operator = FilterTest['operator'];

/** All of a request's conditions must hold. Other records than activities have fields of their own. */
export interface FilterCondition<Field extends FilterableField = AnswerableField> {
  readonly field: Field;
  readonly test: FilterTest;
}

interface FieldNames {
  /** The documented name, then the names that older clients use. */
  readonly names: readonly string[];
}

/** What the grammar needs to know of a field, whatever the records are. */
export interface FilterableField extends FieldNames {
  /** What its values are: `set` holds several texts, `choice` one of `oneOf` or null, `group` ids of user groups. */
  readonly type: 'text' | 'prose' | 'integer' | 'flag' | 'choice' | 'time' | 'address' | 'set' | 'entity' | 'group';
  readonly operators: readonly Operator[];
  /** The letter case in which values are kept, when they are kept in one. */
  readonly letterCase?: 'lower' | 'upper';
  /** The only values there are. */
  readonly oneOf?: readonly (string | number)[];
  /**
   * Parts of its texts are looked for by one record after the other in the thread that serves everybody (control store, lists
   * in memory), so that a request has at most {@link scannedWordsMax} words to look for in all such fields together.
   */
  readonly isScanned?: true;
}

/** 50 words over 10,000 names cost about a tenth of a second of the one thread; 900 of them two seconds. */
export const scannedWordsMax = 50;

/** A field of activities. */
export interface AnswerableField extends FilterableField {
  readonly column: Sql;
  /** A second column that may hold the value as well. */
  readonly orColumn?: Sql;
  /** What policies made of the activity since it was stored: its values are ids of policies or alerts. */
  readonly matchedBy?: 'policy' | 'alert';
  /** What is known of files since: its values are ids of the list of files, or of labels that files have now. */
  readonly ofFiles?: 'id' | 'label';
  /** Only addresses (http, https) among the elements count, letter case apart. */
  readonly isAddresses?: boolean;
}

/** Documented, but about things that the records we take in do not say. */
export interface UnanswerableField extends FieldNames {
  readonly type: 'unanswerable';
}

export type FilterField = AnswerableField | UnanswerableField;

const identity = ['eq', 'neq', 'deq'] as const;
const presence = ['isset', 'isnotset'] as const;
const wording = ['contains', 'ncontains', 'startswith', 'doesnotstartwith', 'endswith', 'startswithsingle'] as const;
const times = ['gt', 'gte', 'lt', 'lte', 'eq', 'range', 'gte_ndays', 'lte_ndays'] as const;

const deviceTypes = ['DESKTOP', 'MOBILE', 'TABLET', 'OTHER'];
// Reference 2.3: there is no source 4.
const sources = [0, 1, 2, 3, 5, 6];
// Reference 2.6.
const ipCategories = [0, 1, 2, 3, 4, 5, 6];

/** The filters of reference 2.3. A field has the operators documented for it and those that mean the same kind of question. */
export const activityFields: readonly FilterField[] = [
  { names: ['service'], type: 'integer', operators: identity, column: name('appId') },
  { names: ['instance'], type: 'integer', operators: identity, column: name('instance') },
  {
    names: ['activity.eventActionType', 'activity.eventType', 'activity.actionType'],
    type: 'text',
    operators: identity,
    column: name('eventType'),
    orColumn: name('eventTypeValue'),
  },
  {
    names: ['actionType'],
    type: 'text',
    operators: [...identity, ...presence, ...wording],
    column: name('actionType'),
  },
  { names: ['activity.alertId'], type: 'set', operators: ['eq'], column: name('id'), matchedBy: 'alert' },
  { names: ['activity.id'], type: 'text', operators: ['eq', 'neq'], column: name('id') },
  { names: ['activity.impersonated'], type: 'flag', operators: ['eq', 'neq'], column: name('isImpersonated') },
  { names: ['activity.type'], type: 'flag', operators: ['eq', 'neq'], column: name('isAdminEvent') },
  { names: ['activityObject'], type: 'set', operators: [...identity, ...presence], column: name('objects') },
  { names: ['created'], type: 'time', operators: times, column: name('created') },
  { names: ['date'], type: 'time', operators: times, column: name('timestamp') },
  {
    names: ['device.type'],
    type: 'choice',
    operators: [...identity, ...presence],
    column: name('deviceType'),
    oneOf: deviceTypes,
  },
  { names: ['entity'], type: 'entity', operators: ['eq', 'neq', 'startswith', ...presence], column: name('entities') },
  { names: ['fileId'], type: 'set', operators: [...identity, ...presence], column: name('fileIds') },
  { names: ['fileLabels'], type: 'set', operators: ['eq', 'neq'], column: name('fileIds'), ofFiles: 'label' },
  { names: ['fileSelector'], type: 'set', operators: ['eq', 'neq'], column: name('fileIds'), ofFiles: 'id' },
  {
    names: ['ip.address'],
    type: 'address',
    operators: [...identity, ...presence, 'startswith', 'doesnotstartwith'],
    column: name('ipAddress'),
  },
  {
    names: ['ip.category'],
    type: 'integer',
    operators: [...identity, ...presence],
    column: name('ipCategory'),
    oneOf: ipCategories,
  },
  { names: ['ip.tags'], type: 'set', operators: [...identity, ...presence], column: name('ipTags') },
  {
    names: ['location.country'],
    type: 'text',
    operators: [...identity, ...presence],
    column: name('countryCode'),
    letterCase: 'upper',
  },
  {
    names: ['location.organizations'],
    type: 'text',
    operators: [...identity, ...presence, ...wording],
    column: name('organization'),
  },
  {
    names: ['office365url'],
    type: 'set',
    operators: ['eq', 'startswith', 'endswith'],
    column: name('objects'),
    isAddresses: true,
  },
  {
    names: ['policy'],
    type: 'set',
    operators: ['eq', 'neq', ...presence],
    column: name('policies'),
    matchedBy: 'policy',
  },
  { names: ['source'], type: 'integer', operators: identity, column: name('source'), oneOf: sources },
  { names: ['text'], type: 'prose', operators: ['eq', 'startswithsingle', 'text'], column: name('searchText') },
  {
    names: ['user.domain'],
    type: 'text',
    operators: [...identity, ...presence],
    column: name('userDomain'),
    letterCase: 'lower',
  },
  {
    names: ['user.tags'],
    type: 'group',
    operators: ['eq', 'neq', 'startswith', ...presence],
    column: name('userTags'),
  },
  {
    names: ['user.username'],
    type: 'text',
    operators: [...identity, ...presence, ...wording],
    column: name('userName'),
    letterCase: 'lower',
  },
  { names: ['userAgent.tags'], type: 'set', operators: [...identity, ...presence], column: name('userAgentTags') },
  { names: ['userAgent.userAgent'], type: 'text', operators: [...presence, ...wording], column: name('userAgent') },
  ...['activity.azureSubscriptions', 'activity.takenAction', 'device.tags', 'user.orgUnit'].map(
    (each) => ({ names: [each], type: 'unanswerable' }) as const,
  ),
];
