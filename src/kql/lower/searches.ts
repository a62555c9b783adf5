// search and find: one condition over many tables. Each table is filtered by itself, so that only its own columns are
// looked at; then its rows get the columns of the result.
import type { Column, Expr, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { literal } from './literals.ts';
import type { Lowering, Scope } from './lowering.ts';
import { columnExpr, columnsOf, describe, findColumn, parametersOf } from './nodes.ts';
import { type Branch, branchesOf, columnIn, sourceName, tableBranch } from './unions.ts';

export function lowerSearchSource(node: Node, scope: Scope, lowering: Lowering): Rel {
  return lowerSearch(branchesIn(node, scope, lowering), node, scope, lowering);
}

export function lowerSearchAfter(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  if (node.maybe('InClause')) return lowering.refuse(describe(node), node);
  return lowerSearch([{ rel: input, source: sourceName(input) }], node, scope, lowering);
}

/** The tables of `in (…)`, or every table of the catalogue and every view of `let`. */
function branchesIn(node: Node, scope: Scope, lowering: Lowering): readonly Branch[] {
  const clause = node.maybe('InClause');
  if (clause) return clause.list('Expressions').flatMap((each) => branchesOf(each, scope, lowering));
  const views = [...scope.env].flatMap(([source, binding]): Branch[] =>
    binding.kind === 'function' && binding.view ? [{ rel: binding.view(), source }] : [],
  );
  return [...lowering.catalogue.tables.map(({ name }) => tableBranch(name, node, lowering)), ...views];
}

function lowerSearch(branches: readonly Branch[], node: Node, scope: Scope, lowering: Lowering): Rel {
  const written = parametersOf(node, ['kind'], lowering).get('kind')?.source.toLowerCase() ?? 'default';
  const isCaseSensitive = written === 'case_sensitive';
  if (!isCaseSensitive && written !== 'default' && written !== 'case_insensitive') {
    return lowering.refuse(`search kind=${written}`, node);
  }
  if (node.maybe('DataScope')) return lowering.refuse(describe(node), node);
  return filteredUnion(branches, node, scope, lowering, isCaseSensitive);
}

/** `find` with its columns said; without, it packs what is left into a bag, whose contents are not documented enough. */
export function lowerFind(node: Node, scope: Scope, lowering: Lowering): Rel {
  const parameters = parametersOf(node, ['withsource'], lowering);
  const columns = columnsOf(node, lowering);
  const source = parameters.get('withsource')?.source ?? 'source_';
  if (!node.maybe('Project') || columns.some(({ name }) => name === 'pack_')) {
    return lowering.refuse('find without project', node);
  }
  if (node.maybe('DataScope') || node.maybe('ProjectAway') || columns[0]?.name !== source) {
    return lowering.refuse(describe(node), node);
  }
  return filteredUnion(branchesIn(node, scope, lowering), node, scope, lowering, false);
}

function filteredUnion(
  branches: readonly Branch[],
  node: Node,
  scope: Scope,
  lowering: Lowering,
  isCaseSensitive: boolean,
): Rel {
  const columns = columnsOf(node, lowering);
  const rest = columns.slice(1);
  // A condition may name a column that the result has not and that only some of the tables have.
  const all = new Map([...branches.flatMap(({ rel }) => rel.columns), ...rest].map((each) => [each.name, each]));
  const inputs = branches.map(({ rel, source }) => {
    if (source === '') return lowering.refuse(`${describe(node)} in a table without a name`, node);
    const search: Search = { columns: rel.columns, all: [...all.values()], isCaseSensitive, scope, lowering };
    const predicate = conditionOf(node.get('Condition'), search);
    const filtered: Rel = { op: 'filter', input: rel, predicate, columns: rel.columns };
    return { rel: filtered, from: [literal('string', source), ...rest.map((each) => columnIn(rel, each, rest))] };
  });
  return inputs.length === 0 ? lowering.refuse(describe(node), node) : { op: 'union', inputs, columns };
}

interface Search {
  readonly columns: readonly Column[];
  readonly all: readonly Column[];
  readonly isCaseSensitive: boolean;
  readonly scope: Scope;
  readonly lowering: Lowering;
}

/** `"term"`, `column:"term"`, `*`, conditions as in `where`, and all of them joined. */
function conditionOf(node: Node, search: Search): Expr {
  const { lowering } = search;
  const both = (name: string): Expr =>
    call(name, [conditionOf(node.get('Left'), search), conditionOf(node.get('Right'), search)], node, search);
  if (node.kind === 'ParenthesizedExpression') return conditionOf(node.get('Expression'), search);
  if (node.kind === 'AndExpression') return both('and');
  if (node.kind === 'OrExpression') return both('or');
  if (node.kind === 'StarExpression') return literal('bool', true);
  const term = node.stringValue;
  if (term !== undefined) return termInAny(term, node, search);
  if (node.kind === 'SearchExpression') {
    const left = node.get('Left');
    const value = node.get('Right').stringValue;
    if (left.kind !== 'NameReference' || value === undefined) return lowering.refuse(describe(node), node);
    const column = findColumn(left.symbol?.name ?? left.simpleName, search.columns);
    if (!column) return literal('bool', false);
    if (column.type !== 'string' && column.type !== 'dynamic') return lowering.refuse(describe(node), node);
    return termIn(textOf(column, node, search), value, node, search);
  }
  if (node.maybe('Left')?.kind === 'StarExpression') return lowering.refuse(describe(node), node);
  const scope: Scope = { ...search.scope, columns: search.columns, absent: search.all };
  return lowering.expr(node, scope);
}

function call(name: string, operands: readonly Expr[], node: Node, { lowering }: Search): Expr {
  return { kind: 'call', type: 'bool', name, operands, span: lowering.place(node) };
}

/** Operators over text that `*` may stand before: the row is one in which any column has it. */
const anyOperators: ReadonlySet<string> = new Set([
  'contains',
  'contains_cs',
  'endswith',
  'endswith_cs',
  'has',
  'has_cs',
  'hasprefix',
  'hasprefix_cs',
  'hassuffix',
  'hassuffix_cs',
  'startswith',
  'startswith_cs',
]);

/** `* has "term"`. */
export function lowerStar(node: Node, scope: Scope, lowering: Lowering): Expr {
  const name = node.get('Operator').token.toLowerCase();
  const term = node.get('Right').stringValue;
  if (!scope.columns || term === undefined || !anyOperators.has(name)) return lowering.refuse(describe(node), node);
  const search: Search = { columns: scope.columns, all: [], isCaseSensitive: false, scope, lowering };
  const isWithinRow = name.startsWith('contains') || name.startsWith('has');
  return inAny(term, node, search, isWithinRow, (text) => call(name, [text, literal('string', term)], node, search));
}

/** Text that a number, time, guid or bool could be written as. */
const couldBeValue = /^[\s\d.,:+\-*a-ftz]*$|^(true|false|null|nan|inf)$/i;

function termInAny(term: string, node: Node, search: Search): Expr {
  return inAny(term, node, search, true, (text) => termIn(text, term, node, search));
}

/** U+001F, the unit separator of ASCII: no part of a term, so what is found in a row's texts is found in one of them. */
const separator = '\u001f';

/**
 * Any column's text passes. Where what is looked for is within a text, not at its ends, all texts of the row are looked
 * through as one: each test for terms costs the engine some ms before it has read a row, and there are 1,600 columns.
 */
function inAny(term: string, node: Node, search: Search, isWithinRow: boolean, test: (text: Expr) => Expr): Expr {
  const isText = (column: Column): boolean => column.type === 'string' || column.type === 'dynamic';
  // Whether the service looks for terms in the text of other types is not documented; where it cannot matter, it is not asked.
  if (couldBeValue.test(term) && !search.columns.every(isText)) {
    return search.lowering.refuse(`The term ${describe(node)} in columns that are not text`, node);
  }
  const texts = search.columns.filter(isText).map((column) => textOf(column, node, search));
  if (isWithinRow && texts.length > 1 && !term.includes(separator)) {
    const operands = [literal('string', separator), ...texts];
    return test({ kind: 'call', type: 'string', name: 'strcat_delim', operands, span: search.lowering.place(node) });
  }
  const [first, ...rest] = texts.map(test);
  if (!first) return literal('bool', false);
  return rest.reduce((before, each) => call('or', [before, each], node, search), first);
}

/** A term is looked for as `has` does; stars at its ends make it the start, the end or any part of a term. */
function termIn(text: Expr, term: string, node: Node, search: Search): Expr {
  const { lowering, isCaseSensitive } = search;
  const [, before = '', body = '', after = ''] = /^(\*?)(.*?)(\*?)$/s.exec(term) ?? [];
  if (body === '' && (before !== '' || after !== '')) return literal('bool', true);
  if (body.includes('*')) return lowering.refuse(`A star within the term ${describe(node)}`, node);
  const name = before && after ? 'contains' : before ? 'hassuffix' : after ? 'hasprefix' : 'has';
  const cased = isCaseSensitive ? `${name}_cs` : name;
  return call(cased, [text, literal('string', body)], node, search);
}

function textOf(column: Column, node: Node, { lowering }: Search): Expr {
  const value = columnExpr(column);
  if (column.type === 'string') return value;
  return { kind: 'call', type: 'string', name: 'tostring', operands: [value], span: lowering.place(node) };
}
