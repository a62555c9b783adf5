// Conditions on named texts, as filters of directory lists ask for them. Case does not count in them, as in the documented
// directory.

/** One test of one property. */
export type TextTerm<Name extends string> =
  | { readonly kind: 'equals'; readonly property: Name; readonly oneOf: readonly string[] }
  | { readonly kind: 'startsWith'; readonly property: Name; readonly text: string }
  /** The property is a list that has this entry. */
  | { readonly kind: 'hasEntry'; readonly property: Name; readonly entry: string };

export type TextCondition<Name extends string> =
  | { readonly kind: 'all' | 'any'; readonly of: readonly TextCondition<Name>[] }
  | { readonly kind: 'not'; readonly of: TextCondition<Name> }
  | TextTerm<Name>;

/** Whether the condition holds where `textOf` gives the text of a property, or its entries. */
export function holds<Name extends string>(
  condition: TextCondition<Name>,
  textOf: (property: Name) => string | readonly string[],
): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((each) => holds(each, textOf));
    case 'any':
      return condition.of.some((each) => holds(each, textOf));
    case 'not':
      return !holds(condition.of, textOf);
    case 'equals':
      return condition.oneOf.some((text) => entriesOf(textOf(condition.property)).includes(fold(text)));
    case 'startsWith':
      return entriesOf(textOf(condition.property)).some((text) => text.startsWith(fold(condition.text)));
    case 'hasEntry':
      return entriesOf(textOf(condition.property)).includes(fold(condition.entry));
  }
}

function entriesOf(value: string | readonly string[]): string[] {
  return (typeof value === 'string' ? [value] : value).map(fold);
}

const fold = (text: string): string => text.toLowerCase();
