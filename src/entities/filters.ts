// What accounts and users can be filtered by (cloud-apps reference 2.5).
import type { FilterableField, UnanswerableField } from '../activities/filters.ts';

export interface EntityField extends FilterableField {
  readonly subject:
    | 'type'
    | 'isAdmin'
    | 'entity'
    | 'userGroups'
    | 'app'
    | 'instance'
    | 'isExternal'
    | 'domain'
    | 'userName'
    | 'status';
}

const identity = ['eq', 'neq'] as const;
const flags = ['TRUE', 'FALSE'];
const wording = [
  'contains',
  'ncontains',
  'startswith',
  'doesnotstartwith',
  'endswith',
  'startswithsingle',
  'text',
] as const;

/** Filters by last activity and by score were taken out of the documented service and are no filters here. */
export const entityFields: readonly (EntityField | UnanswerableField)[] = [
  { subject: 'type', names: ['type'], type: 'choice', operators: identity, oneOf: ['ACCOUNT', 'USER', '1', '2'] },
  { subject: 'isAdmin', names: ['isAdmin'], type: 'choice', operators: identity, oneOf: flags },
  { subject: 'entity', names: ['entity'], type: 'entity', operators: identity },
  { subject: 'userGroups', names: ['userGroups'], type: 'group', operators: identity },
  { subject: 'app', names: ['app', 'service'], type: 'integer', operators: identity },
  { subject: 'instance', names: ['instance'], type: 'integer', operators: identity },
  { subject: 'isExternal', names: ['isExternal', 'affiliation'], type: 'choice', operators: identity, oneOf: flags },
  {
    subject: 'domain',
    names: ['domain'],
    type: 'text',
    operators: [...identity, 'isset', 'isnotset'],
    letterCase: 'lower',
  },
  // Ours: the documented service has no way to look for a part of a name.
  {
    subject: 'userName',
    names: ['username'],
    type: 'text',
    operators: [...identity, ...wording],
    letterCase: 'lower',
    isScanned: true,
  },
  { subject: 'status', names: ['status'], type: 'integer', operators: identity, oneOf: [0, 1, 2, 3, 4] },
  { names: ['organization'], type: 'unanswerable' },
];
