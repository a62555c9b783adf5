// Records of one table into its rows: which column each field goes to, under whatever name an export gives it, and what
// becomes of fields that the table has no column for.
import type { RowWriter } from '../../events/row-writer.ts';
import type { KqlType } from '../../kql/ir.ts';
import { eventTableOf, storedColumns } from '../schema/stored.ts';
import { columnNames, huntingTables, otherFields, type QueryTable } from '../schema/tables.ts';
import { lastTime, type WriteCell, writeCell } from './cells.ts';
import { parseExact, writeJson } from './exact-json.ts';
import { roughTicks, type TimeWords } from './times.ts';

/** Where a field goes. */
export interface Target {
  /** The stored column. */
  readonly name: string;
  readonly type: KqlType;
  /** Index in the stored table. */
  readonly column: number;
  readonly write: WriteCell;
  /** Its value is the record's time. */
  readonly isTime: boolean;
  /** It keeps the fields without a column. */
  readonly isOthers: boolean;
}

/** What was met of a record whose values are in their columns. */
export interface ReadFields {
  /** The record's time, NaN when it has none itself. */
  readonly rough: number;
  /** Fields without a column. */
  readonly unknown: Readonly<Record<string, unknown>> | undefined;
  /** The record's own AdditionalFields. */
  readonly others: unknown;
}

/** Names that exports spell in ways of their own are remembered, but not those of a hostile one. */
const rememberedMax = 2000;
/** Copies of the tables in Log Analytics have their time under this name. */
const otherTimeName = 'timegenerated';

export class TableReader {
  readonly table: QueryTable;
  readonly #tenantId: string;
  readonly #ingested: TimeWords;
  readonly #targets: ReadonlyMap<string, Target>;
  /** The same by the names as they were met; null for fields without a column. */
  readonly #met = new Map<string, Target | null>();
  /** Where fields without a column go. */
  readonly others: Target;
  readonly #internal: { readonly tenant: number; readonly ingested: number };

  constructor(table: QueryTable, tenantId: string, ingested: TimeWords) {
    this.table = table;
    this.#tenantId = tenantId;
    this.#ingested = ingested;
    const { columns } = eventTableOf(table);
    const index = new Map(columns.map((column, at) => [column.name, at]));
    const types = new Map(table.columns.map((column) => [column.stored, column.type]));
    const targets = new Map<string, Target>();
    for (const [name, stored] of columnNames(table)) {
      const type = types.get(stored) ?? 'string';
      const [column, isTime, isOthers] = [index.get(stored) ?? -1, stored === table.timeColumn, stored === otherFields];
      targets.set(name, { name: stored, type, column, write: writeCell[type], isTime, isOthers });
    }
    const others = targets.get(otherFields.toLowerCase());
    if (!others) throw new Error(`${table.name} has nowhere to keep other fields.`);
    const time = targets.get(table.timeColumn?.toLowerCase() ?? '');
    if (time && !targets.has(otherTimeName)) targets.set(otherTimeName, time);
    this.#targets = targets;
    this.others = others;
    this.#internal = {
      tenant: index.get(storedColumns.tenant) ?? -1,
      ingested: index.get(storedColumns.ingested) ?? -1,
    };
  }

  /**
   * Writes the record's row, without ending it, and returns its time (NaN for a snapshot's). `time` is the time that the
   * record's envelope names. Returns a sentence instead, and nothing is written, when the record is wrong.
   */
  read(record: Readonly<Record<string, unknown>>, time: unknown, writer: RowWriter): number | string {
    let rough = Number.NaN;
    let unknown: Record<string, unknown> | undefined;
    let others: unknown;
    for (const name in record) {
      const value = record[name];
      if (value === null || value === undefined || value === '') continue;
      const target = this.targetOf(name);
      if (target === null) {
        unknown ??= noFields();
        unknown[name] = value;
      } else if (target.isOthers) others = value;
      else if (!target.write(writer, target.column, value)) return this.#refuse(writer, target, value);
      else if (target.isTime) rough = roughTicks(lastTime);
    }
    return this.finish({ rough, unknown, others }, time, writer);
  }

  /** Writes what the values of a record's own columns leave to be written. Returns what {@link read} returns. */
  finish({ rough, unknown, others }: ReadFields, time: unknown, writer: RowWriter): number | string {
    const { timeColumn } = this.table;
    let at = rough;
    if (timeColumn !== null && Number.isNaN(at)) {
      const target = this.targetOf(timeColumn);
      if (!target || time === null || time === undefined || time === '') {
        writer.dropRow();
        return `The record has no ${timeColumn}.`;
      }
      if (!target.write(writer, target.column, time)) return this.#refuse(writer, target, time);
      at = roughTicks(lastTime);
    }
    const kept = unknown === undefined ? others : mergeFields(others, unknown);
    if (kept !== undefined && !this.others.write(writer, this.others.column, kept)) {
      return this.#refuse(writer, this.others, kept);
    }
    writer.set(this.#internal.tenant, this.#tenantId);
    writer.setLong(this.#internal.ingested, this.#ingested.low, this.#ingested.high);
    return at;
  }

  /** Null for fields without a column. */
  targetOf(name: string): Target | null {
    const met = this.#met.get(name);
    if (met !== undefined) return met;
    const target = this.#targets.get(name.toLowerCase()) ?? null;
    if (this.#met.size < rememberedMax) this.#met.set(name, target);
    return target;
  }

  #refuse(writer: RowWriter, { name, type }: Target, value: unknown): string {
    writer.dropRow();
    const text = typeof value === 'string' ? value : (writeJson(value) ?? 'a value that is nested too deeply');
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    return `${name} of ${this.table.name} is of type ${type}, which ${shown} is not.`;
  }
}

/** For fields by their names: __proto__ is a name like others. */
export function noFields(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>; // Its prototype is all that it differs by.
}

/** The fields beside what the record has as its additional ones. Those of the record stay as they are. */
function mergeFields(others: unknown, unknown: Readonly<Record<string, unknown>>): unknown {
  let known = others;
  if (typeof others === 'string') {
    try {
      known = parseExact(others);
    } catch {
      // It is a text and no JSON; it goes on as one.
    }
  }
  if (known === undefined) return { ...unknown };
  if (typeof known !== 'object' || known === null || Array.isArray(known)) {
    return { ...unknown, [otherFields]: others };
  }
  return { ...unknown, ...known };
}

/** The stored table of that name. */
export function storedTable(name: string): QueryTable | undefined {
  return huntingTables().find((table) => table.name === name && table.stored === name);
}
