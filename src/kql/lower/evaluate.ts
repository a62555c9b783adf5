// Plugins: pivot, bag_unpack and ipv4_lookup. The first two have columns that depend on the data. A query says them
// (`: (a:long, …)`), or a first pass over the data finds them and the text is compiled again with them (two-pass.ts).
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
  ipv4_lookup: lowerIpv4Lookup,
  pivot: lowerPivot,
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

const conflicts = ['error', 'keep_source'] as const;

function lowerBagUnpack(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const { positional, named: options } = splitArguments(node);
  const [bagNode, prefixNode, conflictNode] = positional;
  if (!bagNode || positional.length > 3) return lowering.refuse(describe(node), node);
  const bag = lowering.expr(bagNode, scope);
  if (bag.kind !== 'column') return lowering.refuse(`bag_unpack of ${describe(bagNode)}`, node);
  const text = (given: Node | undefined, fallback: string): string => {
    if (!given) return fallback;
    return given.stringValue ?? lowering.refuse(describe(given), given);
  };
  const prefix = text(prefixNode ?? options.get('OutputColumnPrefix'), '');
  const written = text(conflictNode ?? options.get('columnsConflict'), 'error');
  const conflict = conflicts.find((each) => each === written);
  if (!conflict || options.has('ignoredProperties')) return lowering.refuse(describe(node), node);
  const fixed = input.columns.filter(({ name }) => name !== bag.name);
  if (!node.maybe('Schema')) {
    if (lowering.isInBody) return lowering.refuse('bag_unpack without a schema in a function', node);
    throw new NeedsColumns(
      { plugin: 'bag_unpack', query: keysOf(input, bag, node, lowering), fixed, prefix, conflict },
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
  const made = new Set(keys.map(({ name }) => name));
  const isWhole = columns.every(({ name }) => kept.has(name) || made.has(name));
  if (!isPrefixed || !isWhole) return lowering.refuse(`The schema of ${describe(node)}`, node);
  const details = { bag, keys, span: lowering.place(node) };
  return { op: 'special', name: 'bag_unpack', inputs: [input], details, columns };
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

function lowerIpv4Lookup(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const { positional, named: options } = splitArguments(node);
  const [tableNode, addressNode, networkNode, ...rest] = positional;
  if (!tableNode || !addressNode || !networkNode) return lowering.refuse(describe(node), node);
  const [last] = rest;
  // Further keys drop out of the result by rules that the binder does not follow.
  if (rest.length > 1 || (last && last.kind !== 'BooleanLiteralExpression')) {
    return lowering.refuse('ipv4_lookup by further columns', node);
  }
  const right = lowering.rel(tableNode, { env: scope.env, columns: null });
  const address = lowering.expr(addressNode, scope);
  const networkColumn = findColumn(networkNode.symbol?.name ?? networkNode.simpleName, right.columns);
  if (!networkColumn) return lowering.refuse(describe(networkNode), networkNode);
  const columns = columnsOf(node, lowering);
  const outputs = named([...sourcesOf(input, 'left'), ...sourcesOf(right, 'right')], columns, node, lowering);
  const unmatched = (last ?? options.get('return_unmatched'))?.source.toLowerCase() === 'true';
  const network = columnExpr(networkColumn);
  const details = { address, network, on: [], returnUnmatched: unmatched, outputs, span: lowering.place(node) };
  return { op: 'special', name: 'ipv4_lookup', inputs: [input, right], details, columns };
}
