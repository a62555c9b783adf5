// Texts by area, with keys that the compiler knows: a missing one fails the build.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Areas } from './areas.ts';

type Leaves<Tree, Prefix extends string = ''> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? `${Prefix}${Key}` : Leaves<Tree[Key], `${Prefix}${Key}.`>;
}[keyof Tree & string];

type Area = keyof Areas;
export type TextKey<A extends Area> = Leaves<Areas[A]>;
export type TextValues = Readonly<Record<string, string | number>>;
export type Translate<A extends Area> = (key: TextKey<A>, values?: TextValues) => string;

/** The texts of an area, in the reader's language. The component waits (Suspense) until they are loaded. */
export function useTexts<A extends Area>(area: A): Translate<A> {
  const { t } = useTranslation(area);
  return useCallback((key, values) => t(key as string, { ...values }), [t]); // A key is a text to i18next.
}
