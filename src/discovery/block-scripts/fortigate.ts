import { listNames, type ScriptType } from './script.ts';

/** Ids of the two lists: far above what administrators and the portal of FortiGate count up to. */
const listIds = { banned: 20_001, allowed: 20_002 } as const satisfies Record<ScriptType, number>;

/**
 * A static URL filter (`config webfilter urlfilter`), for a web filter profile to refer to. Releases differ in whether a
 * simple entry covers the names below it, so that a wildcard entry stands beside each. `allow` lets the other checks of the
 * profile go on, where `exempt` would skip the scan for malware as well.
 */
export function* writeFortiGate(hosts: readonly string[], type: ScriptType): Iterable<string> {
  yield 'config webfilter urlfilter';
  yield `    edit ${listIds[type]}`;
  yield `        set name "${listNames[type]}"`;
  yield '        config entries';
  let id = 0;
  for (const host of hosts) {
    yield* entry(++id, host, 'simple', type);
    yield* entry(++id, `*.${host}`, 'wildcard', type);
  }
  yield '        end';
  yield '    next';
  yield 'end';
}

function* entry(id: number, url: string, kind: 'simple' | 'wildcard', type: ScriptType): Iterable<string> {
  yield `            edit ${id}`;
  yield `                set url "${url}"`;
  yield `                set type ${kind}`;
  yield `                set action ${type === 'banned' ? 'block' : 'allow'}`;
  yield '                set status enable';
  yield '            next';
}
