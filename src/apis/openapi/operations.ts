// What an operation of a document is called, and what opens it in words and names.
import type { Permission } from '../../access/permissions.ts';
import type { DescribedSurface } from './described.ts';
import type { ServedCall } from './documents.ts';

/** Unique, and the same for as long as method and path are: `getIncidentsById`. */
export function operationIdOf(base: string, method: string, path: string): string {
  const words = path
    .slice(path.startsWith(`${base}/`) ? base.length : 0)
    .replace(/^\/(?:v1\.0|\{tenant\})(?=\/)/, '')
    .replace(/\{(\w+)\}/g, (_, name: string) => `by ${name}`)
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}

export interface ShownPermissions {
  readonly names: {
    readonly person?: readonly Permission[];
    readonly application?: readonly string[];
    readonly delegated?: readonly string[];
  };
  readonly sentence: string;
}

/** Undefined where no table tells anything. */
export function permissionsFor(
  surface: DescribedSurface,
  { method, path, call }: ServedCall,
): ShownPermissions | undefined {
  const ofApps = surface.permissionsOf?.(method, path);
  const needed = call.permission ?? ofApps?.person ?? [];
  const person = typeof needed === 'string' ? [needed] : needed;
  if (!ofApps && person.length === 0) return undefined;
  const sentences = [
    ...(ofApps ? appSentences(ofApps.application, ofApps.delegated) : []),
    ...(person.length === 0 ? [] : [`A person needs the permission ${orList(person)}.`]),
  ];
  return {
    names: {
      ...(person.length === 0 ? {} : { person }),
      ...(ofApps ? { application: ofApps.application, delegated: ofApps.delegated } : {}),
    },
    sentence: sentences.join(' '),
  };
}

function appSentences(application: readonly string[], delegated: readonly string[]): string[] {
  return [
    application.length === 0
      ? 'Apps that act as themselves cannot call it.'
      : `An app that acts as itself needs the application permission ${orList(application)}.`,
    delegated.length === 0
      ? 'Apps that act for a person cannot call it.'
      : `An app that acts for a person needs the delegated permission ${orList(delegated)}.`,
  ];
}

function orList(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(' or ');
}
