// IP tags by id and name: the built-in ones of the documented service (cloud-apps reference 2.6), and a tenant's own, which
// come to be when an IP range names them.
import { randomBytes } from 'node:crypto';
import type { Config } from '../config.ts';
import type { Db, Trx } from '../db/store.ts';
import { Conflict, InvalidInput } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { countTags, insertTags, listTags } from './tags-store.ts';

export interface IpTag {
  /** 24 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly isBuiltIn: boolean;
}

/** A tag as a request may name it: its id, its name, or both. */
export interface TagReference {
  readonly id?: string;
  readonly name?: string;
}

const tagNameMax = 100;

function builtIn(start: string, name: string): IpTag {
  return { id: start.padEnd(24, '0'), name, isBuiltIn: true };
}

export const builtInIpTags: readonly IpTag[] = [
  builtIn('00000003', 'Anonymous proxy'),
  builtIn('00000004', 'Satellite provider'),
  builtIn('00000005', 'Microsoft Cloud App Security network'),
  builtIn('0000000c', 'Botnet'),
  builtIn('0000000d', 'Malware C&C server'),
  builtIn('0000000e', 'Exchange Online'),
  builtIn('0000000f', 'SharePoint Online'),
  builtIn('00000010', 'Microsoft authentication and identity'),
  builtIn('00000012', 'Office 365 ProPlus'),
  builtIn('00000013', 'OneNote'),
  builtIn('00000014', 'Office Online'),
  builtIn('00000015', 'Exchange Online Protection'),
  builtIn('00000016', 'Zscaler'),
  builtIn('00000017', 'Office 365'),
  builtIn('00000018', 'Skype for Business Online'),
  builtIn('00000019', 'Planner'),
  builtIn('0000001a', 'OWA companion'),
  builtIn('0000001b', 'Yammer'),
  builtIn('0000001c', 'Remote Connectivity Analyzer'),
  builtIn('0000001d', 'Sway'),
  builtIn('0000001e', 'Microsoft Cloud'),
  builtIn('0000001f', 'Darknet scanning IP'),
  builtIn('00000027', 'Cisco CWS'),
  builtIn('00000028', 'Google Cloud Platform'),
  builtIn('00000029', 'Amazon Web Services'),
  builtIn('0000002a', 'Microsoft Azure'),
  builtIn('0000002c', 'McAfee Web Gateway'),
  builtIn('0000002d', 'Akamai'),
  builtIn('0000002e', 'Masergy'),
  builtIn('0000002f', 'Ascenty'),
  builtIn('00000030', 'ScanSafe'),
  builtIn('00000031', 'Internal network IP'),
  builtIn('00000033', 'Symantec Cloud Security'),
  builtIn('00000038', 'Brute force attacker'),
  builtIn('00000039', 'Salesforce'),
  builtIn('0000003a', 'Microsoft Hosting'),
  builtIn('2dfa95cd7922d979d66fcff5', 'Tor'),
];

/** All tags that a range of the tenant can have; nobody's rights are asked. */
export async function listIpTags(db: Db, tenantId: TenantId): Promise<IpTag[]> {
  const own = await listTags(db, tenantId);
  return [...builtInIpTags, ...own.map(({ id, name }) => ({ id, name, isBuiltIn: false }))];
}

/**
 * Ids of the tags that a range names, inside its change. A name that is new becomes a tag of the tenant. Throws
 * InvalidInput for an id that is no tag, Conflict when there would be too many.
 */
export async function resolveTags(
  trx: Trx,
  tenantId: TenantId,
  references: readonly TagReference[],
  { ipTagsPerTenantMax }: Pick<Config, 'ipTagsPerTenantMax'>,
): Promise<string[]> {
  const known = await listIpTags(trx, tenantId);
  const ids: string[] = [];
  const made: { id: string; tenantId: TenantId; name: string }[] = [];
  for (const reference of references) {
    const found = findTag([...known, ...made], reference);
    if (found) {
      ids.push(found.id);
      continue;
    }
    const name = nameOfNew(reference);
    const tag = { id: randomBytes(12).toString('hex'), tenantId, name };
    made.push(tag);
    ids.push(tag.id);
  }
  if (made.length > 0 && (await countTags(trx, tenantId)) + made.length > ipTagsPerTenantMax) {
    const limit = `${ipTagsPerTenantMax} IP tags (setting ipTagsPerTenantMax)`;
    throw new Conflict('too-many-ip-tags', `A tenant has at most ${limit}. Use one that is there.`);
  }
  await insertTags(trx, made);
  return [...new Set(ids)];
}

/** The tag with that id, or else with that name, letter case apart. */
export function findTag<Tag extends { readonly id: string; readonly name: string }>(
  tags: readonly Tag[],
  { id, name }: TagReference,
): Tag | undefined {
  const byId = id === undefined ? undefined : tags.find((tag) => tag.id === id.toLowerCase());
  if (byId || name === undefined) return byId;
  const folded = name.trim().toLowerCase();
  return tags.find((tag) => tag.name.toLowerCase() === folded);
}

function nameOfNew({ id, name }: TagReference): string {
  const text = name?.trim() ?? '';
  // What looks like an id and is none was meant as one.
  if (text === '' || /^[0-9a-f]{24}$/i.test(text)) {
    throw new InvalidInput('tags', `There is no IP tag with the id ${(id ?? text).slice(0, 40)}.`);
  }
  if (text.length > tagNameMax || !/^[^\p{Cc}]+$/u.test(text)) {
    throw new InvalidInput('tags', `The name of a tag is one line of at most ${tagNameMax} characters.`);
  }
  return text;
}
