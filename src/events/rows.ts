// Packed rows into the engine's tables. The engine asks for them through a table function, chunk by chunk, while this
// process prepares the next batch; so they are copied once, and what is stored already is left out on the way.
import { BIGINT, type DuckDBConnection, DuckDBTableFunction } from '@duckdb/node-api';
import type { EventTable } from './catalogue.ts';
import { boundType, boundValue, engineType } from './cells.ts';
import { qualifiedName } from './dialect.ts';
import type { PackedRows, RowChunk } from './packing.ts';
import { name, type Sql, sql } from './sql.ts';

const functionName = 'packed_rows';

/** The rows of the insertions that are under way, by the number that their statement names. */
const sources = new Map<number, PackedRows>();
let lastSource = 0;

/** Makes `packed_rows(number)` known to the connection's engine: the rows of an insertion that is under way. */
export function registerRowSource(connection: DuckDBConnection): void {
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name: functionName,
      parameterTypes: [BIGINT],
      bindFunction: (info) => {
        const rows = sources.get(Number(info.getParameter(0)));
        if (!rows) return info.setError('There are no such rows.');
        for (const column of rows.table.columns) info.addResultColumn(column.name, engineType(column.type));
        info.setCardinality(rows.rowCount, true);
        info.setBindData(rows);
      },
      initFunction: (info) => {
        info.setMaxThreads(1);
        const { chunks } = info.bindData as PackedRows; // As bindFunction set it.
        info.setInitData({ waiting: [...chunks] });
      },
      mainFunction: (info, output) => {
        const { waiting } = info.initData as { waiting: RowChunk[] }; // As initFunction set it.
        const chunk = waiting.shift();
        if (chunk) chunk.fill(output);
        else output.rowCount = 0;
      },
    }),
  );
}

/**
 * Adds the rows within the connection's transaction, except those whose key is found among the stored rows that `among`
 * describes. Returns how many were added. `batch` is given for tables that number their batches.
 */
export async function insertRows(
  connection: DuckDBConnection,
  packed: PackedRows,
  among: Sql,
  batch: number | undefined,
): Promise<number> {
  const source = ++lastSource;
  sources.set(source, packed);
  try {
    const { text, values } = insertionOf(packed, source, among, batch);
    const result = await connection.run(text, values.map(boundValue), values.map(boundType));
    return result.rowsChanged;
  } finally {
    sources.delete(source);
  }
}

/** Removes the rows that `where` describes, within the connection's transaction. */
export async function removeRows(connection: DuckDBConnection, table: EventTable, where: Sql): Promise<void> {
  const from: Sql = { text: qualifiedName(table), values: [] };
  const { text, values } = sql`delete from ${from} where ${where}`;
  await connection.run(text, values.map(boundValue), values.map(boundType));
}

function insertionOf({ table }: PackedRows, source: number, among: Sql, batch: number | undefined): Sql {
  const columns: Sql = { text: table.columns.map((column) => `"${column.name}"`).join(', '), values: [] };
  const rows: Sql = { text: `${functionName}(${source})`, values: [] };
  const numbered = batch === undefined ? columns : sql`${columns}, "batch"`;
  const numbers: Sql = batch === undefined ? columns : { text: `${columns.text}, ${batch}`, values: [] };
  const into: Sql = { text: qualifiedName(table), values: [] };
  const insertion = sql`insert into ${into} (${numbered}) select ${numbers} from ${rows}`;
  const key = table.columns.find((column) => column.isKey);
  // Rows without a key are never told apart.
  if (!key) return insertion;
  return sql`${insertion}
    where ${name(key.name)} not in (select ${name(key.name)} from ${into} where ${among})`;
}
