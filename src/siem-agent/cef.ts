// Common Event Format, version 0 (ArcSight's implementation standard), in the two dialects that an agent can be set to.
//
// Generic: as the documented agent sends it, every field always, `key=` where there is nothing.
// ArcSight: how the documented agent's second format differs is not public. Ours keeps to the standard's dictionary:
// fields without a value are left out together with their labels, labels stand without quotation marks, and values are
// no longer than the dictionary allows.

export type Dialect = 'generic-cef' | 'arcsight-cef';

/** One field of an extension; a labelled one is `key` with `keyLabel` before it. */
export interface CefField {
  readonly key: string;
  readonly value: string;
  readonly label?: string;
}

export interface CefEvent {
  readonly version: string;
  /** EVENT_CATEGORY_… or ALERT_…. */
  readonly eventClass: string;
  readonly name: string;
  /** 0 to 10. */
  readonly severity: number;
  readonly fields: readonly CefField[];
}

export function cefText(event: CefEvent, dialect: Dialect): string {
  const head = ['MCAS', 'SIEM_Agent', event.version, event.eventClass, event.name].map(headerValue).join('|');
  const fields = event.fields.flatMap((field) => fieldTexts(field, dialect)).join(' ');
  return `CEF:0|${head}|${event.severity}|${fields}`;
}

function fieldTexts({ key, value, label }: CefField, dialect: Dialect): string[] {
  if (dialect === 'generic-cef') {
    const shown = label?.includes(' ') ? `"${label}"` : label;
    return [
      ...(shown === undefined ? [] : [`${key}Label=${shown}`]),
      `${key}=${extensionValue(cut(value, genericLengthMax))}`,
    ];
  }
  if (value === '') return [];
  const text = extensionValue(cut(value, lengthMax[key] ?? genericLengthMax));
  return [...(label === undefined ? [] : [`${key}Label=${extensionValue(label)}`]), `${key}=${text}`];
}

/** What no SIEM is asked to take more of in one field. */
const genericLengthMax = 4000;
/** The dictionary's lengths of the fields that we send. Ids are left whole: cut off they would be another's. */
const lengthMax: Readonly<Record<string, number>> = {
  msg: 1023,
  suser: 1023,
  destinationServiceName: 1023,
  requestClientApplication: 1023,
};

/** Never between the halves of a surrogate pair. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 1)) ? most - 1 : most;
  return text.slice(0, end);
}

/** Lines and other control characters would end a message, or be swallowed on the way. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Between bars: a bar and a backslash are escaped, line ends become spaces. */
export function headerValue(text: string): string {
  return text.toWellFormed().replace(controls, ' ').replace(/[\\|]/g, '\\$&').trim();
}

/** Behind an equals sign: an equals sign and a backslash are escaped, line ends are written as `\n` and `\r`. */
export function extensionValue(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\\=]/g, '\\$&')
    .replace(/\r\n|[\n\r\u2028\u2029]/g, (end) => (end === '\r' ? '\\r' : '\\n'))
    .replace(controls, ' ');
}
