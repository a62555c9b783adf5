// Functions written in KQL, of `let` or of the catalogue: their bodies are put in place of the calls.
import type { Expr, FunctionDescription, Rel } from '../ir.ts';
import type { FunctionParameter, Node } from '../parser/tree.ts';
import { convertLiteral } from './literals.ts';
import type { Binding, Env, Lowering, Scope } from './lowering.ts';
import { argumentsOf, columnExpr, describe, findColumn } from './nodes.ts';
import { lowerStatements } from './statements.ts';

interface Body {
  readonly node: Node;
  readonly env: Env;
}

/** The body of a function written in KQL: of `let`, or one that the catalogue stores. */
export function bodyOf(node: Node, scope: Scope): Body | undefined {
  const found = node.calledBody;
  if (!found) return undefined;
  // A function without parameters may be named without parentheses.
  const name = node.kind === 'NameReference' ? node.simpleName : node.get('Name').simpleName;
  const binding = scope.env.get(name);
  return { node: found, env: binding?.kind === 'function' ? binding.env : new Map() };
}

/** Lowers a function's body with its parameters bound to the call's arguments. `first` is the table of `invoke`. */
export function enterBody<Result>(
  call: Node,
  body: Body,
  scope: Scope,
  lowering: Lowering,
  lower: (expression: Node, env: Env) => Result,
  first?: Binding,
): Result {
  const described = describedFunction(call, scope, lowering);
  if (described?.refusal !== undefined) return lowering.refuse(described.refusal, call);
  const bindings = bindArguments(call, scope, lowering, first, described);
  return lowering.inBodyOf(call, () => {
    const env = new Map([...body.env, ...bindings]);
    const inner = lowerStatements(body.node.list('Statements'), env, lowering, scope.columns);
    const expression = body.node.maybe('Expression');
    return expression ? lower(expression, inner) : lowering.refuse('A function without a result', call);
  });
}

/** `T | invoke f(…)`: the table that comes in is the function's first argument. */
export function lowerInvoke(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const call = node.get('Function');
  const body = bodyOf(call, scope);
  if (!body) return lowering.refuse(describe(node), node);
  const id = lowering.nextId();
  const shared: Rel = { op: 'shared', id, input, mustOnce: false, columns: input.columns };
  const first: Binding = { kind: 'table', rel: () => shared };
  // Arguments may name columns of the table that comes in: the body has them in it.
  const outer: Scope = { env: scope.env, columns: input.columns };
  return enterBody(call, body, outer, lowering, (inner, env) => lowering.rel(inner, { env, columns: null }), first);
}

/** What the catalogue says of the function, unless the query has one of that name itself. */
function describedFunction(call: Node, scope: Scope, lowering: Lowering): FunctionDescription | undefined {
  const name = call.get('Name').simpleName;
  return scope.env.has(name) ? undefined : lowering.catalogue.functions?.find((each) => each.name === name);
}

function bindArguments(
  call: Node,
  scope: Scope,
  lowering: Lowering,
  first: Binding | undefined,
  described: FunctionDescription | undefined,
): Map<string, Binding> {
  const parameters = first ? call.parameters.slice(1) : call.parameters;
  const bindings = new Map<string, Binding>();
  const head = call.parameters[0];
  if (first && head) bindings.set(head.name, first);
  const given = new Map<string, Node>();
  const written = call.kind === 'NameReference' ? [] : argumentsOf(call);
  written.forEach((each, index) => {
    const isNamed = each.kind === 'SimpleNamedExpression';
    const name = isNamed ? each.get('Name').simpleName : parameters[index]?.name;
    if (name !== undefined) given.set(name, isNamed ? each.get('Expression') : each);
  });
  for (const parameter of parameters) {
    const argument = given.get(parameter.name) ?? parameter.defaultValue;
    if (!argument) return lowering.refuse(`A call without ${parameter.name}`, call);
    const isColumn = described?.columnParameters?.includes(parameter.name) === true;
    const column = isColumn ? columnNamed(argument, call, scope, lowering) : undefined;
    bindings.set(parameter.name, column ?? bindArgument(argument, parameter, scope, lowering));
  }
  return bindings;
}

/** The column that a text names; undefined for what is no text. */
function columnNamed(argument: Node, call: Node, scope: Scope, lowering: Lowering): Binding | undefined {
  const name = lowering.expr(argument, scope);
  if (name.kind !== 'literal' || typeof name.value !== 'string') return undefined;
  const column = findColumn(name.value, scope.columns);
  if (!column) {
    return lowering.refuse(`${call.get('Name').simpleName} of a table without a column ${name.value}`, call);
  }
  return { kind: 'scalar', expr: columnExpr(column), over: scope.columns };
}

function bindArgument(argument: Node, parameter: FunctionParameter, scope: Scope, lowering: Lowering): Binding {
  if (parameter.isTabular || argument.result.kind === 'table') {
    const rel = lowering.rel(argument, { env: scope.env, columns: null });
    const id = lowering.nextId();
    return { kind: 'table', rel: () => ({ op: 'shared', id, input: rel, mustOnce: false, columns: rel.columns }) };
  }
  const expr = lowering.bounded(lowering.expr(argument, scope), argument);
  return { kind: 'scalar', expr: converted(expr, parameter, argument, lowering), over: scope.columns };
}

/** An argument as its parameter's type: `f(x:real)` called with a long. */
function converted(expr: Expr, parameter: FunctionParameter, argument: Node, lowering: Lowering): Expr {
  const type = parameter.type;
  if (type === null || type === expr.type) return expr;
  const constant = expr.kind === 'literal' ? convertLiteral(expr, type) : undefined;
  if (constant) return constant;
  const conversions: Readonly<Record<string, string>> = {
    'int real': 'toreal',
    'long real': 'toreal',
    'int long': 'tolong',
    'int decimal': 'todecimal',
    'long decimal': 'todecimal',
    'long int': 'toint',
  };
  const name = conversions[`${expr.type} ${type}`];
  if (!name) {
    return lowering.refuse(
      `The argument ${describe(argument)} of type ${expr.type} for ${parameter.name}:${type}`,
      argument,
    );
  }
  return { kind: 'call', type, name, operands: [expr], span: lowering.place(argument) };
}
