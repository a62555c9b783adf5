// Hunting data for tests: records as exports have them, and what a query finds of them.
import type { Services } from '../../src/context.ts';
import { huntingCatalogue } from '../../src/hunting/hunting.ts';
import { prepareHuntingTables } from '../../src/hunting/store.ts';
import { compile } from '../../src/kql/compile.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A record of the streaming API. */
export function exported(table: string, fields: Fields): Fields {
  return {
    time: fields.Timestamp,
    tenantId: '9a7d2c5e-4d7b-4c5e-8f6a-2b9f0c1d3e4f',
    operationName: 'Publish',
    category: `AdvancedHunting-${table}`,
    properties: fields,
  };
}

/** Each a second after the one before it. */
export function processEvent(index: number): Fields {
  return exported('DeviceProcessEvents', {
    Timestamp: new Date(Date.UTC(2026, 10, 1, 8, 0, index)).toISOString(),
    DeviceId: 'd1',
    DeviceName: 'pc1.contoso.example',
    ActionType: 'ProcessCreated',
    FileName: 'cmd.exe',
    ProcessId: index,
    ProcessCommandLine: `cmd /c echo ${index}`,
    ReportId: index,
  });
}

/** What the query answers for the tenant, over all times. */
export async function huntedRows(
  { events }: Pick<Services, 'events'>,
  tenantId: string,
  query: string,
): Promise<unknown[][]> {
  await prepareHuntingTables(events);
  const compilation = compile(query, huntingCatalogue());
  if (!compilation.ok) throw new Error(compilation.diagnostics.map(({ message }) => message).join(' '));
  const { sql, parameters } = compilation.compiled;
  const lastTick = 3_155_378_975_999_999_999n;
  const values = parameters.map((name) => {
    if (name === 'tenant') return { uuid: tenantId };
    return name === 'from' ? 0n : lastTick;
  });
  const rows: unknown[][] = [];
  for await (const chunk of events.hunt({ sql, values, secondsMax: 60, rowsMax: 100_000 })) {
    const columns = chunk.columns();
    for (let row = 0; row < chunk.rowCount; row++) rows.push(columns.map((column) => column[row]));
  }
  return rows;
}
