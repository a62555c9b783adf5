// What the maps of Windows events are made of: the data of one event, read with the names of the hunting columns.
import type { MappedEvent, WindowsEvent } from './windows.ts';

/** Data of an event, each field taken once; what nobody took goes to AdditionalFields. */
export class EventData {
  readonly #data: Readonly<Record<string, unknown>>;
  readonly #taken = new Set<string>();

  constructor(event: WindowsEvent) {
    this.#data = event.data;
  }

  /** Empty when the event has no such field, or marks it as unknown with a hyphen. */
  text(name: string): string {
    this.#taken.add(name);
    const value = this.#data[name];
    const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
    return text === '-' ? '' : text;
  }

  /** A whole number, decimal or hexadecimal with 0x; null when it is none. */
  number(name: string): string | null {
    const text = this.text(name).trim();
    if (/^\d{1,20}$/.test(text)) return text;
    return /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text).toString() : null;
  }

  /** `DOMAIN\name` in two. */
  account(name: string): { readonly domain: string; readonly name: string } {
    const text = this.text(name);
    const at = text.indexOf('\\');
    return { domain: at < 0 ? '' : text.slice(0, at), name: text.slice(at + 1) };
  }

  /** The rest, for AdditionalFields. */
  rest(apart: ReadonlySet<string> = new Set()): Record<string, unknown> {
    const entries = Object.entries(this.#data).filter(
      ([name, value]) => !this.#taken.has(name) && !apart.has(name) && value !== '' && value !== '-' && value !== null,
    );
    return Object.fromEntries(entries);
  }
}

/** The last part of a path of Windows, and the path: FolderPath holds the whole of it, the file's name included. */
export function filePath(path: string): { readonly name: string; readonly path: string } {
  return { name: path.slice(path.lastIndexOf('\\') + 1), path };
}

/** `SHA1=…,MD5=…,SHA256=…,IMPHASH=…` of Sysmon, by algorithm in upper case; values in lower case. */
export function hashesOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(',').flatMap((part): [string, string][] => {
    const [name, value] = part.split('=');
    return name && value ? [[name.trim().toUpperCase(), value.trim().toLowerCase()]] : [];
  });
  return new Map(pairs);
}

export function mapped(
  table: string,
  actionType: string,
  fields: Readonly<Record<string, unknown>>,
  rest: Readonly<Record<string, unknown>>,
): MappedEvent {
  const others = Object.keys(rest).length === 0 ? {} : { AdditionalFields: rest };
  return { table, fields: { ActionType: actionType, ...fields, ...others } };
}
