// Loads Microsoft's KQL parser and binder. The package is C# compiled to JavaScript: it defines the globals Bridge,
// System and Kusto, which is one reason why it lives in a worker of its own (the other: a hostile text can keep it busy
// for seconds). Overloaded constructors are numbered by that compiler, so each one that we use is tried at start.
import { createRequire } from 'node:module';

/** An object of the parser: whatever it has is checked where it is read. */
export type Foreign = Readonly<Record<string, unknown>>;

/** Constructors and statics, as the package exposes them. */
export interface Parser {
  /** Null where the text cannot be parsed at all. */
  parse(text: string, globals: Foreign): Foreign;
  /** Symbols of a database: see globals.ts. */
  table(name: string, columns: readonly { readonly name: string; readonly type: string }[]): Foreign;
  storedFunction(name: string, parameters: string, body: string): Foreign;
  globalsOf(members: readonly Foreign[]): Foreign;
  /** The same symbols with one more database beside the one that queries are in, in the place of one of that name. */
  withDatabase(globals: Foreign, name: string, members: readonly Foreign[]): Foreign;
  /** The name of a node's syntax kind, such as `PipeExpression`. */
  kindOf(node: Foreign): string;
  /** Whether that is the name of an aggregate function of KQL. */
  isAggregate(name: string): boolean;
  /** The name that a column gets from the expression that makes it; '' where the binder makes one up. */
  resultNameOf(expression: Foreign): string;
  /** The class of a symbol or type, without its namespace, such as `TableSymbol`. */
  classOf(value: Foreign): string;
}

type Construct = new (...values: unknown[]) => Foreign;

/** A readable complaint for whoever installed another version of the package. */
function broken(what: string): Error {
  return new Error(
    `The KQL parser has no ${what}. Install the version of @kusto/language-service-next that package.json names.`,
  );
}

export function isForeign(value: unknown): value is Foreign {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

export function foreign(value: unknown, what: string): Foreign {
  if (!isForeign(value)) throw broken(what);
  return value;
}

/** Calls a method of a foreign object; undefined where it has no such method. */
export function invoke(target: Foreign, method: string, ...values: unknown[]): unknown {
  const found = target[method];
  return typeof found === 'function' ? Reflect.apply(found, target, values) : undefined;
}

/** Elements of a C# list (`Count` and `getItem`) or array. */
export function elementsOf(list: unknown): Foreign[] {
  if (Array.isArray(list)) return list.filter(isForeign);
  if (!isForeign(list)) return [];
  const count = Number(list.Count ?? 0);
  return Array.from({ length: count }, (_, index) => foreign(invoke(list, 'getItem', index), 'list element'));
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

let loaded: Parser | undefined;

/** Loads the parser once per thread: about 0.3 s. Throws where the package is not the one we know. */
export function loadParser(): Parser {
  loaded ??= checked(build());
  return loaded;
}

function build(): Parser {
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const scope: Foreign = globalThis as unknown as Foreign; // the package defines globals; each is checked below
  const bridge = foreign(scope.Bridge, 'Bridge');
  const language = foreign(foreign(scope.Kusto, 'Kusto').Language, 'Kusto.Language');
  const symbols = foreign(language.Symbols, 'Symbols');
  const kinds = foreign(foreign(language.Syntax, 'Syntax').SyntaxKind, 'SyntaxKind');
  const kindNames = new Map<unknown, string>(
    Object.entries(kinds).flatMap(([name, value]) => (typeof value === 'number' ? [[value, name] as const] : [])),
  );
  const defaults = foreign(foreign(language.GlobalState, 'GlobalState').Default, 'GlobalState.Default');
  const aggregates = new Set(elementsOf(defaults.Aggregates).map((each) => textOf(each.Name)));
  const construct = (owner: string, overload: string, ...values: unknown[]): Foreign => {
    const found = foreign(symbols[owner], owner)[overload];
    if (typeof found !== 'function') throw broken(`${owner}.${overload}`);
    return new (found as Construct)(...values); // a function of the package, checked just above
  };
  return {
    parse: (text, globals) =>
      foreign(invoke(foreign(language.KustoCode, 'KustoCode'), 'ParseAndAnalyze', text, globals), 'ParseAndAnalyze'),
    table: (name, columns) =>
      construct(
        'TableSymbol',
        '$ctor7',
        name,
        `(${columns.map((each) => `${bracketed(each.name)}:${each.type}`).join(', ')})`,
      ),
    storedFunction: (name, parameters, body) => construct('FunctionSymbol', '$ctor16', name, parameters, body),
    globalsOf: (members) => {
      const database = construct('DatabaseSymbol', 'ctor', 'hunting', [...members]);
      return foreign(invoke(defaults, 'WithDatabase', database), 'WithDatabase');
    },
    withDatabase: (globals, name, members) => {
      const database = construct('DatabaseSymbol', 'ctor', name, [...members]);
      const cluster = foreign(invoke(foreign(globals.Cluster, 'Cluster'), 'AddOrUpdateDatabase', database), 'Cluster');
      return foreign(invoke(globals, 'AddOrReplaceCluster', cluster), 'AddOrReplaceCluster');
    },
    kindOf: (node) => kindNames.get(node.Kind) ?? 'unknown',
    resultNameOf: (expression) =>
      textOf(invoke(foreign(language.KustoFacts, 'KustoFacts'), 'GetExpressionResultName', expression, '')),
    isAggregate: (name) => aggregates.has(name),
    classOf: (value) =>
      textOf(invoke(bridge, 'getTypeName', value))
        .split('.')
        .at(-1) ?? '',
  };
}

/** A column name as a schema text takes it, whatever its characters. */
function bracketed(name: string): string {
  return `["${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"]`;
}

/** Proves that the numbered constructors are the overloads that we mean. */
function checked(parser: Parser): Parser {
  const table = parser.table('Sample', [{ name: 'a b', type: 'long' }]);
  const column = elementsOf(table.Columns)[0];
  if (textOf(table.Name) !== 'Sample' || textOf(column?.Name) !== 'a b') throw broken('TableSymbol of a schema text');
  const called = parser.storedFunction('Twice', '(n:long)', '{ n + n }');
  const globals = parser.globalsOf([table, called]);
  const code = parser.parse('Sample | project Twice(["a b"])', globals);
  const result = foreign(code.ResultType, 'result type');
  if (!parser.isAggregate('count') || parser.isAggregate('strlen')) throw broken('list of aggregates');
  const complaints = elementsOf(invoke(code, 'GetDiagnostics')).length;
  const first = elementsOf(result.Columns)[0];
  if (
    complaints !== 0 ||
    parser.classOf(result) !== 'TableSymbol' ||
    textOf(foreign(first?.Type, 'type').Name) !== 'long'
  ) {
    throw broken('binder that we know');
  }
  return parser;
}
