// A bound syntax tree as the lowering reads it: nodes by kind and by the names of their children, with the binder's
// types and symbols. It wraps the parser's objects lazily, one node at a time.
import type { Column, KqlType, Span } from '../ir.ts';
import { Unsupported } from '../unsupported.ts';
import { elementsOf, type Foreign, invoke, isForeign, loadParser, textOf } from './kusto.ts';

/** What the binder says an expression yields. `void` for what has no value of its own. */
export type ResultType =
  | { readonly kind: 'scalar'; readonly type: KqlType }
  | { readonly kind: 'table'; readonly columns: readonly Column[]; readonly isOpen: boolean; readonly name: string }
  | { readonly kind: 'tuple'; readonly columns: readonly Column[] }
  | { readonly kind: 'null' }
  | { readonly kind: 'void' };

export interface SymbolOf {
  /** Class of the symbol: ColumnSymbol, VariableSymbol, ParameterSymbol, FunctionSymbol, TableSymbol, GroupSymbol, … */
  readonly kind: string;
  readonly name: string;
}

export const scalarTypes: ReadonlySet<string> = new Set<KqlType>([
  'bool',
  'datetime',
  'decimal',
  'dynamic',
  'guid',
  'int',
  'long',
  'real',
  'string',
  'timespan',
]);

export function isScalarType(name: string): name is KqlType {
  return scalarTypes.has(name);
}

export class Node {
  readonly #raw: Foreign;

  constructor(raw: Foreign) {
    this.#raw = raw;
  }

  get kind(): string {
    return loadParser().kindOf(this.#raw);
  }

  /** Place in the text of its tree; the body of a function is a tree of its own. */
  get span(): Span {
    return { start: Number(this.#raw.TextStart ?? 0), length: Number(this.#raw.Width ?? 0) };
  }

  get isMissing(): boolean {
    return this.#raw.IsMissing === true;
  }

  /** Text of a token. */
  get token(): string {
    return textOf(this.#raw.Text);
  }

  /** Text of a token without its quotes and escapes. */
  get tokenValue(): string {
    return textOf(this.#raw.ValueText);
  }

  /** The text as written, without what stands before it. */
  get source(): string {
    return textOf(invoke(this.#raw, 'toString')).trim();
  }

  /** A child by its name in the parser's grammar (`Left`, `Operator`, `ByClause`). */
  maybe(name: string): Node | undefined {
    const value = this.#raw[name];
    return isForeign(value) ? new Node(value) : undefined;
  }

  get(name: string): Node {
    const found = this.maybe(name);
    if (!found) throw new Error(`the syntax node ${this.kind} has no ${name}`);
    return found;
  }

  /** Elements of a list, without its separators. */
  list(name: string): Node[] {
    const raw = this.#raw[name];
    return isForeign(raw) ? new Node(raw).elements() : [];
  }

  elements(): Node[] {
    return this.children().map((each) => (each.kind === 'SeparatedElement' ? each.get('Element') : each));
  }

  children(): Node[] {
    const count = Number(this.#raw.ChildCount ?? 0);
    return Array.from({ length: count }, (_, index) => invoke(this.#raw, 'GetChild', index)).flatMap((each) =>
      isForeign(each) ? [new Node(each)] : [],
    );
  }

  /** The name that a declaration or a reference carries. */
  get simpleName(): string {
    const name = textOf(this.#raw.SimpleName);
    // Columns of our own have names that start with NUL, and SQL has no name with one.
    if (name.includes('\0')) throw new Unsupported('a name with the character NUL', this.span);
    return name;
  }

  /** The name that a column gets from this expression; '' where the binder makes one up. */
  get resultName(): string {
    return loadParser().resultNameOf(this.#raw);
  }

  get symbol(): SymbolOf | undefined {
    const raw = this.#raw.ReferencedSymbol;
    return isForeign(raw) ? { kind: loadParser().classOf(raw), name: textOf(raw.Name) } : undefined;
  }

  /** Columns that a group symbol stands for (`*`, `Device*`). */
  get group(): readonly string[] {
    const raw = this.#raw.ReferencedSymbol;
    return isForeign(raw) ? elementsOf(raw.Members).map((each) => textOf(each.Name)) : [];
  }

  /** Of a name with wildcards: the tables that it stands for; undefined of any other name. */
  get wildcardTables(): readonly string[] | undefined {
    const raw = this.#raw.ReferencedSymbol;
    const isWildcarded = this.maybe('Name')?.kind.endsWith('WildcardedName') === true;
    if (!isWildcarded) return undefined;
    if (!isForeign(raw)) return [];
    return this.symbol?.kind === 'TableSymbol' ? [textOf(raw.Name)] : this.group;
  }

  get result(): ResultType {
    return typeOf(this.#raw.ResultType);
  }

  /** The value of a string literal, with its escapes resolved. */
  get stringValue(): string | undefined {
    const value = this.#raw.LiteralValue;
    return typeof value === 'string' ? value : undefined;
  }

  /** For a call of a function that is written in KQL: its body, bound for this call. */
  get calledBody(): Node | undefined {
    const body = invoke(this.#raw, 'GetCalledFunctionBody');
    return isForeign(body) ? new Node(body) : undefined;
  }

  /** For a call of a function that is written in KQL: names and types of its parameters, of the overload called. */
  get parameters(): readonly FunctionParameter[] {
    const signature = this.#raw.ReferencedSignature;
    return isForeign(signature) ? elementsOf(signature.Parameters).map(parameterOf) : [];
  }
}

export interface FunctionParameter {
  readonly name: string;
  readonly isTabular: boolean;
  readonly type: KqlType | null;
  readonly defaultValue: Node | undefined;
}

function parameterOf(raw: Foreign): FunctionParameter {
  const types = elementsOf(raw.DeclaredTypes).map(typeOf);
  const first = types[0];
  const fallback = raw.DefaultValue;
  return {
    name: textOf(raw.Name),
    isTabular: Number(raw.TypeKind ?? -1) === tabularKind || first?.kind === 'table',
    type: first?.kind === 'scalar' ? first.type : null,
    defaultValue: isForeign(fallback) ? new Node(fallback) : undefined,
  };
}

/** ParameterTypeKind.Tabular of the parser. */
const tabularKind = 3;

function typeOf(raw: unknown): ResultType {
  if (!isForeign(raw)) return { kind: 'void' };
  const symbol = loadParser().classOf(raw);
  const name = textOf(raw.Name);
  if (symbol === 'TableSymbol') return { kind: 'table', columns: columnsOf(raw), isOpen: raw.IsOpen === true, name };
  if (symbol === 'TupleSymbol') return { kind: 'tuple', columns: columnsOf(raw) };
  if (symbol.startsWith('Dynamic')) return { kind: 'scalar', type: 'dynamic' };
  if (name === 'null') return { kind: 'null' };
  return isScalarType(name) ? { kind: 'scalar', type: name } : { kind: 'void' };
}

function columnsOf(raw: Foreign): Column[] {
  return elementsOf(raw.Columns).map((each) => {
    const type = typeOf(each.Type);
    return { name: textOf(each.Name), type: type.kind === 'scalar' ? type.type : 'dynamic' };
  });
}

export interface BinderDiagnostic {
  readonly code: string;
  readonly message: string;
  readonly span: Span;
}

export interface BoundQuery {
  readonly root: Node;
  readonly result: ResultType;
  /** Errors only: hints and warnings do not keep a query from running. */
  readonly errors: readonly BinderDiagnostic[];
}

/** Parses and binds a text against symbols made by globals.ts. Call only after guard.ts has let the text through. */
export function bind(text: string, globals: Foreign): BoundQuery {
  const code = loadParser().parse(text, globals);
  const errors = elementsOf(invoke(code, 'GetDiagnostics'))
    // KS245: too deep to be bound, so that nothing else can be relied on.
    .filter((each) => each.Severity === 'Error' || each.Code === 'KS245')
    .filter((each) => !isCounted(each, text) && !isUnpacked(each, text))
    .map((each) => ({
      code: textOf(each.Code),
      message: textOf(each.Message),
      span: { start: Number(each.Start ?? 0), length: Number(each.Length ?? 0) },
    }));
  const root = code.Syntax;
  if (!isForeign(root)) throw new Error('the parser returned no tree');
  return { root: new Node(root), result: typeOf(code.ResultType), errors };
}

/** Of `bag_unpack`, the binder knows the first two arguments only, and those as text; the lowering checks the others. */
function isUnpacked({ Code, Start }: Foreign, text: string): boolean {
  const start = Number(Start ?? 0);
  if (Code === 'KS119') return /^bag_unpack\s*\(/.test(text.slice(start));
  return Code === 'KS107' && /\bignoredProperties\s*=\s*$/.test(text.slice(Math.max(0, start - 100), start));
}

/** `count(Column)`, which the service takes and the binder does not: that it wants a condition is no error. */
function isCounted({ Code, Start }: Foreign, text: string): boolean {
  const start = Number(Start ?? 0);
  return Code === 'KS107' && /\bcount\s*\(\s*$/.test(text.slice(Math.max(0, start - 100), start));
}
