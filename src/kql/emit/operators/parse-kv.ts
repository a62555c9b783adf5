// `parse-kv`: https://learn.microsoft.com/kusto/query/parse-kv-operator. The pairs of the text are found by one expression,
// from left to right, so that a quoted value is passed over whole; the first pair with a key gives its value. Without
// delimiters each key is looked for by itself: whatever is neither letter nor digit separates.
import type { Rel, Special } from '../../ir.ts';
import { columnsIn } from '../../passes/walk.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, type Cell, hidden, isAtomic, seal, sealIf } from '../block.ts';
import { applyFunction } from '../calls.ts';
import type { Context } from '../context.ts';
import { emitExpr, scopeOf } from '../expression.ts';
import { textAs } from '../values.ts';
import { escapeClass, escapePattern, withoutGroups } from './regex.ts';

type ParseKv = Extract<Special, { name: 'parse-kv' }> & Rel;
type Details = ParseKv['details'];

export function emitParseKv(special: ParseKv, context: Context): Block {
  const { details } = special;
  const { on, keys, span } = details;
  if (details.greedy) throw new Unsupported('parse-kv with greedy', span);
  const input = context.emit(special.inputs[0]);
  const isReady = input.limit === null && !input.frozen && isAtomic(input, columnsIn(on));
  const block = withPairs(sealIf(!isReady, input, context), details, context);
  const cellOf = (name: string): string => block.cells.get(hidden(name))?.sql ?? 'NULL';
  const raw = (key: string): string => {
    if (isFree(details)) return context.sql.firstGroup(cellOf('text'), freePattern(key, details));
    return context.sql.pairs.value(cellOf('keys'), cellOf('values'), key);
  };
  const values = new Map(
    keys.map(({ name, type }): readonly [string, Cell] => {
      if (type === 'dynamic' || type === 'decimal') throw new Unsupported(`parse-kv of a ${type}`, span);
      const text = unquoted(raw(name), details, context);
      const sql =
        type === 'string' ? text : textAs(text, type, { name: 'parse-kv', type, span, now: '' }, context.dialect);
      return [name, { sql, atomic: false }];
    }),
  );
  const cells = special.columns.map(({ name }): readonly [string, Cell] => {
    const cell = values.get(name) ?? block.cells.get(name);
    if (!cell) throw new Unsupported(`the column ${name} of parse-kv`, span);
    return [name, cell];
  });
  return { ...block, cells: new Map(cells), wraps: null };
}

const isFree = ({ pairDelimiter, kvDelimiter, regex }: Details): boolean =>
  pairDelimiter === null && kvDelimiter === null && regex === null;

function withPairs(block: Block, details: Details, context: Context): Block {
  const { on, span } = details;
  const value = emitExpr(on, scopeOf(block, context));
  const text =
    on.type === 'string'
      ? value
      : applyFunction('tostring', [{ sql: value, type: on.type }], { type: 'string', span, context });
  const cells = new Map(block.cells);
  if (isFree(details)) {
    cells.set(hidden('text'), { sql: text, atomic: false });
    return seal({ ...block, cells }, context);
  }
  const pattern = details.regex === null ? pairPattern(details) : twoGroups(details.regex, span);
  const group = (number: 1 | 2, map: (item: string) => string): string =>
    context.sql.pairs.groups(text, pattern, number, map);
  cells.set(hidden('keys'), { sql: group(1, (p) => unquoted(p, details, context)), atomic: false });
  cells.set(hidden('values'), { sql: group(2, (p) => `trim(${p})`), atomic: false });
  return seal({ ...block, cells }, context);
}

/** A pattern of the user's own must have two groups that capture: the key and the value. */
function twoGroups(pattern: string, span: Details['span']): string {
  const groups = withoutGroups(pattern, span);
  const captured = pattern.length === 0 ? 0 : (groups.length - pattern.length) / 2;
  if (captured !== 2 || /\(\?P?</.test(pattern)) {
    throw new Unsupported('parse-kv with a regular expression that has not two plain groups', span);
  }
  return pattern;
}

/** `key=value` up to the next delimiter of pairs; a quoted value may hold delimiters. */
function pairPattern({ pairDelimiter, kvDelimiter, quote, escape: mark, span }: Details): string {
  if (pairDelimiter?.length !== 1 || kvDelimiter?.length !== 1) {
    throw new Unsupported('parse-kv with delimiters that are not one character each', span);
  }
  const outside = `[^${escapeClass(pairDelimiter)}${escapeClass(kvDelimiter)}]`;
  const value = `[^${escapeClass(pairDelimiter)}]*`;
  const text = quotedPattern(quote, mark);
  const key = text === null ? `${outside}+` : `\\s*${text}\\s*|${outside}+`;
  const either = text === null ? value : `\\s*${text}|${value}`;
  return `(${key})${escapePattern(kvDelimiter)}(${either})`;
}

function quotedPattern(quote: string | null, mark: string | null): string | null {
  if (quote === null) return null;
  const [open, close] = [quote.charAt(0), quote.charAt(quote.length - 1)];
  const none = mark === null ? '' : escapeClass(mark);
  const escaped = mark === null ? '' : `${escapePattern(mark)}(?s:.)|`;
  return `${escapePattern(open)}(?:${escaped}[^${escapeClass(close)}${none}])*${escapePattern(close)}`;
}

/** The value after a key, with anything but letters and digits in between. */
function freePattern(key: string, { quote, escape: mark }: Details): string {
  const text = quotedPattern(quote, mark);
  const between = quote === null ? '[^\\pL\\pN]+' : `[^\\pL\\pN${escapeClass(quote.charAt(0))}]+`;
  const value = text === null ? '[\\pL\\pN]+' : `${text}|[\\pL\\pN]+`;
  return `(?:^|[^\\pL\\pN])${escapePattern(key)}${between}(${value})`;
}

/** Without the quotes around it, what is escaped inside them as it is meant, and without spaces at both ends. */
function unquoted(sql: string, { quote, escape: mark }: Details, context: Context): string {
  const trimmed = `trim(${sql})`;
  if (quote === null) return trimmed;
  const quotes = { open: quote.charAt(0), close: quote.charAt(quote.length - 1) };
  const escaped = mark === null ? null : `${escapePattern(mark)}((?s:.))`;
  return context.sql.pairs.unquoted(trimmed, quotes, escaped);
}
