// Who is served next when more is due than can be sent at once: each tenant in its turn, and each of its targets in its
// turn, so that a long backlog of one holds up nobody else.
import type { TenantId } from '../lib/ids.ts';

export interface Target {
  readonly tenantId: TenantId;
  readonly targetId: string;
}

export class Turns {
  /** Numbers of the last turns, by tenant and by tenant and target; who has none was never served. */
  #last = new Map<string, number>();
  #count = 0;

  /**
   * The targets in the order in which to serve them: one of each tenant, then a second one of each, and so on. Tenants and
   * targets that were served longest ago come first, those that are equal in that in the order given.
   */
  order<Each extends Target>(targets: readonly Each[]): Each[] {
    const byTenant = new Map<TenantId, Each[]>();
    for (const each of targets) byTenant.set(each.tenantId, [...(byTenant.get(each.tenantId) ?? []), each]);
    this.#forgetOthers(targets);
    const tenants = [...byTenant]
      .sort(([left], [right]) => this.#lastOf(left) - this.#lastOf(right))
      .map(([, own]) => own.sort((left, right) => this.#lastOf(keyOf(left)) - this.#lastOf(keyOf(right))));
    const ordered: Each[] = [];
    for (let place = 0; ordered.length < targets.length; place++) {
      ordered.push(...tenants.flatMap((own) => own.slice(place, place + 1)));
    }
    return ordered;
  }

  /** Notes that the target has had its turn. */
  served(target: Target): void {
    this.#count++;
    this.#last.set(target.tenantId, this.#count).set(keyOf(target), this.#count);
  }

  #lastOf(key: string): number {
    return this.#last.get(key) ?? 0;
  }

  /** Whoever has nothing due any more has waited long enough when there is something again. */
  #forgetOthers(targets: readonly Target[]): void {
    const due = new Set<string>(targets.flatMap((each) => [each.tenantId, keyOf(each)]));
    this.#last = new Map([...this.#last].filter(([key]) => due.has(key)));
  }
}

function keyOf({ tenantId, targetId }: Target): string {
  return `${tenantId}/${targetId}`;
}
