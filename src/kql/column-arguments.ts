// `invoke FileProfile(SHA1)`: the service takes the name of a column there, which in KQL is a name of nothing, as `invoke`
// evaluates its arguments outside of any row. Such a name is bound as a text, which the lowering makes the column again.
import type { Catalogue, Span } from './ir.ts';

/** Code of the binder for a name that is not known. */
const unknownName = 'KS142';

/** Places of the names that stand where the catalogue's functions take columns, among those that the binder does not know. */
export function columnArguments(
  text: string,
  errors: readonly { readonly code: string; readonly span: Span }[],
  { functions = [] }: Catalogue,
): Span[] {
  const names = functions.filter(({ columnParameters = [] }) => columnParameters.length > 0).map(({ name }) => name);
  if (names.length === 0) return [];
  const before = new RegExp(`\\binvoke\\s+(?:${names.join('|')})\\s*\\(\\s*(?:\\w{1,100}\\s*=\\s*)?$`);
  return errors.flatMap(({ code, span: { start, length } }) => {
    const isName = /^\w+$/.test(text.slice(start, start + length));
    const isArgument = before.test(text.slice(Math.max(0, start - lookBack), start));
    return code === unknownName && isName && isArgument ? [{ start, length }] : [];
  });
}

/** Characters that the call up to its argument may take. */
const lookBack = 500;
