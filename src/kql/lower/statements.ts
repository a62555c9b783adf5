// let and declare pattern: names for values, tables and functions.
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
    } else if (statement.kind === 'PatternStatement') {
      current = new Map([...current, [statement.get('Name').simpleName, patternOf(statement, current)]]);
    } else if (statement.kind !== 'ExpressionStatement') {
      lowering.refuse(`The statement ${describe(statement)}`, statement);
    }
  }
  return current;
}

function lowerLet(value: Node, env: Env, columns: readonly Column[] | null, lowering: Lowering): Binding {
  if (value.kind === 'FunctionDeclaration') return functionOf(value, env, lowering);
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

function functionOf(value: Node, env: Env, lowering: Lowering): Binding {
  const isView = value.maybe('ViewKeyword') !== undefined && value.get('Parameters').list('Parameters').length === 0;
  if (!isView) return { kind: 'function', env };
  const body = value.get('Body');
  const view = (): Rel => {
    const inner = lowerStatements(body.list('Statements'), env, lowering);
    const expression = body.maybe('Expression');
    if (!expression) return lowering.refuse('A view without a result', value);
    return lowering.rel(expression, { env: inner, columns: null });
  };
  return { kind: 'function', env, view };
}

/** The pattern of a `declare pattern` statement, for the names that follow it. */
function patternOf(statement: Node, env: Env): Binding {
  const declaration = statement.get('Pattern');
  const parameters = declaration.list('Parameters').map((each) => each.get('Name').simpleName);
  const path = declaration.maybe('PathParameter')?.get('Parameter').get('Name').simpleName ?? null;
  return { kind: 'pattern', env, parameters, path, matches: declaration.list('Patterns') };
}

function isRandom(expr: Expr): boolean {
  if (expr.kind === 'call' && (expr.name === 'rand' || expr.name === 'new_guid')) return true;
  return 'operands' in expr && expr.operands.some(isRandom);
}
