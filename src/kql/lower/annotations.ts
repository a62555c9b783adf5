// Operators that say something about the rows rather than change them: getschema, render, as, sample.
import type { KqlType, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { literal } from './literals.ts';
import type { Lowering, Scope } from './lowering.ts';
import { columnsOf, describe, parametersOf, unnamed } from './nodes.ts';

/** The names that `getschema` gives to types: those of .NET. https://learn.microsoft.com/kusto/query/getschema-operator */
const systemTypes: Readonly<Record<KqlType, string>> = {
  bool: 'System.SByte',
  datetime: 'System.DateTime',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
  dynamic: 'System.Object',
  guid: 'System.Guid',
  int: 'System.Int32',
  long: 'System.Int64',
  real: 'System.Double',
  string: 'System.String',
  timespan: 'System.TimeSpan',
};

export function lowerGetSchema(input: Rel, node: Node, _scope: Scope, lowering: Lowering): Rel {
  const rows = input.columns.map(({ name, type }, index) => [
    literal('string', name),
    literal('long', BigInt(index)),
    literal('string', systemTypes[type]),
    literal('string', type),
  ]);
  return { op: 'rows', rows, columns: columnsOf(node, lowering) };
}

/** The rows are the same; how to draw them is told to whoever draws. */
export function lowerRender(input: Rel, node: Node, _scope: Scope, lowering: Lowering): Rel {
  const clause = node.maybe('WithClause');
  const properties = [...node.list('Parameters'), ...(clause?.list('Properties') ?? [])].map((each) => {
    const value = each.get('Expression');
    return [each.get('Name').simpleName, value.stringValue ?? value.source] as const;
  });
  lowering.render = { visualization: node.get('ChartType').token, properties: Object.fromEntries(properties) };
  return input;
}

export function lowerSample(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  const count = lowering.expr(node.get('Expression'), { ...scope, columns: null });
  return { op: 'special', name: 'sample', inputs: [input], details: { count }, columns: input.columns };
}

export function lowerSampleDistinct(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  parametersOf(node, [], lowering);
  const count = lowering.expr(node.get('Expression'), { ...scope, columns: null });
  const columns = columnsOf(node, lowering);
  const [column] = columns;
  if (!column) return lowering.refuse(describe(node), node);
  const of = { name: column.name, expr: lowering.expr(unnamed(node.get('OfExpression')), scope) };
  return { op: 'special', name: 'sample-distinct', inputs: [input], details: { count, of }, columns };
}
