// The fields of a custom parser, as texts of a form.
import type { CustomParser } from './calls.ts';

const oneColumn = ['timestampColumn', 'timestampFormat'] as const;
const twoColumns = ['dateColumn', 'dateFormat', 'timeColumn', 'timeFormat'] as const;
const others = [
  'sourceIpColumn',
  'destinationUrlColumn',
  'destinationIpColumn',
  'userColumn',
  'userFormat',
  'uploadedBytesColumn',
  'downloadedBytesColumn',
  'totalBytesColumn',
  'actionColumn',
  'denyTerm',
] as const;

type ParserField =
  | 'name'
  | 'delimiter'
  | (typeof oneColumn)[number]
  | (typeof twoColumns)[number]
  | (typeof others)[number];

/** Texts by field, besides `type` and `times` (date and time in `one` column or in `two`). */
export type Fields = Readonly<Record<string, string>>;

export function parserFields(hasTwo: boolean): readonly ParserField[] {
  return ['name', 'delimiter', ...(hasTwo ? twoColumns : oneColumn), ...others];
}

const needed: readonly ParserField[] = ['name', 'delimiter', 'sourceIpColumn', ...oneColumn, ...twoColumns];

export function required(field: ParserField): boolean {
  return needed.includes(field);
}

/** What nobody could see in a field. */
const delimiterWords: Readonly<Record<string, string>> = { '\t': 'tab', ' ': 'space' };

/** What a stored definition says; of a new one what most logs are. */
export function fieldsOf(parser: CustomParser): Fields {
  const texts = Object.entries(parser).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    type: 'csv',
    delimiter: ',',
    ...Object.fromEntries(texts.map(([name, text]) => [name, delimiterWords[text] ?? text])),
    times: typeof parser.dateColumn === 'string' ? 'two' : 'one',
  };
}

/** Everything that is needed, with one destination at least. */
export function isComplete(fields: Fields): boolean {
  const isGiven = (name: ParserField) => (fields[name] ?? '') !== '';
  return (
    parserFields(fields.times === 'two').every((name) => !required(name) || isGiven(name)) &&
    (isGiven('destinationUrlColumn') || isGiven('destinationIpColumn'))
  );
}

export function parserOf(fields: Fields): CustomParser {
  const names = parserFields(fields.times === 'two').filter((name) => (fields[name] ?? '') !== '');
  return { type: fields.type, ...Object.fromEntries(names.map((name) => [name, fields[name]])) };
}
