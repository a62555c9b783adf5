// let: names for values, tables and functions.
import type { Column, Expr, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import type { Binding, Env, Lowering, Scope } from './lowering.ts';
import { describe } from './nodes.ts';

/** Walks `let` and other statements; the environment that what follows sees. `columns`: of a function called on a row. */
export function lowerStatements(
  statements: readonly Node[],
  env: Env,
  lowering: Lowering,
  columns: readonly Column[] | null = null,
): Env {
  let current = env;
  for (const statement of statements) {
    if (statement.kind === 'LetStatement') {
      const name = statement.get('Name').simpleName;
      current = new Map([...current, [name, lowerLet(statement.get('Expression'), current, columns, lowering)]]);
    } else if (statement.kind !== 'ExpressionStatement') {
      lowering.refuse(`The statement ${describe(statement)}`, statement);
    }
  }
  return current;
}

function lowerLet(value: Node, env: Env, columns: readonly Column[] | null, lowering: Lowering): Binding {
  if (value.kind === 'FunctionDeclaration') return { kind: 'function', env };
  const scope: Scope = { env, columns: null };
  if (value.result.kind !== 'table') {
    const expr = lowering.bounded(lowering.expr(value, { env, columns }), value);
    if (isRandom(expr))
      return lowering.refuse('A random value in let, which is one and the same wherever it is used,', value);
    return { kind: 'scalar', expr, over: columns };
  }
  // Lowered at its first use: a table that nothing uses must not be refused for what is in it.
  const id = lowering.nextId();
  let rel: Rel | undefined;
  const input = (): Rel => {
    rel ??= lowering.rel(value, scope);
    return rel;
  };
  return {
    kind: 'table',
    rel: () => {
      const made = input();
      return made.op === 'shared' ? made : { op: 'shared', id, input: made, mustOnce: false, columns: made.columns };
    },
  };
}

function isRandom(expr: Expr): boolean {
  if (expr.kind === 'call' && (expr.name === 'rand' || expr.name === 'new_guid')) return true;
  return 'operands' in expr && expr.operands.some(isRandom);
}
