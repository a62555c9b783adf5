// Plugins: pivot, bag_unpack, rows_near, ipv4_lookup and ipv6_lookup. The first two have columns that depend on the data.
// A query says them (`: (a:long, …)`), or a first pass over the data finds them and the text is compiled again with them
// (two-pass.ts).
import type { Column, Expr, NamedExpr, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { foundColumnsMax } from '../two-pass.ts';
import { named, sourcesOf } from './joins.ts';
import { literal } from './literals.ts';
import { type Lowering, NeedsColumns, type Scope } from './lowering.ts';
import { argumentsOf, columnExpr, columnsOf, describe, findColumn, parametersOf } from './nodes.ts';

type Plugin = (input: Rel, node: Node, scope: Scope, lowering: Lowering) => Rel;

const plugins: Readonly<Record<string, Plugin>> = {
  bag_unpack: lowerBagUnpack,
  dcount_intersect: lowerIntersections,
  ipv4_lookup: lowerAddressLookup(4),
  ipv6_lookup: lowerAddressLookup(6),
  pivot: lowerPivot,
  rows_near: lowerRowsNear,
};

export function lowerEvaluate(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  const name = node.get('FunctionCall').get('Name').simpleName;
  const plugin = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
  return plugin ? plugin(input, node, scope, lowering) : lowering.refuse(`The plugin ${name}`, node);
}

/** Arguments by position, and those given by name. */
function splitArguments(node: Node): { readonly positional: Node[]; readonly named: ReadonlyMap<string, Node> } {
  const given = argumentsOf(node.get('FunctionCall'));
  const isNamed = (each: Node): boolean => each.kind === 'SimpleNamedExpression';
  return {
    positional: given.filter((each) => !isNamed(each)),
    named: new Map(given.filter(isNamed).map((each) => [each.get('Name').simpleName, each.get('Expression')])),
  };
}

function lowerPivot(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const { positional, named: options } = splitArguments(node);
  const [pivot, ...rest] = positional;
  if (!pivot || options.size > 0) return lowering.refuse(describe(node), node);
  const on = lowering.expr(pivot, scope);
  const span = lowering.place(node);
  const [first, ...others] = rest;
  const isAggregate = first?.kind === 'FunctionCallExpression';
  const aggregate: Expr = isAggregate
    ? lowering.expr(first, { ...scope, aggregates: true })
    : { kind: 'aggregate', type: 'long', name: 'count', operands: [], span };
  if (aggregate.kind !== 'aggregate') return lowering.refuse(describe(node), node);
  const listed = isAggregate ? others : rest;
  const by = listed.length > 0 ? listedColumns(listed, scope, lowering) : otherColumns(input, [on, aggregate]);
  if (!node.maybe('Schema')) {
    if (lowering.isInBody) return lowering.refuse('pivot without a schema in a function', node);
    const value: NamedExpr = {
      name: 'value',
      expr: { kind: 'call', type: 'string', name: 'tostring', operands: [on], span },
    };
    const columns: Column[] = [{ name: 'value', type: 'string' }];
    const query: Rel = { op: 'summarize', input, by: [value], outputs: [], extremes: [], columns };
    const fixed = by.map(({ name, expr }) => ({ name, type: expr.type }));
    throw new NeedsColumns({ plugin: 'pivot', query: bounded(query), fixed, type: aggregate.type }, node);
  }
  const columns = columnsOf(node, lowering);
  const groups = new Set(by.map(({ name }) => name));
  const found = lowering.foundFor(node);
  const keys = found
    ? found.keys.map(({ key, name }) => ({ value: key, name }))
    : columns.filter(({ name }) => !groups.has(name)).map(({ name }) => ({ value: name, name }));
  const made = new Map(keys.map((key) => [key.name, aggregate.type]));
  const isWhole = columns.every(({ name, type }) => groups.has(name) || made.get(name) === type);
  if (!isWhole || columns.length !== by.length + keys.length)
    return lowering.refuse(`The schema of ${describe(node)}`, node);
  return { op: 'special', name: 'pivot', inputs: [input], details: { on, aggregate, by, keys, span }, columns };
}

function listedColumns(nodes: readonly Node[], scope: Scope, lowering: Lowering): NamedExpr[] {
  return nodes.map((each) => {
    const expr = lowering.expr(each, scope);
    return expr.kind === 'column' ? { name: expr.name, expr } : lowering.refuse(describe(each), each);
  });
}

/** Every column but those that the expressions use. */
function otherColumns(input: Rel, used: readonly Expr[]): NamedExpr[] {
  const names = new Set(used.flatMap(columnNames));
  return input.columns
    .filter(({ name }) => !names.has(name))
    .map((each) => ({ name: each.name, expr: columnExpr(each) }));
}

function columnNames(expr: Expr): string[] {
  if (expr.kind === 'column') return [expr.name];
  return 'operands' in expr ? expr.operands.flatMap(columnNames) : [];
}

/** The first pass reads one row more than it may, so that too many are noticed. */
function bounded(query: Rel): Rel {
  const [column] = query.columns;
  const keys = column ? [{ expr: columnExpr(column), descending: false, nullsFirst: true }] : [];
  const sorted: Rel = { op: 'sort', input: query, keys, columns: query.columns };
  return { op: 'take', input: sorted, count: literal('long', BigInt(foundColumnsMax * 2 + 1)), columns: query.columns };
}

const conflicts = ['error', 'keep_source', 'replace_source'] as const;

function lowerBagUnpack(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const { positional, named: options } = splitArguments(node);
  const [bagNode, prefixNode, conflictNode, ignoredNode] = positional;
  if (!bagNode || positional.length > 4) return lowering.refuse(describe(node), node);
  const column = lowering.expr(bagNode, scope);
  if (column.kind !== 'column') return lowering.refuse(`bag_unpack of ${describe(bagNode)}`, node);
  // Columns of the published tables that hold JSON are strings as often as dynamic values.
  const bag: Expr =
    column.type === 'string'
      ? { kind: 'call', type: 'dynamic', name: 'parse_json', operands: [column], span: lowering.place(node) }
      : column;
  const text = (given: Node | undefined, fallback: string): string => {
    if (!given) return fallback;
    return given.stringValue ?? lowering.refuse(describe(given), given);
  };
  const prefix = text(prefixNode ?? options.get('OutputColumnPrefix'), '');
  const written = text(conflictNode ?? options.get('columnsConflict'), 'error');
  const conflict = conflicts.find((each) => each === written);
  if (!conflict) return lowering.refuse(describe(node), node);
  const ignored = ignoredProperties(ignoredNode ?? options.get('ignoredProperties'), scope, lowering);
  const fixed = input.columns.filter(({ name }) => name !== column.name);
  if (!node.maybe('Schema')) {
    if (lowering.isInBody) return lowering.refuse('bag_unpack without a schema in a function', node);
    throw new NeedsColumns(
      { plugin: 'bag_unpack', query: keysOf(input, bag, node, lowering), fixed, prefix, conflict, ignored },
      node,
    );
  }
  const columns = columnsOf(node, lowering);
  const kept = new Set(fixed.map(({ name }) => name));
  const found = lowering.foundFor(node);
  const keys =
    found?.keys ??
    columns.filter(({ name }) => !kept.has(name)).map((each) => ({ ...each, key: each.name.slice(prefix.length) }));
  const isPrefixed = keys.every(({ name }) => name.startsWith(prefix));
  // Of a schema that a query says itself, the column that the bag would replace looks like one of the table's.
  if (!found && (conflict === 'replace_source' || ignored.length > 0)) return lowering.refuse(describe(node), node);
  const made = new Set(keys.map(({ name }) => name));
  const isWhole = columns.every(({ name }) => kept.has(name) || made.has(name));
  if (!isPrefixed || !isWhole) return lowering.refuse(`The schema of ${describe(node)}`, node);
  const details = { bag, keys, span: lowering.place(node) };
  return { op: 'special', name: 'bag_unpack', inputs: [input], details, columns };
}

/** Names in a dynamic array, which must be known when the query is compiled. */
function ignoredProperties(node: Node | undefined, scope: Scope, lowering: Lowering): readonly string[] {
  if (!node) return [];
  const given = lowering.expr(node, { ...scope, columns: null });
  const isKnown = given.kind === 'literal' && given.type === 'dynamic' && typeof given.value === 'string';
  const names: unknown = isKnown ? JSON.parse(String(given.value)) : undefined;
  const isNames = Array.isArray(names) && names.every((each) => typeof each === 'string');
  return isNames ? names : lowering.refuse(describe(node), node);
}

/** The keys of the bags and the types of their values, each pair once. */
function keysOf(input: Rel, bag: Expr, node: Node, lowering: Lowering): Rel {
  const span = lowering.place(node);
  const bagColumn: Column = { name: 'bag', type: 'dynamic' };
  const keyColumn: Column = { name: 'key', type: 'string' };
  const typeColumn: Column = { name: 'type', type: 'string' };
  const listed: Rel = {
    op: 'project',
    input,
    outputs: [
      { name: 'bag', expr: bag },
      { name: 'key', expr: { kind: 'call', type: 'dynamic', name: 'bag_keys', operands: [bag], span } },
    ],
    columns: [bagColumn, { name: 'key', type: 'dynamic' }],
  };
  const key: Expr = { kind: 'column', type: 'dynamic', name: 'key' };
  const expanded: Rel = {
    op: 'special',
    name: 'mv-expand',
    inputs: [listed],
    details: {
      expansions: [{ name: 'key', expr: key, type: 'string' }],
      kind: 'bag',
      itemIndex: null,
      limit: null,
      span,
    },
    columns: [bagColumn, keyColumn],
  };
  const value: Expr = {
    kind: 'call',
    type: 'dynamic',
    name: 'index',
    operands: [columnExpr(bagColumn), columnExpr(keyColumn)],
    span,
  };
  const type: Expr = { kind: 'call', type: 'string', name: 'gettype', operands: [value], span };
  const by: NamedExpr[] = [
    { name: 'key', expr: columnExpr(keyColumn) },
    { name: 'type', expr: type },
  ];
  const columns = [keyColumn, typeColumn];
  return bounded({ op: 'summarize', input: expanded, by, outputs: [], extremes: [], columns });
}

/**
 * `dcount_intersect(hll, …)`: how many values are in the first digest, in the first two, and so on. A digest is the array of
 * its values. https://learn.microsoft.com/kusto/query/dcount-intersect-plugin
 */
function lowerIntersections(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const { positional, named: options } = splitArguments(node);
  const columns = columnsOf(node, lowering);
  const added = columns.slice(input.columns.length);
  const digests = positional.map((each) => lowering.expr(each, scope));
  const isKnown = added.length === digests.length && added.every(({ name }, index) => name === `s${index}`);
  if (!isKnown || options.size > 0 || digests.some(({ type }) => type !== 'dynamic'))
    return lowering.refuse(describe(node), node);
  const span = lowering.place(node);
  const counts = added.map(({ name, type }, index): NamedExpr => {
    const operands = digests.slice(0, index + 1);
    const both: Expr = { kind: 'call', type: 'dynamic', name: 'set_intersect', operands, span };
    const common = operands.length === 1 ? operands : [both];
    return { name, expr: { kind: 'call', type, name: 'array_length', operands: common, span } };
  });
  const kept = input.columns.map((each) => ({ name: each.name, expr: columnExpr(each) }));
  return { op: 'project', input, outputs: [...kept, ...counts], columns };
}

/**
 * `rows_near(condition, rows[, rowsAfter])`: the rows at most so many before and after one where the condition holds.
 * https://learn.microsoft.com/kusto/query/rows-near-plugin
 */
function lowerRowsNear(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const { positional, named: options } = splitArguments(node);
  const [condition, before, after = before] = positional;
  if (!condition || !before || !after || positional.length > 3 || options.size > 0)
    return lowering.refuse(describe(node), node);
  const count = (given: Node): Expr => {
    const expr = lowering.expr(given, { ...scope, columns: null });
    const isKnown = expr.kind === 'literal' && typeof expr.value === 'bigint' && expr.value >= 0n;
    return isKnown ? expr : lowering.refuse(`${describe(given)} as a number of rows`, given);
  };
  const operands = [lowering.expr(condition, scope), count(before), count(after)];
  const predicate: Expr = { kind: 'window', type: 'bool', name: '#near', operands, span: lowering.place(node) };
  return { op: 'filter', input, predicate, columns: input.columns };
}

/** `ipv4_lookup(table, address, network, key, …, return_unmatched)`: each further key is a column of both tables. */
function lowerAddressLookup(version: 4 | 6): Plugin {
  return (input, node, scope, lowering) => {
    const { positional, named: options } = splitArguments(node);
    const [tableNode, addressNode, networkNode, ...rest] = positional;
    if (!tableNode || !addressNode || !networkNode) return lowering.refuse(describe(node), node);
    const last = rest.at(-1)?.kind === 'BooleanLiteralExpression' ? rest.pop() : undefined;
    const right = lowering.rel(tableNode, { env: scope.env, columns: null });
    const address = lowering.expr(addressNode, scope);
    const columnNamed = (each: Node, columns: readonly Column[]): Column =>
      findColumn(each.symbol?.name ?? each.simpleName, columns) ?? lowering.refuse(describe(each), each);
    const network = columnExpr(columnNamed(networkNode, right.columns));
    const on = rest.map((each) => [columnNamed(each, input.columns), columnNamed(each, right.columns)] as const);
    if (on.some(([ours, theirs]) => ours.type !== theirs.type)) return lowering.refuse(describe(node), node);
    const keys = new Set(on.map(([, { name }]) => name));
    const columns = columnsOf(node, lowering);
    const sources = [...sourcesOf(input, 'left'), ...sourcesOf(right, 'right').filter(({ from }) => !keys.has(from))];
    const details = {
      version,
      address,
      network,
      on: on.map(([ours, theirs]) => [columnExpr(ours), columnExpr(theirs)] as const),
      returnUnmatched: (last ?? options.get('return_unmatched'))?.source.toLowerCase() === 'true',
      outputs: named(sources, columns, node, lowering),
      span: lowering.place(node),
    };
    return { op: 'special', name: 'ipv4_lookup', inputs: [input, right], details, columns };
  };
}
