// `parse` and `parse-where`: one regular expression with a group for every column, matched once a row.
// https://learn.microsoft.com/kusto/query/parse-operator
//
// - A row that does not match stays, with '' or null; parse-where drops it.
// - In the kinds simple and regex one column that cannot be read as its type makes the whole row one that does not match;
//   relaxed reads each column by itself.
// - In simple and relaxed a column takes as little as it can and the pattern reaches both ends of the text; before a `*` a
//   typed column takes what has its type's shape. In regex a string takes as much as it can, a typed column its shape.
import type { KqlType, ParsePart, Rel, Span, Special } from '../../ir.ts';
import { columnsIn } from '../../passes/walk.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, type Cell, hidden, isAtomic, seal, sealIf } from '../block.ts';
import { applyFunction } from '../calls.ts';
import type { Context } from '../context.ts';
import { emitExpr, scopeOf } from '../expression.ts';
import { textAs } from '../values.ts';
import { escapePattern, withoutGroups } from './regex.ts';

type Parse = Extract<Special, { name: 'parse' }> & Rel;
type Details = Parse['details'];
type Capture = Extract<ParsePart, { kind: 'capture' }>;

const captureName = (index: number): string => hidden(`capture${index}`);

export function emitParse(special: Parse, context: Context): Block {
  const { details } = special;
  const captures = details.parts.flatMap((part) => (part.kind === 'capture' ? [part] : []));
  check(details, captures);
  const matched = matchBlock(context.emit(special.inputs[0]), details, captures, context);
  const read = readBlock(matched, captures, details.span, context);
  const cellOf = (name: string): string => read.cells.get(name)?.sql ?? 'NULL';
  const typed = captures.flatMap((capture, index) => (capture.type === 'string' ? [] : [cellOf(captureName(index))]));
  const ok = [cellOf(hidden('matched')), ...typed.map((sql) => `${sql} is not null`)].join(' and ');
  const isOne = details.kind !== 'relaxed';
  const values = new Map(
    captures.map(({ name, type }, index): readonly [string, Cell] => {
      const sql = cellOf(captureName(index));
      if (!isOne || details.where || typed.length === 0) return [name, { sql, atomic: true }];
      return [name, { sql: `(CASE WHEN ${ok} THEN ${sql} ELSE ${context.sql.emptyValue(type)} END)`, atomic: false }];
    }),
  );
  const cells = special.columns.map(({ name }): readonly [string, Cell] => {
    const cell = values.get(name) ?? read.cells.get(name);
    if (!cell) throw new Unsupported(`the column ${name} of parse`, details.span);
    return [name, cell];
  });
  return { ...read, cells: new Map(cells), where: details.where ? [ok] : [], wraps: null };
}

function check({ kind, flags, where, parts, span }: Details, captures: readonly Capture[]): void {
  if (where && kind === 'relaxed') throw new Unsupported('parse-where kind=relaxed', span);
  if (flags !== '' && kind !== 'regex') throw new Unsupported(`parse kind=${kind} with flags`, span);
  if (/[^ismU]/.test(flags)) throw new Unsupported(`parse flags=${flags}`, span);
  if (new Set(captures.map(({ name }) => name)).size < captures.length)
    throw new Unsupported('parse with one column twice', span);
  parts.forEach((part, index) => {
    const next = parts[index + 1];
    if (part.kind === 'text' && part.text === '')
      throw new Unsupported('parse with an empty text in the pattern', span);
    if (part.kind !== 'capture' || !next || next.kind === 'text') return;
    const isClear = next.kind === 'star' && part.type !== 'string' && part.type !== 'dynamic';
    if (!isClear) throw new Unsupported('parse with nothing that ends a column', span);
  });
}

/** The captures as one struct, and whether the text matches at all. */
function matchBlock(input: Block, details: Details, captures: readonly Capture[], context: Context): Block {
  const isReady = input.limit === null && !input.frozen && isAtomic(input, columnsIn(details.on));
  const block = sealIf(!isReady, input, context);
  const text = emitExpr(details.on, scopeOf(block, context));
  const subject =
    details.on.type === 'string'
      ? text
      : applyFunction('tostring', [{ sql: text, type: details.on.type }], {
          type: 'string',
          span: details.span,
          context,
        });
  const pattern = patternOf(details);
  const groups = context.sql.captures;
  const cells = new Map(block.cells);
  cells.set(hidden('captures'), { sql: groups.all(subject, pattern, captures.length), atomic: false });
  // Where the pattern holds a text of its own, a match is never empty; else the match is asked for by itself.
  const isNeverEmpty = details.kind !== 'regex' && details.parts.some((part) => part.kind === 'text');
  if (!isNeverEmpty && groups.matchesText !== null)
    cells.set(hidden('matches'), { sql: groups.matchesText(subject, pattern), atomic: false });
  return seal({ ...block, cells }, context);
}

/** The captures as values of their types. */
function readBlock(block: Block, captures: readonly Capture[], span: Span, context: Context): Block {
  const all = block.cells.get(hidden('captures'))?.sql ?? 'NULL';
  const cells = new Map([...block.cells].filter(([name]) => name !== hidden('captures') && name !== hidden('matches')));
  const matches = block.cells.get(hidden('matches'));
  cells.set(hidden('matched'), matches ?? { sql: context.sql.captures.matches(all), atomic: false });
  const call = (type: KqlType) => ({ name: 'parse', type, span, now: '' });
  captures.forEach(({ type }, index) => {
    const text = context.sql.captures.one(all, index);
    if (type === 'decimal' || type === 'dynamic') throw new Unsupported(`parse of a ${type}`, span);
    const sql = type === 'string' ? text : textAs(text, type, call(type), context.dialect);
    cells.set(captureName(index), { sql, atomic: false });
  });
  return seal({ ...block, cells }, context);
}

function patternOf(details: Details): string {
  const { kind, flags, parts, span } = details;
  const pieces = parts.map((part, index) => {
    if (part.kind === 'star') return '.*?';
    if (part.kind === 'text') return kind === 'regex' ? withoutGroups(part.text, span) : escapePattern(part.text);
    return `(${captureOf(part, index, details)})`;
  });
  if (kind !== 'regex') return `(^${pieces.join('')}$)`;
  const [first] = parts;
  if (first?.kind === 'text' && !/^(?:\^|\.\*|\(\.\*)/.test(first.text)) {
    // Whether such a pattern may begin anywhere in the text is not documented.
    throw new Unsupported('parse kind=regex whose pattern does not begin with *', span);
  }
  return `${flags === '' ? '' : `(?${[...new Set(flags)].join('')})`}(${pieces.join('')})`;
}

const guid = '\\s*(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{32})';
/** What a typed column takes where nothing else ends it. */
const shapes: Readonly<Partial<Record<KqlType, string>>> = {
  bool: '\\s*(?:[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|[-+]?\\d+)',
  guid,
  int: '\\s*[-+]?\\d+',
  long: '\\s*[-+]?\\d+',
  real: '\\s*[-+]?(?:\\d+\\.?\\d*|\\.\\d+)',
};
/** The same in kind=regex, where they are narrower. */
const regexShapes: Readonly<Partial<Record<KqlType, string>>> = {
  bool: '\\s*(?i:true|false)',
  datetime:
    '\\s*(?:\\d{4}-\\d{1,2}-\\d{1,2}|\\d{1,2}/\\d{1,2}/\\d{1,4})(?:[Tt ]\\s*\\d{1,2}:\\d{1,2}(?::\\d{1,2}(?:\\.\\d*)?)?)?(?:[Zz]|[-+]\\d{1,2}(?::\\d{1,2})?)?',
  guid,
  int: '\\s*[-+]?\\d+',
  long: '\\s*[-+]?\\d+',
  real: '\\s*[-+]?\\d+(?:\\.\\d+)?',
  timespan: '\\s*-?(?:\\d+\\.\\d{1,2}:\\d{1,2}:\\d{1,2}|\\d{1,2}:\\d{1,2}(?::\\d{1,2})?)(?:\\.\\d*)?',
};

function captureOf({ type }: Capture, index: number, { kind, flags, parts, span }: Details): string {
  const next = parts[index + 1];
  if (kind === 'regex') {
    if (type === 'string') return '.*';
    const isTemporal = type === 'datetime' || type === 'timespan';
    if (isTemporal && (!next || flags.includes('U')))
      throw new Unsupported(`parse kind=regex of a ${type} at this place`, span);
    return regexShapes[type] ?? refuseShape(type, span);
  }
  if (next?.kind !== 'star') return '.*?';
  const shape = shapes[type] ?? refuseShape(type, span);
  return index + 1 === parts.length - 1 ? `(?:${shape})?` : shape;
}

function refuseShape(type: KqlType, span: Span): never {
  throw new Unsupported(`parse of a ${type} before *`, span);
}
