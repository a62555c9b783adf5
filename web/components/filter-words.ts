// Fields, operators and fixed values of filters in words; what has none goes by the API's own name.
import { type TextKey, useTexts } from '../i18n/texts.ts';
import { appNames } from './app-names.ts';
import type { FilterField } from './filter-table.ts';

export type FilterChoice = readonly [value: string, text: string];

/** Values to tick, by the name of their field. */
export type FilterChoices = Readonly<Record<string, readonly FilterChoice[]>>;

export interface FilterWords {
  field(name: string): string;
  operator(name: string): string;
  /** One of the fixed values of a field. */
  value(field: string, value: string): string;
  /** What can be ticked; empty where values are typed. */
  choices(field: FilterField): readonly FilterChoice[];
}

const fieldsOfApps = ['service', 'app', 'entity.service'];

/** `own`: what a page knows of values; it goes before what is known of them anyway. */
export function useFilterWords(own: FilterChoices = {}): FilterWords {
  const t = useTexts('filters');
  const word = (key: string, otherwise: string): string => {
    const text = t(key as TextKey<'filters'>); // Names come from the server; one that has no text gives its key back.
    return text === key ? otherwise : text;
  };
  const wordOf = (field: string, value: string) => word(`values.${keyOf(field)}.${value}`, value);
  return {
    value: wordOf,
    field: (name) => word(`fields.${keyOf(name)}`, name),
    operator: (name) => word(`operators.${name}`, name),
    choices(field) {
      const given = Object.hasOwn(own, field.name) ? own[field.name] : undefined;
      if (given) return given;
      if (field.values === 'flag') return [['true', t('yes')] as const, ['false', t('no')] as const];
      if (fieldsOfApps.includes(field.name)) return appNames.map(([id, name]) => [String(id), name] as const);
      const known = field.oneOf.map((each) => [String(each), wordOf(field.name, String(each))] as const);
      return field.values === 'choice' ? [...known, ['null', t('none')] as const] : known;
    },
  };
}

/** Dots stand between the parts of a key. */
function keyOf(name: string): string {
  return name.replaceAll('.', '-');
}
