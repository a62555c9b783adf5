// What the descriptions of the graph surface share.
import type { Permission } from '../../access/permissions.ts';
import { collectionOf, entityOf, optionsOf } from '../odata/described.ts';
import type { OptionName } from '../odata/query-options.ts';
import type { DescribedCall, DescribedCalls, Schema } from '../openapi/described.ts';
import { ok } from '../openapi/shapes.ts';

const listOptions: readonly OptionName[] = ['$filter', '$select', '$top', '$count', '$skiptoken'];

interface ListParts {
  readonly permission?: Permission;
  /** Properties that $filter can name; none: it cannot be filtered. */
  readonly filter?: readonly string[];
  readonly more?: readonly OptionName[];
  readonly said?: Readonly<Partial<Record<OptionName, string>>>;
}

export function listOf(
  summary: string,
  item: Schema,
  { permission, filter = [], more = [], said }: ListParts = {},
): DescribedCall {
  const names = [...listOptions.filter((name) => name !== '$filter' || filter.length > 0), ...more];
  return {
    summary,
    ...(permission === undefined ? {} : { permission }),
    query: optionsOf(names, { ...(filter.length > 0 ? { $filter: `By ${filter.join(', ')}` } : {}), ...said }),
    answers: ok(collectionOf(item)),
  };
}

export function oneOf(summary: string, item: Schema, permission?: Permission): DescribedCall {
  return {
    summary,
    ...(permission === undefined ? {} : { permission }),
    query: optionsOf(['$select']),
    answers: ok(entityOf(item)),
  };
}

/** `list` at the path, and one below it by id. */
export function readCalls(path: string, list: DescribedCall, one: DescribedCall): DescribedCalls {
  return { [`GET ${path}`]: list, [`GET ${path}/{id}`]: one };
}

export function made(item: Schema): DescribedCall['answers'] {
  return { 201: { description: 'The new object.', schema: entityOf(item) } };
}
