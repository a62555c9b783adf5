// Ids of apps that nobody has described: made from the domain, so that every process and every upload says the same without
// keeping a list.
import { hash } from 'node:crypto';

/** Ids of the catalogue and of custom apps lie below. */
const first = 2 ** 52;

/** A safe integer: 2^52 and the first 52 bits of the domain's SHA-256. The domain must be in normal form. */
export function unclassifiedId(domain: string): number {
  return first + Number.parseInt(hash('sha256', domain, 'hex').slice(0, 13), 16);
}

export function isUnclassifiedId(appId: number): boolean {
  return appId >= first;
}
