import type { NamedAccess } from '../../applications/access-lists.ts';
import type { PrincipalView } from '../../applications/principal-view.ts';
import { isoTime } from '../../lib/clock.ts';
import { toWire } from './wire.ts';

/** A list of permissions of one API, with their names. */
export function accessWire({ resource, roles, scopes }: NamedAccess) {
  return toWire({ resourceAppId: resource.appId, resource: resource.displayName, roles, scopes });
}

/** An application's presence in the caller's tenant. */
export function principalWire({ changedSince, grants, ...principal }: PrincipalView) {
  return toWire({
    ...principal,
    createdAt: isoTime(principal.createdAt),
    consentedAt: isoTime(principal.consentedAt),
    lastTokenAt: isoTime(principal.lastTokenAt),
    grants: {
      applications: grants.applications.map((each) => ({ ...each, grantedAt: isoTime(each.grantedAt) })),
      delegated: grants.delegated.map((each) => ({ ...each, grantedAt: isoTime(each.grantedAt) })),
    },
    changedSince: { added: changedSince.added.map(accessWire), removed: changedSince.removed.map(accessWire) },
  });
}
