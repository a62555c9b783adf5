// union, before or after a pipe.
import type { Column, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { literal, nullOf } from './literals.ts';
import type { Lowering, Scope } from './lowering.ts';
import { columnsOf, describe, parametersOf } from './nodes.ts';

export interface Branch {
  readonly rel: Rel;
  /** What `withsource` says of its rows. */
  readonly source: string;
}

/** `union` as a source: its tables only. */
export function lowerUnionSource(node: Node, scope: Scope, lowering: Lowering): Rel {
  return lowerUnion([], node, scope, lowering);
}

/** `T | union U`: what comes in is the first table. */
export function lowerUnionAfter(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  return lowerUnion([{ rel: input, source: sourceName(input) }], node, scope, lowering);
}

function lowerUnion(before: readonly Branch[], node: Node, scope: Scope, lowering: Lowering): Rel {
  const parameters = parametersOf(node, ['kind', 'isfuzzy', 'withsource'], lowering);
  const withSource = parameters.get('withsource')?.source.replace(/^\[?["']?|["']?\]?$/g, '');
  const columns = columnsOf(node, lowering);
  const branches = [...before, ...node.list('Expressions').flatMap((each) => branchesOf(each, scope, lowering))];
  // A branch without a table is a missing one that `isfuzzy=true` allows; with no branch left there is nothing to read.
  if (branches.length === 0) return lowering.refuse(describe(node), node);
  const [source] = columns;
  const isNamed = withSource !== undefined && source?.name === withSource;
  if (withSource !== undefined && !isNamed) return lowering.refuse(`The column ${withSource} of union`, node);
  if (node.list('Expressions').some((each) => isMissing(each, scope))) {
    // The binder counts the columns that a missing table would be left with, which the service does not give.
    const isThere = ({ name, type }: Column): boolean =>
      (isNamed && name === withSource) ||
      branches.some(({ rel }) => typeof columnIn(rel, { name, type }, columns) === 'string');
    for (const column of columns.filter((each) => !isThere(each))) {
      const plain = column.name.replace(new RegExp(`_${column.type}$`), '');
      // Its type would have split the column of a table that is there.
      if (branches.some(({ rel }) => rel.columns.some(({ name }) => name === plain || name === column.name)))
        return lowering.refuse(`The column ${column.name} of a table that is missing`, node);
      lowering.unasked.add(column.name);
      lowering.missing.add(column.name);
    }
  }
  const filled = columns.slice(isNamed ? 1 : 0);
  const kind = parameters.get('kind')?.source.toLowerCase() ?? 'outer';
  if (kind !== 'outer' && kind !== 'inner') return lowering.refuse(`union kind=${kind}`, node);
  // Of `kind=inner`, too, the binder counts every column, where the service gives those that all tables have.
  const isCommon = ({ name, type }: Column): boolean =>
    branches.every(({ rel }) => rel.columns.some((each) => each.name === name && each.type === type));
  if (kind === 'inner') for (const each of filled) if (!isCommon(each)) lowering.unasked.add(each.name);
  // A name made for one type, as `x_long`, may be another column's own name; then the binder numbers one of the two.
  const empty = filled.find(
    (column) =>
      !lowering.missing.has(column.name) &&
      branches.every(({ rel }) => typeof columnIn(rel, column, columns) !== 'string'),
  );
  if (empty) return lowering.refuse(`The column ${empty.name} of union, whose name several columns would have,`, node);
  const inputs = branches.map(({ rel, source: name }) => {
    const rest = filled.map((column) => columnIn(rel, column, columns));
    return { rel, from: isNamed ? [literal('string', name), ...rest] : rest };
  });
  return { op: 'union', inputs, columns };
}

/** Which column of a branch fills a column of the union; columns of one name and several types are `name_type`. */
export function columnIn(rel: Rel, column: Column, all: readonly Column[]): string | ReturnType<typeof nullOf> {
  const same = rel.columns.find(({ name, type }) => name === column.name && type === column.type);
  if (same) return same.name;
  const suffix = `_${column.type}`;
  if (!column.name.endsWith(suffix)) return nullOf(column.type);
  const plain = column.name.slice(0, -suffix.length);
  const isSplit = !all.some(({ name }) => name === plain);
  const found = rel.columns.find(({ name, type }) => isSplit && name === plain && type === column.type);
  return found ? found.name : nullOf(column.type);
}

export function branchesOf(node: Node, scope: Scope, lowering: Lowering): Branch[] {
  const isName = node.kind === 'NameReference';
  if (isName && !scope.env.has(node.simpleName)) {
    const names = node.wildcardTables;
    // The binder finds tables of that name only, where the service finds views as well.
    if (names && isViewLike(node.source, scope))
      return lowering.refuse(`The view that ${describe(node)} stands for`, node);
    if (names) return names.map((each) => tableBranch(each, node, lowering));
  }
  if (isMissing(node, scope)) return [];
  const rel = lowering.rel(node, { env: scope.env, columns: null });
  return [{ rel, source: viewName(node, scope) ?? sourceName(rel) }];
}

/** Whether a pattern of names, as `Device*`, fits a view of `let`. */
function isViewLike(pattern: string, { env }: Scope): boolean {
  const parts = pattern.split('*').map((each) => each.replace(/[^\w]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return [...env].some(([name, each]) => each.kind === 'function' && each.view && expression.test(name));
}

/** The name of `let` that the rows come from, where nothing but operators of rows stands behind it. */
function viewName(node: Node, scope: Scope): string | undefined {
  const source = sourceOf(node);
  const call = source.kind === 'FunctionCallExpression' ? source.get('Name') : source;
  return call.kind === 'NameReference' && scope.env.has(call.simpleName) ? call.simpleName : undefined;
}

function sourceOf(node: Node): Node {
  let source = node;
  while (source.kind === 'ParenthesizedExpression' || source.kind === 'PipeExpression')
    source = source.get('Expression');
  return source;
}

/**
 * Whether rows come from a name that is nothing: the binder lets it through only where `isfuzzy=true` says that tables
 * may be missing.
 */
function isMissing(node: Node, scope: Scope): boolean {
  const source = sourceOf(node);
  return source.kind === 'NameReference' && !source.symbol && !scope.env.has(source.simpleName);
}

export function tableBranch(name: string, node: Node, lowering: Lowering): Branch {
  const table = lowering.catalogue.tables.find((each) => each.name === name);
  if (!table) return lowering.refuse(`The table ${name}`, node);
  return { rel: { op: 'table', table: name, span: lowering.place(node), columns: table.columns }, source: name };
}

/**
 * `withsource` names stored tables and what `as` names; what it says of others is an internal name that nobody can rely
 * on.
 */
export function sourceName(rel: Rel): string {
  if (rel.op === 'table') return rel.table;
  if (rel.op === 'shared' && rel.name !== undefined) return rel.name;
  if (rel.op === 'filter' || rel.op === 'sort' || rel.op === 'take' || rel.op === 'shared')
    return sourceName(rel.input);
  return '';
}
