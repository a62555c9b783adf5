// Permissions of APIs in words: web/locales/<language>/permissions.json, which consent pages show as well.
import { useQuery } from '@tanstack/react-query';
import { usePreferences } from '../app/preferences.ts';

export interface PermissionWords {
  readonly name: string;
  /** What it reaches. */
  readonly about: string;
}

/** The words for a permission by its name, such as `Incident.Read.All`; undefined for names of others and while they load. */
export function usePermissionWords(): (name: string) => PermissionWords | undefined {
  const { language } = usePreferences().preferences;
  const { data } = useQuery({
    queryKey: ['permission-words', language],
    queryFn: () => loadWords(language),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (name) => (data && Object.hasOwn(data, name) ? data[name] : undefined);
}

async function loadWords(language: string): Promise<Readonly<Record<string, PermissionWords>>> {
  const { default: words } = (await import(`../locales/${language}/permissions.json`)) as {
    default: Record<string, PermissionWords>; // What that file holds; its keys are tested.
  };
  return words;
}
