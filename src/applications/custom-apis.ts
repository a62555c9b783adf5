import type { Application } from './application.ts';
import type { ApiResource } from './resources.ts';

// Applications that are APIs themselves, for services that act on behalf of their callers.

/** The application as an API: what it exposes and what is enabled of that. */
export function apiOf(application: Application): ApiResource {
  return {
    appId: application.appId,
    displayName: application.displayName,
    family: 'directory-custom',
    identifierUris: application.identifierUris,
    isListed: true,
    roles: application.appRoles
      .filter(({ isEnabled }) => isEnabled)
      .map((role) => ({ ...role, adminOnly: true, opens: [] })),
    scopes: application.exposedScopes.filter(({ isEnabled }) => isEnabled).map((scope) => ({ ...scope, opens: [] })),
  };
}
