// Tabular expressions of the bound tree: statements, sources, and the chain of operators.
import type { Column, Expr, Literal, Rel } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import { bodyOf, enterBody } from './bodies.ts';
import { lowerExternalData } from './external.ts';
import { withIngestionTime } from './ingestion.ts';
import { convertLiteral } from './literals.ts';
import type { Lowering, Scope } from './lowering.ts';
import { argumentsOf, columnExpr, columnsOf, constantOf, describe } from './nodes.ts';
import { tabularOperators } from './operators.ts';
import { lowerPattern } from './patterns.ts';
import { projected } from './rows.ts';
import { lowerFind, lowerSearchSource } from './searches.ts';
import { lowerStatements } from './statements.ts';
import { lowerUnionSource } from './unions.ts';
import { lowerWatchlist } from './watchlists.ts';

type LowerRel = (node: Node, scope: Scope, lowering: Lowering) => Rel;

/** Lowers a table: a source, or operators over one. Every relation has the columns that the binder gives it. */
export function lowerRel(node: Node, scope: Scope, lowering: Lowering): Rel {
  lowering.step(node);
  const lower = sources[node.kind];
  if (lower) return lower(node, scope, lowering);
  if (scope.implicit && tabularOperators[node.kind]) return applyOperator(scope.implicit, node, scope, lowering);
  return lowering.refuse(describe(node), node);
}

const sources: Readonly<Record<string, LowerRel>> = {
  ParenthesizedExpression: (node, scope, lowering) => lowering.rel(node.get('Expression'), scope),
  PipeExpression: lowerPipe,
  NameReference: lowerTableName,
  FunctionCallExpression: lowerTableCall,
  DataTableExpression: lowerDatatable,
  ExternalDataExpression: lowerExternalData,
  PathExpression: (node, scope, lowering) =>
    lowerPattern(node, scope, lowering) ?? lowering.refuse(describe(node), node),
  FindOperator: lowerFind,
  PrintOperator: lowerPrint,
  SearchOperator: lowerSearchSource,
  RangeOperator: lowerRange,
  MaterializeExpression: lowerMaterialize,
  UnionOperator: lowerUnionSource,
};

/** A chain of operators is walked, not recursed into, so that a long one is not a deep one. */
function lowerPipe(node: Node, scope: Scope, lowering: Lowering): Rel {
  const operators: Node[] = [];
  let source = node;
  while (source.kind === 'PipeExpression') {
    operators.push(source.get('Operator'));
    source = source.get('Expression');
  }
  let rel = lowering.rel(source, scope);
  let current = scope;
  for (const operator of operators.reverse()) {
    if (operator.kind === 'AsOperator') {
      // What follows may name these rows.
      const name = operator.get('Name').simpleName;
      const id = lowering.nextId();
      const shared: Rel = { op: 'shared', id, input: rel, mustOnce: false, name, columns: rel.columns };
      current = { ...current, env: new Map([...current.env, [name, { kind: 'table', rel: () => shared }]]) };
      rel = shared;
    } else {
      rel = applyOperator(rel, operator, current, lowering);
    }
  }
  return rel;
}

function applyOperator(input: Rel, node: Node, scope: Scope, lowering: Lowering): Rel {
  const lower = tabularOperators[node.kind];
  if (!lower) return lowering.refuse(`The operator ${describe(node)}`, node);
  const { implicit: _implicit, aggregates: _aggregates, sides: _sides, ...outer } = scope;
  const before = lowering.usesIngestionTime;
  lowering.usesIngestionTime = false;
  const rel = lower(input, node, { ...outer, columns: input.columns }, lowering);
  const provided = lowering.usesIngestionTime ? withIngestionTime(rel, input, lowering) : rel;
  lowering.usesIngestionTime = before;
  if (!provided) return lowering.refuse('ingestion_time() of rows that are not those of a stored table', node);
  checkColumns(provided, node, lowering);
  return provided;
}

/** The binder knows the columns of every operator; what we made of it must be the same, or it is a fault of ours. */
function checkColumns(rel: Rel, node: Node, lowering: Lowering): void {
  const result = node.result;
  if (result.kind !== 'table' || result.isOpen) return;
  const isSame =
    rel.columns.length === result.columns.length &&
    rel.columns.every(({ name, type }, index) => {
      const expected = result.columns[index];
      return expected?.name === name && expected.type === type;
    });
  if (!isSame) lowering.refuse(`This form of ${describe(node)}`, node);
}

/** The whole query: the last statement that is a table. A query of a single value is a table of one row. */
export function lowerQuery(root: Node, lowering: Lowering): Rel {
  const statements = root.list('Statements');
  const results = statements.filter((each) => each.kind === 'ExpressionStatement');
  const [result, second] = results;
  if (second) return lowering.refuse('A second query in one text', second);
  if (!result) return lowering.refuse('A text without a query', root);
  const env = lowerStatements(statements, new Map(), lowering);
  return withoutUnasked(lowering.rel(result.get('Expression'), { env, columns: null }), lowering);
}

function withoutUnasked(input: Rel, { unasked }: Lowering): Rel {
  const columns = input.columns.filter(({ name }) => !unasked.has(name));
  if (columns.length === input.columns.length) return input;
  const outputs = columns.map((column) => ({ name: column.name, expr: columnExpr(column) }));
  return { op: 'project', input, outputs, columns };
}

function lowerTableName(node: Node, scope: Scope, lowering: Lowering): Rel {
  const name = node.simpleName;
  const binding = scope.env.get(name);
  if (binding?.kind === 'table') return binding.rel();
  const symbol = node.symbol;
  if (symbol?.kind !== 'TableSymbol') {
    // A stored function without parameters may be called without parentheses.
    return symbol?.kind === 'FunctionSymbol'
      ? lowerTableCall(node, scope, lowering)
      : lowering.refuse(describe(node), node);
  }
  const table = lowering.catalogue.tables.find((each) => each.name === symbol.name);
  if (!table) return lowering.refuse(`The table ${symbol.name}`, node);
  return { op: 'table', table: table.name, span: lowering.place(node), columns: columnsOf(node, lowering) };
}

function lowerTableCall(node: Node, scope: Scope, lowering: Lowering): Rel {
  const found = lowerWatchlist(node, scope, lowering) ?? lowerPattern(node, scope, lowering);
  if (found) return found;
  const body = bodyOf(node, scope);
  if (node.kind !== 'FunctionCallExpression' && !body) {
    return lowering.refuse(`${describe(node)} without parentheses`, node);
  }
  if (!body) return lowerTableByText(node, scope, lowering);
  const outer = { ...scope, columns: null };
  return enterBody(node, body, outer, lowering, (inner, env) => lowering.rel(inner, { env, columns: null }));
}

/** `table("Name")`. */
function lowerTableByText(node: Node, scope: Scope, lowering: Lowering): Rel {
  const [name] = argumentsOf(node);
  const isTable = node.get('Name').simpleName === 'table' && name && argumentsOf(node).length === 1;
  const text = isTable ? constantOf(name, scope, lowering).value : undefined;
  const table = lowering.catalogue.tables.find((each) => each.name === text);
  if (!table) return lowering.refuse(`${describe(node)} as a table`, node);
  return { op: 'table', table: table.name, span: lowering.place(node), columns: columnsOf(node, lowering) };
}

function lowerDatatable(node: Node, _scope: Scope, lowering: Lowering): Rel {
  const columns = columnsOf(node, lowering);
  const values = node.list('Values').filter((each) => !each.isMissing);
  if (columns.length === 0 || values.length % columns.length !== 0) {
    return lowering.refuse('A datatable whose values do not fill its rows', node);
  }
  const cells = values.map((each, index) => cellOf(each, columns[index % columns.length], lowering));
  const rows = Array.from({ length: cells.length / columns.length }, (_, row) =>
    cells.slice(row * columns.length, (row + 1) * columns.length),
  );
  return { op: 'rows', rows, columns };
}

/** A value of a datatable as its column's type. */
function cellOf(node: Node, column: Column | undefined, lowering: Lowering): Literal {
  const expr: Expr = lowering.expr(node, { env: new Map(), columns: null });
  if (!column || expr.kind !== 'literal') return lowering.refuse(`${describe(node)} in a datatable`, node);
  const value = convertLiteral(expr, column.type);
  return value ?? lowering.refuse(`${describe(node)} in a column of type ${column.type}`, node);
}

function lowerPrint(node: Node, scope: Scope, lowering: Lowering): Rel {
  const one: Rel = { op: 'rows', rows: [[]], columns: [] };
  return projected(one, node.list('Expressions'), node, { env: scope.env, columns: [] }, lowering);
}

function lowerRange(node: Node, scope: Scope, lowering: Lowering): Rel {
  const inner: Scope = { env: scope.env, columns: null };
  const bound = (name: string): Expr => lowering.expr(node.get(name), inner);
  return { op: 'range', from: bound('From'), to: bound('To'), step: bound('Step'), columns: columnsOf(node, lowering) };
}

function lowerMaterialize(node: Node, scope: Scope, lowering: Lowering): Rel {
  const input = lowering.rel(node.get('Expression'), scope);
  return { op: 'shared', id: lowering.nextId(), input, mustOnce: true, columns: input.columns };
}
