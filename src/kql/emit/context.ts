// What one emission keeps track of: parameters, stored tables that are read, common table expressions, and names.
import type { Catalogue, HostedTable, ParameterName, Rel, Span, TableDescription } from '../ir.ts';
import { relationsIn } from '../passes/walk.ts';
import { Unsupported } from '../unsupported.ts';
import type { Block } from './block.ts';
import { type Dialect, type DialectSql, dialectSql } from './dialect.ts';

export class Context {
  readonly dialect: Dialect;
  /** What differs between the engines. */
  readonly sql: DialectSql;
  readonly parameters: ParameterName[] = [];
  readonly tables = new Set<string>();
  readonly hosted = new Set<HostedTable>();
  /** `with` clauses in the order in which they may use each other. */
  readonly clauses: string[] = [];
  /** A shared relation, once it is a common table expression: the block over a fresh alias of it. */
  readonly shared = new Map<number, () => Block>();
  /** What stands for the sub-table within the body of an operator. */
  readonly subtables = new Map<number, () => Block>();
  /** How often each shared relation is used in the whole query. */
  readonly uses: ReadonlyMap<number, number>;
  readonly #catalogue: ReadonlyMap<string, TableDescription>;
  readonly #hosted: NonNullable<Catalogue['hosted']>;
  readonly #emit: (rel: Rel, context: Context) => Block;
  #aliases = 0;

  constructor(
    catalogue: Catalogue,
    dialect: Dialect,
    uses: ReadonlyMap<number, number>,
    emit: (rel: Rel, context: Context) => Block,
  ) {
    this.#emit = emit;
    this.#catalogue = new Map(catalogue.tables.map((table) => [table.name, table]));
    this.#hosted = catalogue.hosted ?? {};
    this.dialect = dialect;
    this.sql = dialectSql(dialect);
    this.uses = uses;
  }

  /** SQL of a parameter, typed. The same parameter has one number however often it is used. */
  parameter(name: ParameterName): string {
    let index = this.parameters.indexOf(name);
    if (index < 0) index = this.parameters.push(name) - 1;
    return this.sql.parameter(index + 1, name === 'tenant' ? 'uuid' : 'long');
  }

  /** The stored table of that name: SQL names tables by the catalogue's own text only. */
  table(name: string, span: Span): TableDescription {
    const table = this.#catalogue.get(name);
    if (!table) throw new Unsupported(`the table ${name}`, span);
    this.tables.add(name);
    return table;
  }

  /** The host's table; `what` is refused where it has none. */
  hostedTable(name: HostedTable, what: string, span: Span): string {
    const source = this.#hosted[name];
    if (source === undefined) throw new Unsupported(what, span);
    this.hosted.add(name);
    return source;
  }

  /** A relation inside an expression or an operator. */
  emit(rel: Rel): Block {
    return this.#emit(rel, this);
  }

  alias(): string {
    this.#aliases += 1;
    return `t${this.#aliases}`;
  }
}

/** Counts the uses of every shared relation; what is inside one counts once, as it is emitted once. */
export function usesOfShared(root: Rel): ReadonlyMap<number, number> {
  const uses = new Map<number, number>();
  const visit = (rel: Rel): void => {
    if (rel.op === 'shared') {
      const before = uses.get(rel.id) ?? 0;
      uses.set(rel.id, before + 1);
      if (before > 0) return;
    }
    for (const each of relationsIn(rel)) visit(each);
  };
  visit(root);
  return uses;
}
