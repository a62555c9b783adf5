// Functions that give several columns at once (`extend (flag, score) = series_decompose_anomalies(y)`): computed once into a
// hidden column as an array, out of which each column is taken.
import type { Column, Expr, KqlType, Rel, Span } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { literal } from './literals.ts';
import type { Lowering, Scope } from './lowering.ts';
import { argumentsOf, columnExpr, describe, unnamed } from './nodes.ts';

/** What the binder calls a tuple that this server's functions give as an array. */
export interface Tuple {
  /** The input, with the array beside its columns. */
  readonly input: Rel;
  readonly outputs: readonly Expr[];
  /** Names that the query gives to the first of them. */
  readonly names: readonly string[];
}

export function isTuple(node: Node): boolean {
  return valueIn(node).result.kind === 'tuple';
}

function valueIn(node: Node): Node {
  return node.kind === 'CompoundNamedExpression' ? node.get('Expression') : unnamed(node);
}

/** Names that the query itself gives to columns of an expression. */
export function givenNames(node: Node): readonly string[] {
  if (node.kind === 'SimpleNamedExpression') return [node.get('Name').simpleName];
  if (node.kind !== 'CompoundNamedExpression') return [];
  return node
    .get('Names')
    .list('Names')
    .map((each) => each.simpleName);
}

/** The array that stands for a call that gives several columns. */
function arrayFrom(value: Node, scope: Scope, lowering: Lowering): Expr {
  const operands = argumentsOf(value).map((each) => lowering.expr(each, scope));
  return { kind: 'call', type: 'dynamic', name: value.get('Name').simpleName, operands, span: lowering.place(value) };
}

/** The array's element, as the type of the column. */
function elementOf(array: Expr, at: number, type: KqlType, span: Span): Expr {
  const element: Expr = {
    kind: 'call',
    type: 'dynamic',
    name: 'index',
    operands: [array, literal('long', BigInt(at))],
    span,
  };
  const conversion = conversions[type];
  return conversion ? { kind: 'call', type, name: conversion, operands: [element], span } : element;
}

/** `f(a, b)[1]`: one of the columns that a call gives, by its number; undefined for what is no such call. */
export function lowerTupleElement(base: Node, index: Expr, scope: Scope, lowering: Lowering): Expr | undefined {
  const { result } = base;
  if (result.kind !== 'tuple' || base.kind !== 'FunctionCallExpression') return undefined;
  const at = index.kind === 'literal' && typeof index.value === 'bigint' ? Number(index.value) : -1;
  const column = result.columns[at];
  if (!column) return lowering.refuse(`An element of ${describe(base)} that is not one of its columns`, base);
  return elementOf(arrayFrom(base, scope, lowering), at, column.type, lowering.place(base));
}

/** The columns of a call that gives several. `scope.columns` are those of the input before any tuple. */
export function lowerTuple(input: Rel, node: Node, scope: Scope, lowering: Lowering): Tuple {
  const value = valueIn(node);
  const { result } = value;
  if (result.kind !== 'tuple' || value.kind !== 'FunctionCallExpression') return lowering.refuse(describe(node), node);
  const span = lowering.place(value);
  const array: Column = { name: `\0tuple${lowering.nextId()}`, type: 'dynamic' };
  const call = arrayFrom(value, scope, lowering);
  const kept = input.columns.map((each) => ({ name: each.name, expr: columnExpr(each) }));
  const outputs = result.columns.map(({ type }, index) => elementOf(columnExpr(array), index, type, span));
  return {
    input: {
      op: 'project',
      input,
      outputs: [...kept, { name: array.name, expr: call }],
      columns: [...input.columns, array],
    },
    outputs,
    names: givenNames(node),
  };
}

const conversions: Partial<Readonly<Record<KqlType, string>>> = { long: 'tolong', real: 'todouble' };
