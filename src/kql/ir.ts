// The intermediate tree: what leaves the parser's worker and what every pass works on. Plain data, typed by the binder;
// nothing of the parser's own objects is in it. Names of columns are as KQL writes them (case matters), and each
// relation's columns are explicit: no `*` is left.

/** Scalar types of KQL. How each is kept in the engine is in emit/representation.ts. */
export type KqlType =
  | 'bool'
  | 'datetime'
  | 'decimal'
  | 'dynamic'
  | 'guid'
  | 'int'
  | 'long'
  | 'real'
  | 'string'
  | 'timespan';

/** A place in the query's text, in UTF-16 units from 0. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

export interface Column {
  readonly name: string;
  readonly type: KqlType;
}

/**
 * A value known when the query is compiled. int, long, and the ticks (100 ns) of datetime (since 0001-01-01) and
 * timespan are bigint; real is number (NaN and infinities too); decimal and guid are text; dynamic is JSON text.
 * null is the typed null; a string is never null.
 */
export interface Literal {
  readonly kind: 'literal';
  readonly type: KqlType;
  readonly value: string | number | bigint | boolean | null;
}

export type Expr =
  | Literal
  /** Known only when the query runs, so that a compiled query can be kept: `now` (ticks). */
  | { readonly kind: 'parameter'; readonly type: KqlType; readonly name: 'now' }
  /** A column of the relation that the expression is evaluated over; in a join's `on` and `where`, of the named side. */
  | { readonly kind: 'column'; readonly type: KqlType; readonly name: string; readonly side?: 'left' | 'right' }
  /** A scalar function or an operator, by its name in KQL (`strlen`, `has_any`, `!in~`, `+`, `and`, `matches regex`). */
  | {
      readonly kind: 'call';
      readonly type: KqlType;
      readonly name: string;
      readonly operands: readonly Expr[];
      readonly span: Span;
    }
  /** Only in the columns of `summarize` (and what is lowered to it). */
  | {
      readonly kind: 'aggregate';
      readonly type: KqlType;
      readonly name: string;
      readonly operands: readonly Expr[];
      readonly span: Span;
    }
  /** row_number, prev, next, row_cumsum, …: over the order of their relation. */
  | {
      readonly kind: 'window';
      readonly type: KqlType;
      readonly name: string;
      readonly operands: readonly Expr[];
      readonly span: Span;
    }
  /** `toscalar(query)`: first column of the first row. */
  | { readonly kind: 'scalarQuery'; readonly type: KqlType; readonly query: Rel; readonly span: Span }
  /** `x in (query)` and its kin: `in`, `in~`, `!in`, `!in~`, `has_any`, `has_all` with a relation's first column. */
  | {
      readonly kind: 'inQuery';
      readonly type: 'bool';
      readonly name: string;
      readonly operand: Expr;
      readonly query: Rel;
      readonly span: Span;
    };

export interface NamedExpr {
  readonly name: string;
  readonly expr: Expr;
}

export interface SortKey {
  readonly expr: Expr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export type JoinKind =
  | 'innerunique'
  | 'inner'
  | 'leftouter'
  | 'rightouter'
  | 'fullouter'
  | 'leftsemi'
  | 'rightsemi'
  | 'leftanti'
  | 'rightanti';

/** Every relation says what columns it has, in their order. */
interface Shape {
  readonly columns: readonly Column[];
}

export type Rel = Shape &
  (
    | {
        readonly op: 'table';
        readonly table: string;
        readonly span: Span;
        /** The one of the columns that holds when a row was stored: for `ingestion_time()`, not a column that queries name. */
        readonly ingested?: string;
      }
    | { readonly op: 'rows'; readonly rows: readonly (readonly Literal[])[] }
    | { readonly op: 'range'; readonly from: Expr; readonly to: Expr; readonly step: Expr }
    | { readonly op: 'filter'; readonly input: Rel; readonly predicate: Expr }
    /** `project`, `extend`, `project-*`, `parse`: all of the columns that go on, in order. */
    | { readonly op: 'project'; readonly input: Rel; readonly outputs: readonly NamedExpr[] }
    /** `summarize`, `distinct` (no outputs), `count`. */
    | {
        readonly op: 'summarize';
        readonly input: Rel;
        readonly by: readonly NamedExpr[];
        readonly outputs: readonly NamedExpr[];
        /** `arg_max(by, …)` and `arg_min`: all outputs come from the one row that wins. */
        readonly extremes: readonly {
          readonly which: 'max' | 'min';
          readonly by: Expr;
          readonly outputs: readonly NamedExpr[];
        }[];
      }
    | { readonly op: 'sort'; readonly input: Rel; readonly keys: readonly SortKey[] }
    | { readonly op: 'take'; readonly input: Rel; readonly count: Expr }
    | {
        readonly op: 'join';
        readonly kind: JoinKind;
        readonly left: Rel;
        readonly right: Rel;
        /** Pairs that must be equal: the first over the left side, the second over the right. */
        readonly on: readonly (readonly [Expr, Expr])[];
        readonly outputs: readonly { readonly name: string; readonly side: 'left' | 'right'; readonly from: string }[];
      }
    /** Each input's columns by name; a column that an input has not is its type's empty value. */
    | {
        readonly op: 'union';
        readonly inputs: readonly { readonly rel: Rel; readonly from: readonly (string | Literal)[] }[];
      }
    /** Evaluated once and used by its id: `materialize`, and a `let` table that is used more than once. */
    | {
        readonly op: 'shared';
        readonly id: number;
        readonly input: Rel;
        readonly mustOnce: boolean;
        /** The name that `as` gives. */
        readonly name?: string;
      }
    /** Operators with their own lowering and emission; each is one file in emit/operators/. */
    | Special
  );

/** `dynamic` values made rows. */
export interface Expansion {
  /** The column that gets the element: it takes the place of the input's of that name, or is new. */
  readonly name: string;
  readonly expr: Expr;
  /** `dynamic`, or what `to typeof()` says. */
  readonly type: KqlType;
}

export interface Expand {
  readonly expansions: readonly Expansion[];
  readonly kind: 'bag' | 'array';
  /** `with_itemindex`: a new column, of type long. */
  readonly itemIndex: string | null;
  /** `limit`: rows of one input row. */
  readonly limit: Expr | null;
  readonly span: Span;
}

/** One piece of the pattern of `parse`. */
export type ParsePart =
  | { readonly kind: 'star' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'capture'; readonly name: string; readonly type: KqlType };

/**
 * The operators that are not relational algebra. Where `outputs` are not given, a column of the result that the operator
 * does not make is the input's of the same name.
 */
export type Special =
  | { readonly op: 'special'; readonly name: 'mv-expand'; readonly inputs: readonly [Rel]; readonly details: Expand }
  /** `body` is evaluated for the elements of each row of the input by itself; its leaf is a `subtable` of the same `id`. */
  | {
      readonly op: 'special';
      readonly name: 'mv-apply';
      readonly inputs: readonly [Rel];
      readonly details: Expand & { readonly id: number; readonly body: Rel };
    }
  /** `body` is evaluated for the rows of each value of `by`; its leaf is a `subtable` of the same `id`. */
  | {
      readonly op: 'special';
      readonly name: 'partition';
      readonly inputs: readonly [Rel];
      readonly details: { readonly id: number; readonly by: Expr; readonly body: Rel; readonly span: Span };
    }
  /** The rows that a body works on: those of one row's elements (mv-apply) or of one partition. */
  | {
      readonly op: 'special';
      readonly name: 'subtable';
      readonly inputs: readonly [];
      readonly details: { readonly id: number };
    }
  /** Captures of a pattern. `where`: `parse-where`. A column that is not captured is the input's. */
  | {
      readonly op: 'special';
      readonly name: 'parse';
      readonly inputs: readonly [Rel];
      readonly details: {
        readonly on: Expr;
        readonly kind: 'simple' | 'regex' | 'relaxed';
        readonly flags: string;
        readonly where: boolean;
        readonly parts: readonly ParsePart[];
        readonly span: Span;
      };
    }
  | {
      readonly op: 'special';
      readonly name: 'parse-kv';
      readonly inputs: readonly [Rel];
      readonly details: {
        readonly on: Expr;
        readonly keys: readonly Column[];
        readonly pairDelimiter: string | null;
        readonly kvDelimiter: string | null;
        /** One character, or an opening and a closing one. */
        readonly quote: string | null;
        readonly escape: string | null;
        readonly greedy: boolean;
        readonly regex: string | null;
        readonly span: Span;
      };
    }
  | {
      readonly op: 'special';
      readonly name: 'make-series';
      readonly inputs: readonly [Rel];
      readonly details: {
        readonly outputs: readonly { readonly name: string; readonly expr: Expr; readonly default: Expr | null }[];
        readonly axis: NamedExpr;
        readonly from: Expr | null;
        readonly to: Expr | null;
        readonly step: Expr;
        readonly by: readonly NamedExpr[];
        readonly nonEmpty: boolean;
        readonly span: Span;
      };
    }
  | {
      readonly op: 'special';
      readonly name: 'top-nested';
      readonly inputs: readonly [Rel];
      readonly details: {
        readonly levels: readonly {
          readonly count: Expr | null;
          readonly of: NamedExpr;
          readonly others: Expr | null;
          readonly by: NamedExpr;
          readonly descending: boolean;
        }[];
        readonly span: Span;
      };
    }
  /** The columns are known (the query says them, or a first pass over the data did): `keys` are the values that become columns. */
  | {
      readonly op: 'special';
      readonly name: 'pivot';
      readonly inputs: readonly [Rel];
      readonly details: {
        readonly on: Expr;
        readonly aggregate: Expr;
        readonly by: readonly NamedExpr[];
        readonly keys: readonly { readonly value: string; readonly name: string }[];
        readonly span: Span;
      };
    }
  /** The columns are known, as for pivot. */
  | {
      readonly op: 'special';
      readonly name: 'bag_unpack';
      readonly inputs: readonly [Rel];
      readonly details: {
        readonly bag: Expr;
        readonly keys: readonly { readonly key: string; readonly name: string; readonly type: KqlType }[];
        readonly span: Span;
      };
    }
  /** Inputs: the source, the networks. Outputs as for join; the most specific network wins. */
  | {
      readonly op: 'special';
      readonly name: 'ipv4_lookup';
      readonly inputs: readonly [Rel, Rel];
      readonly details: {
        /** Of IPv6 addresses, to which IPv4 ones are mapped: `ipv6_lookup`. */
        readonly version: 4 | 6;
        readonly address: Expr;
        readonly network: Expr;
        readonly on: readonly (readonly [Expr, Expr])[];
        readonly returnUnmatched: boolean;
        readonly outputs: readonly { readonly name: string; readonly side: 'left' | 'right'; readonly from: string }[];
        readonly span: Span;
      };
    }
  /** The input with one more column: what the host knows of the place of an address, as `geo_info_from_ip_address` has it. */
  | {
      readonly op: 'special';
      readonly name: 'address-place';
      readonly inputs: readonly [Rel];
      readonly details: { readonly address: Expr; readonly column: string; readonly span: Span };
    }
  | {
      readonly op: 'special';
      readonly name: 'sample';
      readonly inputs: readonly [Rel];
      readonly details: { readonly count: Expr };
    }
  | {
      readonly op: 'special';
      readonly name: 'sample-distinct';
      readonly inputs: readonly [Rel];
      readonly details: { readonly count: Expr; readonly of: NamedExpr };
    }
  /** Rows are given an order that windows go by: the one that they have. */
  | {
      readonly op: 'special';
      readonly name: 'serialize';
      readonly inputs: readonly [Rel];
      readonly details: null;
    }
  /** Rows that the host has fetched into a table of its own, all of its columns strings; they are the relation's, in order. */
  | {
      readonly op: 'special';
      readonly name: 'externaldata';
      readonly inputs: readonly [];
      readonly details: {
        /** Quoted name of that table in SQL, by the host: never from outside. */
        readonly source: string;
        readonly span: Span;
      };
    }
  | {
      readonly op: 'special';
      readonly name: 'scan';
      readonly inputs: readonly [Rel];
      readonly details: {
        readonly declared: readonly { readonly name: string; readonly type: KqlType; readonly initial: Expr | null }[];
        readonly matchId: string | null;
        /** A column for matches that the binder adds unasked; the service does not, so it has no values and is no result. */
        readonly unasked: string | null;
        readonly steps: readonly {
          readonly name: string;
          readonly output: 'all' | 'last' | 'none';
          readonly optional: boolean;
          readonly condition: Expr;
          /** In expressions of a step, a state of a step (`s1.x`) is a call of `step.column` with the step's name and the column's as literals. */
          readonly assignments: readonly NamedExpr[];
        }[];
        readonly span: Span;
      };
    };

export type {
  Catalogue,
  Compiled,
  Diagnostic,
  ExternalSource,
  FunctionDescription,
  HostedTable,
  ParameterName,
  TableDescription,
} from './catalogue.ts';
