// What the lowering of every construct asks of a node: its columns, parameters and names.
import type { Column, Expr, KqlType, Literal } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { lowerLiteral } from './literals.ts';
import type { Lowering, Scope } from './lowering.ts';

/** How a message names a construct: by its text where that is short. */
export function describe(node: Node): string {
  const text = node.source.replaceAll(/\s+/g, ' ');
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** The type of an expression; what has none of its own is dynamic null. */
export function scalarType(node: Node, lowering: Lowering): KqlType {
  const result = node.result;
  if (result.kind === 'scalar') return result.type;
  if (result.kind === 'null') return 'dynamic';
  return lowering.refuse(`${describe(node)}, whose type is not known,`, node);
}

export function columnExpr(column: Column, side?: 'left' | 'right'): Expr {
  return { kind: 'column', type: column.type, name: column.name, ...(side ? { side } : {}) };
}

/** The column of a name, which the binder has resolved already. */
export function findColumn(name: string, columns: readonly Column[] | null): Column | undefined {
  return columns?.find((each) => each.name === name);
}

/** What stands behind `name =`. */
export function unnamed(node: Node): Node {
  return node.kind === 'SimpleNamedExpression' ? node.get('Expression') : node;
}

/** Parameters of an operator: hints change nothing that an answer shows; any other must be known to the operator. */
export function parametersOf(node: Node, known: readonly string[], lowering: Lowering): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>();
  for (const each of node.list('Parameters')) {
    const name = each.get('Name').simpleName.toLowerCase();
    if (name.startsWith('hint.')) continue;
    if (!known.includes(name)) lowering.refuse(`The parameter ${describe(each)}`, each);
    found.set(name, each.get('Expression'));
  }
  return found;
}

/** The columns that a node of a relation has, by the binder. */
export function columnsOf(node: Node, lowering: Lowering): readonly Column[] {
  const result = node.result;
  if (result.kind !== 'table') return lowering.refuse(`${node.kind} as a table`, node);
  if (result.columns.some(({ name }) => name.includes('\0'))) {
    return lowering.refuse('A column name with the character NUL', node);
  }
  return result.columns;
}

/** Arguments of a call. */
export function argumentsOf(node: Node): Node[] {
  return node.get('ArgumentList').list('Expressions');
}

/** Whether a node is a literal; used where only a constant may stand. */
export function constantOf(node: Node, scope: Scope, lowering: Lowering): Literal {
  const value = lowerLiteral(node, lowering) ?? lowering.expr(node, { ...scope, columns: null });
  return value.kind === 'literal' ? value : lowering.refuse(`${describe(node)}, which is not constant,`, node);
}
