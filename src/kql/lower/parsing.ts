// parse, parse-where and parse-kv.
import type { Column, ParsePart, Rel } from '../ir.ts';
import { isScalarType, type Node } from '../parser/tree.ts';
import type { Lowering, Scope } from './lowering.ts';
import { columnsOf, describe, parametersOf } from './nodes.ts';

export function lowerParse(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const parameters = parametersOf(node, ['kind', 'flags'], lowering);
  const kind = parameters.get('kind')?.source.toLowerCase() ?? 'simple';
  if (kind !== 'simple' && kind !== 'regex' && kind !== 'relaxed') return lowering.refuse(`parse kind=${kind}`, node);
  const details = {
    on: lowering.expr(node.get('Expression'), scope),
    kind,
    flags: parameters.get('flags')?.source ?? '',
    where: node.kind === 'ParseWhereOperator',
    parts: node.list('Patterns').map((each) => partOf(each, lowering)),
    span: lowering.place(node),
  } as const;
  return { op: 'special', name: 'parse', inputs: [input], details, columns: columnsOf(node, lowering) };
}

function partOf(node: Node, lowering: Lowering): ParsePart {
  if (node.kind === 'StarExpression') return { kind: 'star' };
  if (node.kind === 'NameDeclaration') return { kind: 'capture', name: node.simpleName, type: 'string' };
  if (node.kind === 'NameAndTypeDeclaration') {
    const { name, type } = declaredColumn(node, lowering);
    return { kind: 'capture', name, type };
  }
  const text = node.stringValue;
  return text === undefined ? lowering.refuse(`${describe(node)} in a pattern`, node) : { kind: 'text', text };
}

/** `name:type`. */
export function declaredColumn(node: Node, lowering: Lowering): Column {
  const written = node.get('Type').source.toLowerCase();
  const type = typeAliases[written] ?? written;
  if (!isScalarType(type)) return lowering.refuse(`The type ${written}`, node);
  return { name: node.get('Name').simpleName, type };
}

/** Other names of the types. https://learn.microsoft.com/kusto/query/scalar-data-types/ */
export const typeAliases: Readonly<Record<string, string>> = {
  boolean: 'bool',
  date: 'datetime',
  double: 'real',
  int32: 'int',
  int64: 'long',
  time: 'timespan',
  uniqueid: 'guid',
  uuid: 'guid',
};

export function lowerParseKv(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const options = new Map<string, Node>();
  for (const each of node.maybe('WithClause')?.list('Properties') ?? []) {
    const name = each.get('Name').simpleName.toLowerCase();
    if (!parseKvOptions.has(name)) lowering.refuse(`The parameter ${describe(each)}`, each);
    options.set(name, each.get('Expression'));
  }
  const text = (name: string): string | null => {
    const value = options.get(name);
    if (!value) return null;
    return value.stringValue ?? lowering.refuse(`The parameter ${name} of parse-kv that is not a string`, value);
  };
  const details = {
    on: lowering.expr(node.get('Expression'), scope),
    keys: node
      .get('Keys')
      .list('Columns')
      .map((each) => declaredColumn(each, lowering)),
    pairDelimiter: text('pair_delimiter'),
    kvDelimiter: text('kv_delimiter'),
    quote: text('quote'),
    escape: text('escape'),
    greedy: options.get('greedy')?.source.toLowerCase() === 'true',
    regex: text('regex'),
    span: lowering.place(node),
  };
  return { op: 'special', name: 'parse-kv', inputs: [input], details, columns: columnsOf(node, lowering) };
}

const parseKvOptions: ReadonlySet<string> = new Set([
  'escape',
  'greedy',
  'kv_delimiter',
  'pair_delimiter',
  'quote',
  'regex',
]);
