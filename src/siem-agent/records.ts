// Reading what is in a record of the API without trusting its shape: whatever is missing or of another kind is empty.

export type Json = Readonly<Record<string, unknown>>;

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}; // Checked here.
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : '';
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Epoch milliseconds that a date can be made of; undefined for anything else. */
export function time(value: unknown): number | undefined {
  const at = number(value);
  return at !== undefined && Math.abs(at) <= 8_640_000_000_000_000 ? at : undefined;
}

/** What the alerts API made safe to show in a page, as it was. */
export function plain(value: unknown): string {
  return text(value).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The address in the field of its family; the other one is empty. */
export function byFamily(address: string): { readonly v4: string; readonly v6: string } {
  return address.includes(':') ? { v4: '', v6: address } : { v4: address, v6: '' };
}
