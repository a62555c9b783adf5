// externaldata: rows from elsewhere. The compiler says what is to be fetched; whether it may be is the host's decision.
import type { Column, ExternalSource, KqlType, NamedExpr, Rel, Span } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import type { Lowering, Scope } from './lowering.ts';
import { columnExpr, columnsOf, constantOf, describe } from './nodes.ts';

export function lowerExternalData(node: Node, scope: Scope, lowering: Lowering): Rel {
  const columns = columnsOf(node, lowering);
  const urls = node.list('URIs').map((each) => {
    const value = constantOf(each, scope, lowering);
    return typeof value.value === 'string' ? value.value : lowering.refuse(describe(each), each);
  });
  const properties = (node.maybe('WithClause')?.list('Properties') ?? []).map((each) => {
    const value = each.get('Expression');
    return [each.get('Name').simpleName.toLowerCase(), value.stringValue ?? value.source] as const;
  });
  const external: ExternalSource = { urls, columns, properties: Object.fromEntries(properties) };
  return typedTexts(columns, lowering.fetched(external, node), lowering.place(node));
}

/** The rows of a table of texts, as what KQL's own conversions make of them. */
export function typedTexts(columns: readonly Column[], source: string, span: Span): Rel {
  const details = { source, span };
  const texts = columns.map(({ name }): Column => ({ name, type: 'string' }));
  const input: Rel = { op: 'special', name: 'externaldata', inputs: [], details, columns: texts };
  const outputs = texts.map((text, index): NamedExpr => {
    const type = columns[index]?.type ?? 'string';
    const operand = columnExpr(text);
    const converted = { kind: 'call', type, name: conversions[type], operands: [operand], span: details.span } as const;
    return { name: text.name, expr: type === 'string' ? operand : converted };
  });
  return { op: 'project', input, outputs, columns };
}

const conversions: Readonly<Record<KqlType, string>> = {
  bool: 'tobool',
  datetime: 'todatetime',
  decimal: 'todecimal',
  dynamic: 'parse_json',
  guid: 'toguid',
  int: 'toint',
  long: 'tolong',
  real: 'toreal',
  string: 'tostring',
  timespan: 'totimespan',
};
