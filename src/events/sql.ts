// SQL as a value: text with a "?" for every bound value, and the values in the order of their marks. Pieces compose;
// nothing that came from outside is ever part of the text.

/** A list is bound as one value; `uuid` is the 36-character text of a UUID column's value. */
export type SqlValue = string | number | boolean | readonly string[] | { readonly uuid: string };

export interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** The piece that a template spells: pieces inside it are put in place, everything else is bound. */
export function sql(parts: TemplateStringsArray, ...inserted: readonly (Sql | SqlValue)[]): Sql {
  let text = parts[0] ?? '';
  const values: SqlValue[] = [];
  inserted.forEach((each, index) => {
    if (isSql(each)) {
      text += each.text;
      values.push(...each.values);
    } else {
      text += '?';
      values.push(each);
    }
    text += parts[index + 1] ?? '';
  });
  return { text, values };
}

function isSql(value: Sql | SqlValue): value is Sql {
  return typeof value === 'object' && 'text' in value;
}

/** A name of the catalogue, quoted. Only for names that this program spells itself. */
export function name(identifier: string): Sql {
  return { text: `"${identifier}"`, values: [] };
}

export const never: Sql = { text: 'false', values: [] };
export const always: Sql = { text: 'true', values: [] };

function join(pieces: readonly Sql[], word: string): Sql {
  return {
    text: pieces.map((piece) => `(${piece.text})`).join(` ${word} `),
    values: pieces.flatMap((piece) => piece.values),
  };
}

/** All of the conditions; true when there are none. */
export function and(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? always : join(conditions, 'and');
}

/** Any of the conditions; false when there are none. */
export function or(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? never : join(conditions, 'or');
}

/** True also where the condition is neither true nor false, that is where the column holds nothing. */
export function notTrue(condition: Sql): Sql {
  return sql`coalesce(not (${condition}), true)`;
}
