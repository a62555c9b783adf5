// Scalar expressions of the bound tree to the intermediate tree.
import type { Column, Expr, KqlType, Literal, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { bodyOf, enterBody } from './bodies.ts';
import { lowerCall } from './calls.ts';
import { literal, lowerLiteral, nullOf } from './literals.ts';
import type { Lowering, Scope } from './lowering.ts';
import { columnExpr, describe, findColumn, scalarType } from './nodes.ts';
import { lowerStar } from './searches.ts';
import { lowerTupleElement } from './tuples.ts';

type LowerExpr = (node: Node, scope: Scope, lowering: Lowering) => Expr;

/** Lowers an expression that yields one value. Throws `Unsupported` for what it does not know. */
export function lowerExpr(node: Node, scope: Scope, lowering: Lowering): Expr {
  lowering.step(node);
  const value = lowerLiteral(node, lowering);
  if (value) return value;
  const lower = kinds[node.kind] ?? (node.maybe('Left') && node.maybe('Right') ? lowerBinary : undefined);
  return lower ? lower(node, scope, lowering) : lowering.refuse(describe(node), node);
}

const kinds: Readonly<Record<string, LowerExpr>> = {
  ParenthesizedExpression: (node, scope, lowering) => lowering.expr(node.get('Expression'), scope),
  NameReference: lowerName,
  PathExpression: lowerPath,
  ElementExpression: lowerElement,
  UnaryMinusExpression: lowerUnary,
  UnaryPlusExpression: (node, scope, lowering) => lowering.expr(node.get('Expression'), scope),
  FunctionCallExpression: lowerCall,
  ToScalarExpression: lowerToScalar,
  TypeOfLiteralExpression: (node, _scope, lowering) => typeLiteral(node, lowering),
  InExpression: lowerMembership,
  InCsExpression: lowerMembership,
  NotInExpression: lowerMembership,
  NotInCsExpression: lowerMembership,
  HasAnyExpression: lowerMembership,
  HasAllExpression: lowerMembership,
  BetweenExpression: lowerBetween,
  NotBetweenExpression: lowerBetween,
};

/** `typeof(long)` as an argument: the name of the type. */
function typeLiteral(node: Node, lowering: Lowering): Literal {
  const types = node.list('Types');
  const name = types.length === 1 ? types[0]?.source : undefined;
  return name === undefined ? lowering.refuse(describe(node), node) : literal('string', name);
}

function lowerName(node: Node, scope: Scope, lowering: Lowering): Expr {
  const symbol = node.symbol;
  const name = symbol?.name ?? node.simpleName;
  if (symbol?.kind === 'ColumnSymbol') {
    const column = findColumn(name, scope.columns);
    if (column && lowering.missing.has(name) && lowering.unasked.has(name))
      return lowering.refuse(`The column ${name} of a table that is missing`, node);
    if (column) return columnExpr(column);
    const absent = findColumn(name, scope.absent ?? null);
    return absent ? absentValue(absent, scope) : lowering.refuse(`The column ${name} from here`, node);
  }
  const binding = scope.env.get(node.simpleName) ?? scope.env.get(name);
  if (binding?.kind === 'function') return lowerNamedCall(node, scope, lowering);
  if (binding?.kind !== 'scalar') return lowering.refuse(`${describe(node)} as a value`, node);
  if (binding.over !== null && binding.over !== scope.columns && mentionsColumn(binding.expr)) {
    return lowering.refuse(`The argument ${name}, which depends on a row, in another table`, node);
  }
  return binding.expr;
}

/** A function without parameters may be called without parentheses. */
function lowerNamedCall(node: Node, scope: Scope, lowering: Lowering): Expr {
  const body = bodyOf(node, scope);
  if (!body) return lowering.refuse(`${describe(node)} without parentheses`, node);
  return enterBody(node, body, scope, lowering, (inner, env) => lowering.expr(inner, { ...scope, env }));
}

/** Of a column that another table of a search has: its value here, which may be under the name before it was split by type. */
function absentValue(absent: Column, scope: Scope): Expr {
  const plain = absent.name.slice(0, -`_${absent.type}`.length);
  const column = absent.name === `${plain}_${absent.type}` ? findColumn(plain, scope.columns) : undefined;
  return column?.type === absent.type ? columnExpr(column) : nullOf(absent.type);
}

function mentionsColumn(expr: Expr): boolean {
  if (expr.kind === 'column') return true;
  if (expr.kind === 'inQuery') return mentionsColumn(expr.operand);
  return 'operands' in expr && expr.operands.some(mentionsColumn);
}

/** `a.b`: a step into a dynamic value, or a column of a join's side. */
function lowerPath(node: Node, scope: Scope, lowering: Lowering): Expr {
  const base = node.get('Expression');
  const selector = node.get('Selector');
  if (base.kind === 'NameReference' && (base.simpleName === '$left' || base.simpleName === '$right')) {
    const side = base.simpleName === '$left' ? 'left' : 'right';
    const column = findColumn(selector.symbol?.name ?? selector.simpleName, scope.sides?.[side] ?? null);
    return column ? columnExpr(column, side) : lowering.refuse(describe(node), node);
  }
  if (scope.steps?.has(base.simpleName) && base.result.kind === 'tuple') {
    const state = [literal('string', base.simpleName), literal('string', selector.symbol?.name ?? selector.simpleName)];
    return step('step.column', node, state, lowering);
  }
  if (selector.kind === 'BracketedExpression') return lowerElement(node, scope, lowering);
  if (selector.kind !== 'NameReference') return lowering.refuse(describe(node), node);
  return step('path', node, [lowering.expr(base, scope), literal('string', selector.simpleName)], lowering);
}

/** `a[0]` and `a["b"]`. */
function lowerElement(node: Node, scope: Scope, lowering: Lowering): Expr {
  const base = node.get('Expression');
  const selector = node.get('Selector').get('Expression');
  if (base.kind === 'NameReference' && (base.simpleName === '$left' || base.simpleName === '$right')) {
    return lowering.refuse(describe(node), node);
  }
  const index = lowering.expr(selector, scope);
  const column = lowerTupleElement(base, index, scope, lowering);
  if (column) return column;
  const isKey = index.kind === 'literal' && index.type === 'string';
  return step(isKey ? 'path' : 'index', node, [lowering.expr(base, scope), index], lowering);
}

function step(name: string, node: Node, operands: readonly Expr[], lowering: Lowering): Expr {
  return { kind: 'call', type: scalarType(node, lowering), name, operands, span: lowering.place(node) };
}

function lowerUnary(node: Node, scope: Scope, lowering: Lowering): Expr {
  const operand = lowering.expr(node.get('Expression'), scope);
  if (operand.kind === 'literal' && operand.value !== null) {
    if (typeof operand.value === 'bigint' || typeof operand.value === 'number') {
      return literal(operand.type, -operand.value);
    }
  }
  return step('-', node, [operand], lowering);
}

function lowerBinary(node: Node, scope: Scope, lowering: Lowering): Expr {
  const left = node.get('Left');
  if (left.kind === 'StarExpression') return lowerStar(node, scope, lowering);
  if (node.kind === 'SearchExpression') return lowering.refuse(describe(node), node);
  const name = operatorName(node);
  const operands = [lowering.expr(left, scope), lowering.expr(node.get('Right'), scope)];
  return step(name, node, operands, lowering);
}

/** An operator as it is written, in the one spelling that the function tables have. */
function operatorName(node: Node): string {
  const name = node.get('Operator').token.toLowerCase().replaceAll(/\s+/g, ' ');
  if (name === '<>') return '!=';
  return name === 'notcontains' || name === 'notlike' || name === 'containscs' ? spellings[name] : name;
}

const spellings = { notcontains: '!contains', notlike: '!like', containscs: 'contains_cs' } as const;

function lowerToScalar(node: Node, scope: Scope, lowering: Lowering): Expr {
  const inner = node.get('Expression');
  if (inner.result.kind !== 'table') return lowering.expr(inner, scope);
  const input = lowering.rel(inner, { env: scope.env, columns: null });
  // A name that stands for it may be used several times, and it is one value.
  const query: Rel = { op: 'shared', id: lowering.nextId(), input, mustOnce: false, columns: input.columns };
  return { kind: 'scalarQuery', type: scalarType(node, lowering), query, span: lowering.place(node) };
}

/** `in`, `has_any`, `has_all` and their kin: of values, of dynamic arrays, or of a table's first column. */
function lowerMembership(node: Node, scope: Scope, lowering: Lowering): Expr {
  const operand = lowering.expr(node.get('Left'), scope);
  const name = operatorName(node);
  const items = node.get('Right').list('Expressions');
  const [first] = items;
  const span = lowering.place(node);
  if (first && items.length === 1 && first.result.kind === 'table') {
    const query = lowering.rel(first, { env: scope.env, columns: null });
    return { kind: 'inQuery', type: 'bool', name, operand, query, span };
  }
  const values = items.flatMap((each) => elementsOf(lowering.expr(each, scope), operand.type));
  return { kind: 'call', type: 'bool', name, operands: [operand, ...values], span };
}

/** The elements of a dynamic array that is known now, as the values that they are; any other operand as it is. */
function elementsOf(item: Expr, against: KqlType): readonly Expr[] {
  if (item.kind !== 'literal' || item.type !== 'dynamic' || typeof item.value !== 'string') return [item];
  const parsed: unknown = JSON.parse(item.value);
  if (!Array.isArray(parsed)) return [item];
  const isText = parsed.every((each) => typeof each === 'string');
  if (isText && (against === 'string' || against === 'dynamic')) return parsed.map((each) => literal('string', each));
  const isWhole = parsed.every((each) => Number.isSafeInteger(each));
  const isNumber = against === 'long' || against === 'int';
  return isWhole && isNumber ? parsed.map((each) => literal('long', BigInt(each))) : [item];
}

function lowerBetween(node: Node, scope: Scope, lowering: Lowering): Expr {
  const operand = lowering.expr(node.get('Left'), scope);
  const range = node.get('Right');
  const from = lowering.expr(range.get('First'), scope);
  const second = lowering.expr(range.get('Second'), scope);
  // `datetime between (start .. 2h)`: the end is that long after the start.
  const isSpan = operand.type === 'datetime' && second.type === 'timespan';
  const to: Expr = isSpan
    ? { kind: 'call', type: 'datetime', name: '+', operands: [from, second], span: lowering.place(node) }
    : second;
  return {
    kind: 'call',
    type: 'bool',
    name: operatorName(node),
    operands: [operand, from, to],
    span: lowering.place(node),
  };
}
