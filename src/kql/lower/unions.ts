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
      branches.some(({ rel }) => rel.columns.some((each) => each.name === name && each.type === type));
    const strange = columns.find((column) => !isThere(column));
    if (strange) return lowering.refuse(`The column ${strange.name} of a table that is missing`, node);
  }
  const inputs = branches.map(({ rel, source: name }) => {
    const rest = columns.slice(isNamed ? 1 : 0).map((column) => columnIn(rel, column, columns));
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
    if (names) return names.map((each) => tableBranch(each, node, lowering));
  }
  if (isMissing(node, scope)) return [];
  const rel = lowering.rel(node, { env: scope.env, columns: null });
  return [{ rel, source: sourceName(rel) }];
}

/**
 * Whether rows come from a name that is nothing: the binder lets it through only where `isfuzzy=true` says that tables
 * may be missing.
 */
function isMissing(node: Node, scope: Scope): boolean {
  let source = node;
  while (source.kind === 'ParenthesizedExpression' || source.kind === 'PipeExpression')
    source = source.get('Expression');
  return source.kind === 'NameReference' && !source.symbol && !scope.env.has(source.simpleName);
}

export function tableBranch(name: string, node: Node, lowering: Lowering): Branch {
  const table = lowering.catalogue.tables.find((each) => each.name === name);
  if (!table) return lowering.refuse(`The table ${name}`, node);
  return { rel: { op: 'table', table: name, span: lowering.place(node), columns: table.columns }, source: name };
}

/** `withsource` names stored tables; what it says of others is an internal name that nobody can rely on. */
export function sourceName(rel: Rel): string {
  if (rel.op === 'table') return rel.table;
  if (rel.op === 'filter' || rel.op === 'sort' || rel.op === 'take' || rel.op === 'shared')
    return sourceName(rel.input);
  return '';
}
