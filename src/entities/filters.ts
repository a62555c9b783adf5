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
    | 'status';
}

const identity = ['eq', 'neq'] as const;
const flags = ['TRUE', 'FALSE'];

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
  { subject: 'status', names: ['status'], type: 'integer', operators: identity, oneOf: [0, 1, 2, 3, 4] },
  { names: ['organization'], type: 'unanswerable' },
];
