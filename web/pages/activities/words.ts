import { useMemo } from 'react';
import { usePreferences } from '../../app/preferences.ts';
import { useFilterWords } from '../../components/filter-words.ts';
import { type TextKey, useTexts } from '../../i18n/texts.ts';
import type { Activity, EventObject } from './calls.ts';

const kindsOfObjects: Readonly<Record<number, TextKey<'activities'>>> = {
  1: 'kinds.thing',
  6: 'kinds.application',
  7: 'kinds.property',
  21: 'kinds.account',
  22: 'kinds.account',
  23: 'kinds.directoryUser',
};

const rolesOfObjects: Readonly<Record<number, TextKey<'activities'>>> = {
  1: 'roles.used',
  3: 'roles.object',
  4: 'roles.actor',
};

/** Parts of records in the reader's language. */
export function useActivityWords() {
  const t = useTexts('activities');
  const words = useFilterWords();
  const { language } = usePreferences().preferences;
  const regions = useMemo(() => new Intl.DisplayNames(language, { type: 'region', fallback: 'code' }), [language]);
  return {
    country({ location }: Activity): string {
      const code = location?.countryCode ?? '';
      return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code;
    },
    category({ location }: Activity): string {
      const category = location?.category ?? 0;
      return category === 0 ? '' : words.value('ip.category', String(category));
    },
    /** `DELETE_MAIL`: the words of the record's own type. */
    type: ({ eventTypeName = '' }: Activity) => eventTypeName.replace(/^EVENT_CATEGORY_/, ''),
    /** The kind of machine, its system and the program. */
    device({ userAgent }: Activity): string {
      const kind = userAgent?.deviceType ?? '';
      const program = `${userAgent?.name ?? ''} ${userAgent?.version ?? ''}`.trim();
      const parts = [
        kind === '' ? '' : words.value('device.type', kind),
        userAgent?.operatingSystem?.name ?? '',
        program,
      ];
      return parts.filter((part) => part !== '').join(' · ');
    },
    objectKind: ({ objType, serviceObjectType = '' }: EventObject) =>
      serviceObjectType === '' ? t(kindsOfObjects[objType] ?? 'kinds.thing') : serviceObjectType,
    objectRole: ({ role }: EventObject) => t(rolesOfObjects[role] ?? 'roles.object'),
  };
}
