// What a range of activities says of accounts, added up: one entry an account or user, one an app instance of it.
import { createHash } from 'node:crypto';
import type { TenantId } from '../lib/ids.ts';
import { decodeSet } from './column-tests.ts';
import { builtInGroups } from './entity-sql.ts';
import type { EntityAppRow, EntityRow } from './store.ts';

/** What the directory's records make of an account: the wire's status numbers (cloud-apps reference 2.5). */
export const entityStatus = { unknown: 0, active: 2, suspended: 3, deleted: 4 } as const;

/** Operations that say what has become of an account; the names are written with and without a full stop. */
const statusOf: ReadonlyMap<string, number> = new Map([
  ['add user', entityStatus.active],
  ['invite external user', entityStatus.active],
  ['restore user', entityStatus.active],
  ['enable account', entityStatus.active],
  ['disable account', entityStatus.suspended],
  ['delete user', entityStatus.deleted],
  ['hard delete user', entityStatus.deleted],
]);

export interface Acts {
  readonly userName: string;
  /** As the event store keeps sets. */
  readonly userTags: string;
  readonly entities: string;
  readonly appId: number;
  readonly instance: number;
  /** Epoch milliseconds. */
  readonly first: number;
  readonly last: number;
}

export interface Administration {
  readonly isRoleGiven: boolean;
  readonly operation: string;
  readonly userName: string;
  readonly entities: string;
  readonly at: number;
}

/** An account as activities name it. */
interface Named {
  readonly id: string;
  readonly appId: number;
  readonly instance: number;
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const nameCharsMax = 320;

/** Made of what an entity is known by, so that every process gives it the same. */
export function entityId(tenantId: TenantId, kind: EntityRow['kind'], key: Named): string {
  const text = `${tenantId}/${kind}/${key.appId}|${key.instance}|${key.id}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

type Mutable<T> = { -readonly [Member in keyof T]: T[Member] };

export class Sightings {
  readonly #tenantId: TenantId;
  readonly #domains: ReadonlySet<string>;
  readonly #entities = new Map<string, Mutable<EntityRow>>();
  readonly #apps = new Map<string, Mutable<EntityAppRow>>();
  /** The ids that were made, which costs more than all the rest. */
  readonly #ids = new Map<string, string>();

  /** `domains` are the tenant's own: accounts of others are guests. */
  constructor(tenantId: TenantId, domains: ReadonlySet<string>) {
    this.#tenantId = tenantId;
    this.#domains = domains;
  }

  addActs(acts: Acts): void {
    const { actor, directoryId, others } = read(acts.entities, acts.userName);
    if (actor) {
      const isApplication = acts.userTags.includes(builtInGroups.applications);
      const isGuest = acts.userTags.includes(builtInGroups.externalUsers);
      for (const row of this.#rowsOf(actor, isApplication)) {
        // The provider's own accounts are of foreign domains, and nobody's guests.
        const external = isGuest ? 1 : this.#isForeign(actor.id) === 0 && !isApplication ? 0 : null;
        if (external !== null) row.isExternal = external;
        if (isApplication) row.isApplication = 1;
        row.directoryId ??= directoryId;
        if (row.statusAt === 0) row.status = entityStatus.active;
        this.#see(row, actor, acts, acts.last);
      }
    }
    for (const other of others) {
      for (const row of this.#rowsOf(other, false)) {
        row.isExternal ??= this.#isForeign(other.id);
        this.#see(row, other, acts, 0);
      }
    }
  }

  addAdministrators(userNames: ReadonlySet<string>): void {
    for (const row of this.#entities.values()) if (row.lastSeenAt > 0 && userNames.has(row.userName)) row.isAdmin = 1;
  }

  /** Follows {@link addActs} of the same activities, which has made the accounts. */
  addAdministration({ isRoleGiven, operation, userName, entities, at }: Administration): void {
    const status = statusOf.get(operation.toLowerCase().replace(/\.$/, ''));
    for (const other of read(entities, userName).others) {
      for (const row of this.#rowsOf(other, false)) {
        if (isRoleGiven) row.isAdmin = 1;
        if (status === undefined || at < row.statusAt || (at === row.statusAt && status < row.status)) continue;
        row.status = status;
        row.statusAt = at;
      }
    }
  }

  /** Sorted by id, so that two writers never wait for each other. */
  rows(): { entities: EntityRow[]; apps: EntityAppRow[] } {
    const entities = [...this.#entities.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
    const apps = [...this.#apps].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
    return { entities, apps };
  }

  /** The account, and the user behind it where it is a person's. */
  #rowsOf(named: Named, isApplication: boolean): Mutable<EntityRow>[] {
    const account = this.#row('account', named);
    if (isApplication || !named.id.includes('@')) return [account];
    return [account, this.#row('user', { id: named.id, appId: 0, instance: 0 })];
  }

  #row(kind: EntityRow['kind'], named: Named): Mutable<EntityRow> {
    const id = this.#idOf(kind, named);
    const known = this.#entities.get(id);
    if (known) return known;
    const at = named.id.lastIndexOf('@');
    const row: Mutable<EntityRow> = {
      tenantId: this.#tenantId,
      id,
      kind,
      appId: named.appId,
      instance: named.instance,
      userName: named.id,
      directoryId: null,
      domain: at === -1 || at === named.id.length - 1 ? null : named.id.slice(at + 1),
      isExternal: null,
      isAdmin: 0,
      isApplication: 0,
      status: entityStatus.unknown,
      statusAt: 0,
      firstSeenAt: Number.MAX_SAFE_INTEGER,
      lastSeenAt: 0,
    };
    this.#entities.set(id, row);
    return row;
  }

  #idOf(kind: EntityRow['kind'], named: Named): string {
    const key = `${kind}/${named.appId}|${named.instance}|${named.id}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = entityId(this.#tenantId, kind, named);
    this.#ids.set(key, id);
    return id;
  }

  /** 0 for an account of the tenant's own domains; null for what is no address. A guest is written name_home#EXT#@tenant. */
  #isForeign(userName: string): 0 | 1 | null {
    const domain = userName.slice(userName.lastIndexOf('@') + 1);
    if (domain === userName || domain === '') return null;
    return this.#domains.has(domain) && !userName.includes('#ext#') ? 0 : 1;
  }

  /** Notes when and where; `last` is 0 for who was only named. The app that the account belongs to counts as well. */
  #see(row: Mutable<EntityRow>, account: Named, { appId, instance, first }: Acts, last: number): void {
    row.firstSeenAt = Math.min(row.firstSeenAt, first);
    row.lastSeenAt = Math.max(row.lastSeenAt, last);
    this.#seeIn(row, appId, instance, first, last);
    if (account.appId !== appId || account.instance !== instance)
      this.#seeIn(row, account.appId, account.instance, first, last);
  }

  #seeIn(row: EntityRow, appId: number, instance: number, first: number, last: number): void {
    const key = `${row.id}|${appId}|${instance}`;
    const known = this.#apps.get(key);
    if (known) {
      known.firstSeenAt = Math.min(known.firstSeenAt, first);
      known.lastSeenAt = Math.max(known.lastSeenAt, last);
      return;
    }
    const { tenantId, id: entityId } = row;
    this.#apps.set(key, { tenantId, entityId, appId, instance, firstSeenAt: first, lastSeenAt: last });
  }
}

/**
 * The accounts of an activity: the actor's comes first and its directory id second, where the record has one; each stands
 * there once with its app and once without (activities/store.ts).
 */
function read(
  entities: string,
  userName: string,
): { actor: Named | null; directoryId: string | null; others: Named[] } {
  const named = decodeSet(entities).flatMap((element) => parse(element) ?? []);
  const actor = named.find(({ id }) => id === userName && userName !== '') ?? null;
  const second = named[actor === null ? 0 : 1];
  const directoryId = second && guid.test(second.id) ? second.id : null;
  // Other things than accounts are named as well: people by their display names, for one.
  const others = named.filter((each) => each !== actor && each.id.includes('@'));
  return { actor, directoryId, others };
}

function parse(element: string): Named | undefined {
  const [, id = '', appId, instance] = /^(.*)\|(\d+)\|(\d+)$/s.exec(element) ?? [];
  if (id === '' || id.length > nameCharsMax || appId === undefined || instance === undefined) return undefined;
  return { id: id.toLowerCase(), appId: Number(appId), instance: Number(instance) };
}
