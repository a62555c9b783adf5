import type { ScriptType } from './script.ts';

/**
 * Rules for filter.config of Websense Content Gateway: a primary destination and an action. The first line of each host is
 * what the product's own clients show; `dest_host` means that host alone, so that `dest_domain` adds what is below it.
 */
export function* writeWebsense(hosts: readonly string[], type: ScriptType): Iterable<string> {
  const action = type === 'banned' ? 'deny' : 'allow';
  for (const host of hosts) {
    yield `dest_host=${host} action=${action}`;
    yield `dest_domain=${host} action=${action}`;
  }
}
