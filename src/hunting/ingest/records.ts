// The forms in which records of hunting tables come, each taken apart into table, fields and time:
//
//   streaming API   {"time", "tenantId", "category": "AdvancedHunting-DeviceEvents", "properties": {…}}
//   event hub       {"records": [ those ]}
//   result page     rows, of the table that the request names: objects, {"Results": […]} or {"results": […]}, CSV
//   workspace       rows with their table in "Type"
//   Windows         events of Sysmon and the Security log, in three spellings (windows/)
//
// (defender-api reference 3.2, 3.3). Whose tenant an export was is not looked at: who ingests owns the rows.
import { storedTableName } from '../schema/tables.ts';
import { readWindowsEvent } from '../windows/windows.ts';

export interface FoundRecord {
  /** The stored table. */
  readonly table: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** What the envelope says of the time; for records that say nothing themselves. */
  readonly time: unknown;
}

export interface RecordProblem {
  /** A sentence. */
  readonly reason: string;
}

const categoryStart = 'AdvancedHunting-';
/** Lists in lists are no form of anything. */
const listsMax = 2;

/** The records in a value of JSON. `table` is the stored table of rows that do not name theirs. */
export function* recordsIn(
  value: unknown,
  table: string | undefined,
  lists = listsMax,
): Generator<FoundRecord | RecordProblem> {
  if (Array.isArray(value) && lists > 0) {
    for (const each of value) yield* recordsIn(each, table, lists - 1);
  } else if (!isObject(value)) {
    yield { reason: 'The record is no JSON object.' };
  } else {
    const list = lists > 0 ? listIn(value) : undefined;
    if (list) for (const each of list) yield* recordsIn(each, table, lists - 1);
    else yield recordOf(value, table);
  }
}

/** The records of an event hub's message or of a result page. */
function listIn(value: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  if (value.category !== undefined) return undefined;
  for (const name of ['records', 'Results', 'results']) {
    const list = value[name];
    if (Array.isArray(list)) return list;
  }
  return undefined;
}

function recordOf(value: Readonly<Record<string, unknown>>, table: string | undefined): FoundRecord | RecordProblem {
  const { category, properties, time } = value;
  if (typeof category === 'string' && properties !== undefined) {
    const stored = tableOfCategory(category);
    if (stored === undefined) return { reason: `There is no hunting table ${short(nameInCategory(category))}.` };
    if (!isObject(properties)) return { reason: 'The properties of the record are no JSON object.' };
    return { table: stored, fields: properties, time };
  }
  if (table !== undefined) return { table, fields: value, time: undefined };
  const type = value.Type;
  const stored = typeof type === 'string' ? storedTableName(type) : undefined;
  if (stored !== undefined) return { table: stored, fields: value, time: undefined };
  return (
    readWindowsEvent(value) ?? {
      reason:
        'The record names no table: it has neither category and properties nor Type, and is no Windows event. Rows of a result page need the table in the request.',
    }
  );
}

/** The stored table of the records that name this category. */
export function tableOfCategory(category: string): string | undefined {
  return storedTableName(nameInCategory(category));
}

function nameInCategory(category: string): string {
  return category.startsWith(categoryStart) ? category.slice(categoryStart.length) : category;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isRecordProblem(found: FoundRecord | RecordProblem): found is RecordProblem {
  return 'reason' in found;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
