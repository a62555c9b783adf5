import type { ScriptType } from './script.ts';

/**
 * Content Policy Language: rules for a `<Proxy>` layer of the local policy file. `url.domain` matches the domain and
 * everything below it. The lines are those of the documented answer (cloud-apps reference 2.8), which has no layer header.
 */
export function* writeBlueCoat(hosts: readonly string[], type: ScriptType): Iterable<string> {
  const action = type === 'banned' ? 'deny' : 'allow';
  for (const host of hosts) yield `url.domain=${host} ${action}`;
}
