import { objectName } from './host-names.ts';
import { listNames, type ScriptType } from './script.ts';

/** Letters, digits, dots and hyphens are fine, and objects share their names with groups (ASA firewall configuration guide). */
const nameLengthMax = 64;

/**
 * FQDN network objects (ASA 8.4.2 or later), a group of them, and an access list of that group. The appliance resolves each
 * name itself (`dns domain-lookup`) and knows no wildcards, so that names below a domain are not matched. The list does
 * nothing until `access-group` puts it in front of an interface; there, what is not banned passes.
 */
export function* writeCiscoAsa(hosts: readonly string[], type: ScriptType): Iterable<string> {
  const list = listNames[type];
  for (const host of hosts) {
    yield `object network ${objectName(host, nameLengthMax)}`;
    yield ` fqdn ${host}`;
  }
  yield `object-group network ${list}-hosts`;
  for (const host of hosts) yield ` network-object object ${objectName(host, nameLengthMax)}`;
  if (type === 'allowed') {
    yield `access-list ${list} extended permit ip any object-group ${list}-hosts`;
    return;
  }
  yield `access-list ${list} extended deny ip any object-group ${list}-hosts`;
  yield `access-list ${list} extended permit ip any any`;
}
