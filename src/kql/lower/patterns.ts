// declare pattern: tables that a query chooses by values. https://learn.microsoft.com/kusto/query/pattern-statement
import type { Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { literal } from './literals.ts';
import type { Binding, Lowering, Scope } from './lowering.ts';
import { argumentsOf, constantOf, describe } from './nodes.ts';
import { lowerStatements } from './statements.ts';

/** `country("Canada").Alberta`: the rows of the one match with these values. */
export function lowerPattern(node: Node, scope: Scope, lowering: Lowering): Rel | undefined {
  const hasPath = node.kind === 'PathExpression';
  const call = hasPath ? node.get('Expression') : node;
  if (call.kind !== 'FunctionCallExpression') return undefined;
  const pattern = scope.env.get(call.get('Name').simpleName);
  if (pattern?.kind !== 'pattern') return undefined;
  const given = argumentsOf(call).map((each) => constantOf(each, scope, lowering).value);
  const path = hasPath ? pathValue(node.get('Selector'), lowering) : undefined;
  const match = pattern.matches.find((each) => {
    const values = each.get('ParameterValues').list('Expressions');
    const isSame = values.every((value, index) => constantOf(value, scope, lowering).value === given[index]);
    const own = each.maybe('PathValue')?.get('Value').stringValue;
    return isSame && values.length === given.length && own === path;
  });
  if (!match) return lowering.refuse(`${describe(node)}, which no pattern is declared for,`, node);
  const names = [...pattern.parameters, ...(pattern.path === null ? [] : [pattern.path])];
  const texts = [...given, ...(path === undefined ? [] : [path])];
  const bound = names.map((name, index): readonly [string, Binding] => {
    const text = texts[index];
    if (typeof text !== 'string') return lowering.refuse(`${describe(node)} with a value that is no text`, node);
    return [name, { kind: 'scalar', expr: literal('string', text), over: null }];
  });
  const body = match.get('Body');
  const inner = lowerStatements(body.list('Statements'), new Map([...pattern.env, ...bound]), lowering);
  const expression = body.maybe('Expression');
  return expression
    ? lowering.rel(expression, { env: inner, columns: null })
    : lowering.refuse('A pattern without a result', match);
}

function pathValue(selector: Node, lowering: Lowering): string {
  const text = selector.kind === 'BracketedExpression' ? selector.get('Expression').stringValue : selector.simpleName;
  return text ?? lowering.refuse(describe(selector), selector);
}
