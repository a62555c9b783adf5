// The query options of OData (4.01 URL conventions, section 5): which ones a route takes, and what they say. An option
// that the route does not take is refused by name, because ignoring it would give a wrong answer that looks right.
import { ODataProblem, shown } from './problem.ts';

export type OptionName =
  | '$filter'
  | '$top'
  | '$skip'
  | '$skiptoken'
  | '$orderby'
  | '$select'
  | '$expand'
  | '$count'
  | '$search';

export interface OptionBounds {
  readonly topMax: number;
  readonly skipMax: number;
}

export interface QueryOptions {
  /** Not parsed: see parseFilter. */
  readonly filter: string | undefined;
  readonly top: number | undefined;
  readonly skip: number | undefined;
  readonly skipToken: string | undefined;
  readonly orderBy: readonly { readonly property: string; readonly direction: 'asc' | 'desc' }[];
  /** Empty when the option did not come. */
  readonly select: readonly string[];
  readonly expand: string | undefined;
  readonly count: boolean;
  readonly search: string | undefined;
}

/**
 * Reads the parsed query string. Names count in any case; an option may come once. Throws an ODataProblem for options
 * other than `allowed`, and for values that are none.
 */
export function readQueryOptions(
  query: unknown,
  allowed: readonly OptionName[],
  { topMax, skipMax }: OptionBounds,
): QueryOptions {
  const given = new Map<OptionName, string>();
  for (const [name, value] of Object.entries(query ?? {})) {
    const option = allowed.find((each) => each === name.toLowerCase());
    if (option === undefined) throw unknownOption(name, allowed);
    if (typeof value !== 'string' || given.has(option)) {
      throw new ODataProblem(option, `The query option ${option} is given more than once.`);
    }
    given.set(option, value);
  }
  return {
    filter: given.get('$filter'),
    top: wholeNumber('$top', given.get('$top'), topMax),
    skip: wholeNumber('$skip', given.get('$skip'), skipMax),
    skipToken: given.get('$skiptoken'),
    orderBy: orderBy(given.get('$orderby')),
    select: names('$select', given.get('$select')),
    expand: given.get('$expand'),
    count: flag('$count', given.get('$count')),
    search: given.get('$search'),
  };
}

function unknownOption(name: string, allowed: readonly OptionName[]): ODataProblem {
  const meant = allowed.find((each) => each === `$${name.toLowerCase()}`);
  const advice = meant === undefined ? `There are ${allowed.join(', ')}.` : `Did you mean ${meant}?`;
  return new ODataProblem(shown(name), `The query option ${shown(name)} is not supported here. ${advice}`);
}

function wholeNumber(option: OptionName, text: string | undefined, maximum: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw new ODataProblem(option, `${option} must be a whole number, not "${shown(text)}".`);
  }
  const value = Number(text);
  if (value > maximum) throw new ODataProblem(option, `The limit of ${maximum} for ${option} is exceeded: ${text}.`);
  return value;
}

const namePattern = /^[A-Za-z_@][\w.@]*(\/[A-Za-z_][\w.]*)*$/;
const namesMax = 100;

function names(option: OptionName, text: string | undefined): string[] {
  if (text === undefined) return [];
  const list = text.split(',').map((each) => each.trim());
  const wrong = list.find((each) => !namePattern.test(each));
  if (wrong !== undefined) {
    throw new ODataProblem(option, `${option} must list properties, separated by commas; "${shown(wrong)}" is none.`);
  }
  if (list.length > namesMax) throw new ODataProblem(option, `${option} names more than ${namesMax} properties.`);
  return list;
}

function orderBy(text: string | undefined): QueryOptions['orderBy'] {
  if (text === undefined) return [];
  return text.split(',').map((part) => {
    const [property = '', word = 'asc', ...rest] = part.trim().split(/\s+/);
    const direction = word.toLowerCase();
    if (!namePattern.test(property) || (direction !== 'asc' && direction !== 'desc') || rest.length > 0) {
      throw new ODataProblem('$orderby', `$orderby must be properties with asc or desc, not "${shown(part.trim())}".`);
    }
    return { property, direction };
  });
}

function flag(option: OptionName, text: string | undefined): boolean {
  const value = text?.toLowerCase() ?? 'false';
  if (value !== 'true' && value !== 'false') throw new ODataProblem(option, `${option} must be true or false.`);
  return value === 'true';
}
