// What the compiler is told by its host, and what it hands back. Plain data: it crosses to the worker and back.
import type { Column, Span } from './ir.ts';

export interface Diagnostic {
  /** The binder's code (KS142) or ours (SP…: what we refuse). */
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** A table that a query may name, as the compiler is told of it. */
export interface TableDescription {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Quoted name of the stored table in SQL, by the program's own catalogue: never from outside. */
  readonly source: string;
  /** The column that the default time range applies to. */
  readonly timeColumn: string | null;
  /** The column with the tenant that a row belongs to; `tenantId` unless it is given. */
  readonly tenantColumn?: string;
  /** The column with the ticks at which a row was stored, which `ingestion_time()` gives, if there is one. */
  readonly ingestedColumn?: string;
}

/** A function written in KQL that every query may call, such as `DeviceFromIP`. */
export interface FunctionDescription {
  readonly name: string;
  /** As KQL declares them: `(T:(*), limit:long=100)`. */
  readonly parameters: string;
  /** With its braces: `{ T | extend … }`. */
  readonly body: string;
  /** Parameters that stand for a column of the table that comes in, and may be given by the column's name as a text. */
  readonly columnParameters?: readonly string[];
  /** Why it cannot be answered: it is known by name and refused. The message goes on with “is not supported”. */
  readonly refusal?: string;
}

/**
 * Tables that the host makes and fills when a query needs them. `places`: from the address "first" (a UUID that is its
 * number, IPv4 as mapped to IPv6) up to the next row's, what is known of the address, as a dynamic "value".
 */
export type HostedTable = 'places';

export interface Catalogue {
  readonly tables: readonly TableDescription[];
  readonly functions?: readonly FunctionDescription[];
  /** Quoted names in SQL of the tables that the host has, by the program's own catalogue: never from outside. */
  readonly hosted?: Readonly<Partial<Record<HostedTable, string>>>;
}

/** What an `externaldata` reads. A host that allows it fetches the rows and compiles the text again with their table. */
export interface ExternalSource {
  readonly urls: readonly string[];
  readonly columns: readonly Column[];
  /** Properties of `with (…)`, names in lower case: format, ignorefirstrecord, … */
  readonly properties: Readonly<Record<string, string>>;
}

/** Parameters of the emitted SQL, by name, in the order of its `$1`, `$2`, …. */
export type ParameterName = 'tenant' | 'now' | 'from' | 'to';

export interface Compiled {
  readonly sql: string;
  readonly parameters: readonly ParameterName[];
  readonly columns: readonly Column[];
  /** Names of the stored tables that are read. */
  readonly tables: readonly string[];
  /** What the host has to have ready before the query runs. */
  readonly hosted: readonly HostedTable[];
  /** The `render` annotation, for whoever draws. */
  readonly render: { readonly visualization: string; readonly properties: Readonly<Record<string, string>> } | null;
}
