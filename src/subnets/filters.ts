// What IP ranges can be filtered by (cloud-apps reference 2.6). They are few and read whole, so the conditions are checked
// here and never become SQL.
import type { FilterableField, FilterCondition } from '../activities/filters.ts';
import { findTag, type IpTag } from './ip-tags.ts';
import type { Subnet } from './rules.ts';

const identity = ['eq', 'neq'] as const;

export const subnetFields: readonly FilterableField[] = [
  {
    names: ['category'],
    type: 'integer',
    operators: identity,
    oneOf: [0, 1, 2, 3, 4, 5, 6],
  },
  { names: ['tags'], type: 'set', operators: identity },
  { names: ['builtIn'], type: 'flag', operators: identity },
];

/** Whether a range meets all conditions. Tags may be named by id or by name. */
export function subnetTest(
  conditions: readonly FilterCondition<FilterableField>[],
  tags: readonly IpTag[],
): (subnet: Pick<Subnet, 'category' | 'tags' | 'isBuiltIn'>) => boolean {
  const tests = conditions.map(({ field, test }) => {
    if (test.operator !== 'eq' && test.operator !== 'neq')
      throw new Error(`${test.operator} is no operator of ranges.`);
    const [subject] = field.names;
    const values = new Set(
      subject === 'tags' ? test.values.map((value) => findTag(tags, both(String(value)))?.id) : test.values,
    );
    const isWanted = test.operator === 'eq';
    return (subnet: Pick<Subnet, 'category' | 'tags' | 'isBuiltIn'>) => {
      const has =
        subject === 'tags'
          ? subnet.tags.some(({ id }) => values.has(id))
          : values.has(subject === 'category' ? subnet.category : subnet.isBuiltIn);
      return has === isWanted;
    };
  });
  return (subnet) => tests.every((test) => test(subnet));
}

const both = (text: string) => ({ id: text, name: text });
