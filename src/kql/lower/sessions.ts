// row_window_session(): where the session of each row began. What a row gets depends on what the row before it got, so it
// is a scan of one step over the rows in their order. https://learn.microsoft.com/kusto/query/row-window-session-function
import type { Column, Expr, KqlType, NamedExpr, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { literal, nullOf } from './literals.ts';
import type { Lowering, Scope } from './lowering.ts';
import { argumentsOf, columnExpr, describe, unnamed } from './nodes.ts';

export function isSession(node: Node): boolean {
  const value = unnamed(node);
  return value.kind === 'FunctionCallExpression' && value.get('Name').simpleName === 'row_window_session';
}

/** The input with the start of the session beside its columns, and that column. */
export function lowerSession(
  input: Rel,
  node: Node,
  scope: Scope,
  lowering: Lowering,
): { readonly input: Rel; readonly expr: Expr } {
  const value = unnamed(node);
  const span = lowering.place(value);
  const [time, whole, gap, restart] = argumentsOf(value).map((each) => lowering.expr(each, scope));
  if (!time || !whole || !gap || time.type !== 'datetime') return lowering.refuse(describe(value), value);
  const id = lowering.nextId();
  const column = (name: string, type: KqlType): Column => ({ name: `\0session_${name}${id}`, type });
  const [at, again, begin] = [column('at', 'datetime'), column('again', 'bool'), column('begin', 'datetime')];
  const kept = input.columns.map((each): NamedExpr => ({ name: each.name, expr: columnExpr(each) }));
  const given: NamedExpr[] = [
    { name: at.name, expr: time },
    { name: again.name, expr: restart ?? literal('bool', false) },
  ];
  const columns = [...input.columns, at, again];
  const prepared: Rel = { op: 'project', input, outputs: [...kept, ...given], columns };
  const step = 'session';
  const call = (type: KqlType, name: string, ...operands: Expr[]): Expr => ({
    kind: 'call',
    type,
    name,
    operands,
    span,
  });
  const before = ({ name, type }: Column): Expr =>
    call(type, 'step.column', literal('string', step), literal('string', name));
  const now = columnExpr(at);
  const reaches = (start: Expr, length: Expr): Expr => call('bool', '>=', now, call('datetime', '+', start, length));
  const start = call(
    'datetime',
    'case',
    ...[call('bool', 'isnull', now), nullOf('datetime')],
    ...[call('bool', 'isnull', before(begin)), now],
    ...[reaches(before(begin), whole), now],
    ...[reaches(before(at), gap), now],
    ...[columnExpr(again), now],
    before(begin),
  );
  const details = {
    declared: [{ ...begin, initial: null }],
    matchId: null,
    unasked: null,
    steps: [
      {
        name: step,
        output: 'all' as const,
        optional: false,
        condition: literal('bool', true),
        assignments: [{ name: begin.name, expr: start }],
      },
    ],
    span,
  };
  const scanned: Rel = { op: 'special', name: 'scan', inputs: [prepared], details, columns: [...columns, begin] };
  return { input: scanned, expr: columnExpr(begin) };
}
