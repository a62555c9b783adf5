// What the numbers of the documented API mean, in the reader's language.
import { useMemo } from 'react';
import { appNames } from '../../components/app-names.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { AccountRecord, FileRecord } from './calls.ts';
import { accessLevels, accountStatuses, fileTypes, rangeCategories } from './filters.ts';

const none = '–';

/** A number that is none of ours says nothing. */
export function useFileWords() {
  const t = useTexts('inventory');
  return useMemo(
    () => ({
      app: ({ appName, appId }: FileRecord): string => appName ?? String(appId),
      access: ({ facl }: FileRecord): string => {
        const level = facl === null ? undefined : accessLevels[facl];
        return level === undefined ? none : t(`access.${level}`);
      },
      type: ({ ftype }: FileRecord): string => t(`type.${fileTypes[ftype] ?? 'other'}`),
      status: ({ fstat }: FileRecord): string =>
        fstat === 0 ? t('status.there') : t(fstat === 1 ? 'status.trashed' : 'status.gone'),
    }),
    [t],
  );
}

export function useAccountWords() {
  const t = useTexts('inventory');
  return useMemo(
    () => ({
      kind: ({ type }: Pick<AccountRecord, 'type'>): string => t(type === 2 ? 'account.user' : 'account.account'),
      status: ({ status }: Pick<AccountRecord, 'status'>): string => {
        const known = accountStatuses.find(([, value]) => value === status)?.[0];
        return t(`accountStatus.${known ?? 'unknown'}`);
      },
      affiliation: ({ isExternal }: Pick<AccountRecord, 'isExternal'>): string =>
        t(isExternal === null ? 'affiliation.unknown' : isExternal ? 'affiliation.external' : 'affiliation.internal'),
      yesNo: (value: boolean): string => t(value ? 'yes' : 'no'),
    }),
    [t],
  );
}

export function useCategoryWords(): (category: number) => string {
  const t = useTexts('inventory');
  return (category) => t(`category.${rangeCategories[category] ?? 'none'}`);
}

/** An app by its number, as records name it. */
export function appName(appId: number, name: string | null): string {
  return name ?? appNames.find(([id]) => id === appId)?.[1] ?? String(appId);
}
