// Events of Windows as JSON, mapped to the device tables. Three spellings are known: the one of Winlogbeat (`winlog`), the
// one of tools that turn the event's XML into JSON (`Event.System`, `Event.EventData`), and flat ones, where the fields of
// the event stand beside `EventID` and `Channel`.
import type { FoundRecord, RecordProblem } from '../ingest/records.ts';
import { readSecurity } from './security.ts';
import { readSysmon } from './sysmon.ts';

/** An event, whichever way it was spelled. */
export interface WindowsEvent {
  readonly id: number;
  readonly provider: string;
  readonly computer: string;
  /** When it was written to the log, as the event says it. */
  readonly time: unknown;
  /** Its number in the log. */
  readonly record: unknown;
  /** The named data of the event. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What an event becomes. Fields that have no column go to AdditionalFields by the table's own rule. */
export interface MappedEvent {
  readonly table: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Undefined when the value is no Windows event at all. */
export function readWindowsEvent(value: Readonly<Record<string, unknown>>): FoundRecord | RecordProblem | undefined {
  const event = fromBeats(value) ?? fromXml(value) ?? fromFlat(value);
  if (!event) return undefined;
  const mapped = /sysmon/i.test(event.provider)
    ? readSysmon(event)
    : /security-auditing|^security$/i.test(event.provider)
      ? readSecurity(event)
      : undefined;
  if (!mapped)
    return { reason: `Event ${event.id} of ${event.provider || 'an unnamed provider'} has no hunting table.` };
  const { table, fields } = mapped;
  const computer = event.computer.toLowerCase();
  // Events have no id of the device; its name is one for who groups and joins by it.
  const common = { DeviceId: computer, DeviceName: computer, Timestamp: event.time, ReportId: event.record };
  return { table, fields: { ...common, ...fields }, time: event.time };
}

function fromBeats(value: Readonly<Record<string, unknown>>): WindowsEvent | undefined {
  const winlog = objectOf(value.winlog);
  if (!winlog) return undefined;
  return {
    id: Number(winlog.event_id),
    provider: textOf(winlog.provider_name),
    computer: textOf(winlog.computer_name),
    time: value['@timestamp'],
    record: winlog.record_id,
    data: objectOf(winlog.event_data) ?? {},
  };
}

function fromXml(value: Readonly<Record<string, unknown>>): WindowsEvent | undefined {
  const event = objectOf(value.Event);
  const system = objectOf(event?.System);
  if (!event || !system) return undefined;
  const id = system.EventID;
  return {
    id: Number(objectOf(id)?.['#text'] ?? id),
    provider: textOf(attribute(system.Provider, 'Name')),
    computer: textOf(system.Computer),
    time: attribute(system.TimeCreated, 'SystemTime'),
    record: system.EventRecordID,
    data: dataOf(event.EventData),
  };
}

/** Attributes of an element, in the spellings of the usual converters. */
function attribute(element: unknown, name: string): unknown {
  const object = objectOf(element);
  return objectOf(object?.['#attributes'])?.[name] ?? object?.[`@${name}`] ?? object?.[name];
}

/** The event's data: an object by name, or the list of elements as they stand in the XML. */
function dataOf(eventData: unknown): Readonly<Record<string, unknown>> {
  const object = objectOf(eventData) ?? {};
  const list = object.Data;
  if (!Array.isArray(list)) return object;
  const entries = list.map((each): [string, unknown] => [
    textOf(attribute(each, 'Name')),
    objectOf(each)?.['#text'] ?? objectOf(each)?.content,
  ]);
  return Object.fromEntries(entries.filter(([name]) => name !== ''));
}

function fromFlat(value: Readonly<Record<string, unknown>>): WindowsEvent | undefined {
  const id = value.EventID ?? value.EventId;
  const provider = value.SourceName ?? value.ProviderName ?? value.Provider ?? value.Channel;
  if (id === undefined || typeof provider !== 'string') return undefined;
  return {
    id: Number(id),
    provider,
    computer: textOf(value.Computer ?? value.Hostname ?? value.host),
    time: value.EventTime ?? value.TimeCreated ?? value['@timestamp'],
    record: value.RecordNumber ?? value.EventRecordID ?? value.RecordId,
    data: value,
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>) // Any object has string keys.
    : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
