import { objectName } from './host-names.ts';
import { listNames, type ScriptType } from './script.ts';

/** Names of addresses, address sets and policies (Junos, security address books). */
const nameLengthMax = 63;
/** Members of one address set: what the smallest of the series take. */
const setMembersMax = 1024;

/**
 * Commands of configuration mode: names in the global address book, sets of them, and a global policy, which needs no zones
 * and comes after the policies between zones. The appliance resolves each name itself; names below a domain are not matched.
 */
export function* writeJuniperSrx(hosts: readonly string[], type: ScriptType): Iterable<string> {
  const list = listNames[type];
  const book = 'set security address-book global';
  const policy = `set security policies global policy ${list}`;
  for (const host of hosts) yield `${book} address ${objectName(host, nameLengthMax)} dns-name ${host}`;
  for (const [index, host] of hosts.entries()) {
    yield `${book} address-set ${setName(list, index)} address ${objectName(host, nameLengthMax)}`;
  }
  yield `${policy} match source-address any`;
  for (let index = 0; index < hosts.length; index += setMembersMax) {
    yield `${policy} match destination-address ${setName(list, index)}`;
  }
  yield `${policy} match application any`;
  yield `${policy} then ${type === 'banned' ? 'deny' : 'permit'}`;
}

function setName(list: string, index: number): string {
  return `${list}-${Math.floor(index / setMembersMax) + 1}`;
}
