// What files can be filtered by (cloud-apps reference 2.7).
import type { FilterableField, UnanswerableField } from '../activities/filters.ts';

export interface FileField extends FilterableField {
  readonly subject:
    | 'appId'
    | 'instance'
    | 'fileType'
    | 'allowDeleted'
    | 'trashed'
    | 'folder'
    | 'name'
    | 'modifiedAt'
    | 'createdAt'
    | 'collaborator'
    | 'collaborators'
    | 'domains'
    | 'groups'
    | 'owner'
    | 'ownerName'
    | 'sharing'
    | 'fileId'
    | 'label'
    | 'extension';
}

const identity = ['eq', 'neq'] as const;
const presence = ['isset', 'isnotset'] as const;
const times = ['lte', 'gte', 'range', 'lte_ndays', 'gte_ndays'] as const;
const wording = [
  'contains',
  'ncontains',
  'startswith',
  'doesnotstartwith',
  'endswith',
  'startswithsingle',
  'text',
] as const;

export const fileFields: readonly (FileField | UnanswerableField)[] = [
  { subject: 'appId', names: ['service'], type: 'integer', operators: identity },
  { subject: 'instance', names: ['instance'], type: 'integer', operators: identity },
  { subject: 'fileType', names: ['fileType'], type: 'integer', operators: identity, oneOf: [0, 1, 2, 3, 4, 5, 6] },
  { subject: 'allowDeleted', names: ['allowDeleted'], type: 'flag', operators: ['eq'] },
  { subject: 'trashed', names: ['trashed'], type: 'flag', operators: ['eq'] },
  { subject: 'folder', names: ['folder'], type: 'flag', operators: ['eq'] },
  {
    subject: 'name',
    names: ['filename'],
    type: 'text',
    operators: [...identity, ...wording],
    letterCase: 'lower',
    isScanned: true,
  },
  { subject: 'modifiedAt', names: ['modifiedDate'], type: 'time', operators: times },
  { subject: 'createdAt', names: ['createdDate'], type: 'time', operators: times },
  { subject: 'collaborator', names: ['collaborators.entity'], type: 'entity', operators: identity },
  { subject: 'collaborators', names: ['collaborators.users'], type: 'set', operators: identity },
  {
    subject: 'domains',
    names: ['collaborators.withDomain', 'collaborators.domains'],
    type: 'set',
    operators: [...identity, 'deq'],
  },
  { subject: 'groups', names: ['collaborators.groups'], type: 'set', operators: identity },
  { subject: 'owner', names: ['owner.entity'], type: 'entity', operators: identity },
  { subject: 'ownerName', names: ['owner.username'], type: 'text', operators: identity, letterCase: 'lower' },
  { subject: 'sharing', names: ['sharing'], type: 'integer', operators: identity, oneOf: [0, 1, 2, 3, 4] },
  { subject: 'fileId', names: ['fileId'], type: 'text', operators: identity, letterCase: 'lower' },
  {
    subject: 'label',
    names: ['fileLabels'],
    type: 'set',
    operators: [...identity, ...presence],
  },
  { subject: 'extension', names: ['extension'], type: 'text', operators: identity, letterCase: 'lower' },
  ...[
    'policy',
    'owner.orgUnit',
    'fileScanLabels',
    'mimeType',
    'parentFolder',
    'quarantined',
    'snapshotLastModifiedDate',
  ].map((each) => ({ names: [each], type: 'unanswerable' }) as const),
];
