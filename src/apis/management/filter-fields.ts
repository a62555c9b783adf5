// The tables of filters, as the grammar of the cloud-apps surface knows them (cloud-apps reference 2.2).
import {
  type FilterableField,
  type Operator,
  scannedWordsMax,
  type UnanswerableField,
} from '../../activities/filters.ts';
import type { Type } from '../../lib/schema.ts';
import { type FilteredRecords, type FilterField, FilterFields, FilterFieldsParams } from './filter-fields-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

/** `GET /filter-fields/{records}`: fields, their operators and what these take. The same for everybody. */
export function filterFieldRoutes(app: ManagementApp): void {
  const schema = { params: FilterFieldsParams, response: { 200: FilterFields } };
  app.get('/filter-fields/:records', { schema }, async (request) => {
    const { config } = await personCtx(request);
    const fields = await fieldsOf(request.params.records);
    const isScanned = fields.some((field) => field.type !== 'unanswerable' && field.isScanned);
    const wordsMax = isScanned ? scannedWordsMax : null;
    return { fields: fields.flatMap(described), valuesMax: config.filterValuesMax, wordsMax };
  });
}

async function fieldsOf(records: FilteredRecords): Promise<readonly (FilterableField | UnanswerableField)[]> {
  switch (records) {
    case 'activities':
      return (await import('../../activities/filters.ts')).activityFields;
    case 'activity-policies': {
      const { activityFields } = await import('../../activities/filters.ts');
      const { isCircular } = await import('../../policies/policy-input.ts');
      return activityFields.filter((field) => !isCircular(field));
    }
    case 'alerts':
      return (await import('../cloud-apps/alert-filters.ts')).alertFields;
    case 'app-policies':
      return (await import('../../discovery/reports/app-fields.ts')).appFactFields;
    case 'entities':
      return (await import('../../entities/filters.ts')).entityFields;
    case 'files':
      return (await import('../../files/filters.ts')).fileFields;
  }
}

/** As it is told; nothing of a field that our records cannot answer. */
function described(field: FilterableField | UnanswerableField): Type.Static<typeof FilterField>[] {
  if (field.type === 'unanswerable') return [];
  const [name = '', ...otherNames] = field.names;
  // Numbers are compared as times are (app-fields.ts), but no days are counted from them.
  const values = field.type === 'time' && !field.operators.includes('gte_ndays') ? 'number' : field.type;
  const operators = field.operators.map((each) => ({ name: each, takes: operands[each] }));
  return [{ name, otherNames, values, oneOf: [...(field.oneOf ?? [])], operators }];
}

const operands = {
  eq: 'values',
  neq: 'values',
  deq: 'values',
  contains: 'texts',
  ncontains: 'texts',
  startswith: 'texts',
  doesnotstartwith: 'texts',
  endswith: 'texts',
  startswithsingle: 'texts',
  text: 'texts',
  gt: 'value',
  gte: 'value',
  lt: 'value',
  lte: 'value',
  range: 'ranges',
  gte_ndays: 'days',
  lte_ndays: 'days',
  isset: 'flag',
  isnotset: 'flag',
} as const satisfies Record<Operator, string>;
