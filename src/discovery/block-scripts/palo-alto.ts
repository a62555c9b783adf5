import { listNames, type ScriptType } from './script.ts';

/**
 * Commands of configuration mode (PAN-OS 9.0 or later): a custom URL category with an entry for the domain and one for what is
 * below it. The slash at the end keeps `example.com` from matching `example.com.example.net`. What is banned is denied by a
 * rule in the first place. A rule that allows would also let through, from any zone, what only claims to be for such a host;
 * so what is allowed is a URL filtering profile, for the administrator's own rules to refer to.
 */
export function* writePaloAlto(hosts: readonly string[], type: ScriptType): Iterable<string> {
  const list = listNames[type];
  const category = `set profiles custom-url-category ${list}`;
  yield `${category} type "URL List"`;
  for (const host of hosts) yield `${category} list [ ${host}/ *.${host}/ ]`;
  if (type === 'allowed') {
    yield `set profiles url-filtering ${list} allow ${list}`;
    return;
  }
  yield `set rulebase security rules ${list} from any to any source any destination any`;
  yield `set rulebase security rules ${list} application any service any category ${list} action deny`;
  yield `move rulebase security rules ${list} top`;
}
