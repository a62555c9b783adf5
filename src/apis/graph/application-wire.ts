// An application as Graph writes it (Entra reference 4.2).
import type { ExposedRole, ExposedScope } from '../../applications/application.ts';
import type { ApplicationView, CertificateView, SecretView } from '../../applications/application-view.ts';
import { isoTime } from '../../lib/clock.ts';

/** `isWithKeys`: the certificates themselves come only where they are asked for by name. */
export function applicationWire(view: ApplicationView, publisherDomain: string | null, isWithKeys = false) {
  return {
    id: view.id,
    appId: view.appId,
    displayName: view.displayName,
    description: view.description,
    createdDateTime: isoTime(view.createdAt),
    deletedDateTime: view.status === 'deleted' ? isoTime(view.statusChangedAt) : null,
    publisherDomain,
    signInAudience: view.signInAudience,
    identifierUris: view.identifierUris,
    isFallbackPublicClient: view.isPublicClient,
    web: {
      homePageUrl: view.homePageUrl,
      logoutUrl: view.logoutUrl,
      redirectUris: view.redirectUris.web,
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    },
    spa: { redirectUris: view.redirectUris.spa },
    publicClient: { redirectUris: view.redirectUris.publicClient },
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      preAuthorizedApplications: [],
      requestedAccessTokenVersion: view.accessTokenVersion,
      oauth2PermissionScopes: view.exposedScopes.map(scopeWire),
    },
    appRoles: view.appRoles.map(roleWire),
    requiredResourceAccess: view.requiredAccess.map(({ resourceAppId, roles, scopes }) => ({
      resourceAppId,
      resourceAccess: [...scopes.map((id) => ({ id, type: 'Scope' })), ...roles.map((id) => ({ id, type: 'Role' }))],
    })),
    passwordCredentials: view.secrets.map((each) => passwordWire(each)),
    keyCredentials: view.certificates.map((each) => keyWire(each, isWithKeys)),
    tags: [],
  };
}

export function scopeWire(scope: Omit<ExposedScope, 'isEnabled'> & { readonly isEnabled?: boolean }) {
  const { id, value, displayName, description, adminOnly, isEnabled = true } = scope;
  return {
    id,
    value,
    type: adminOnly ? 'Admin' : 'User',
    isEnabled,
    adminConsentDisplayName: displayName,
    adminConsentDescription: description,
    userConsentDisplayName: adminOnly ? null : displayName,
    userConsentDescription: adminOnly ? null : description,
  };
}

export function roleWire(role: Omit<ExposedRole, 'isEnabled'> & { readonly isEnabled?: boolean }) {
  const { id, value, displayName, description, isEnabled = true } = role;
  return {
    id,
    value,
    displayName,
    description,
    isEnabled,
    allowedMemberTypes: ['Application'],
    origin: 'Application',
  };
}

/** The value of a secret stands in the one answer to addPassword. */
export function passwordWire(
  { id, description, hint, startsAt, endsAt }: SecretView,
  secretText: string | null = null,
) {
  return {
    keyId: id,
    displayName: description,
    hint,
    startDateTime: isoTime(startsAt),
    endDateTime: isoTime(endsAt),
    customKeyIdentifier: null,
    secretText,
  };
}

export function keyWire(view: CertificateView, isWithKey: boolean) {
  return {
    keyId: view.id,
    displayName: view.description,
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    // Binary values are base64 on the wire; this one is the SHA-1 thumbprint.
    customKeyIdentifier: Buffer.from(view.thumbprintSha1, 'base64url').toString('base64'),
    startDateTime: isoTime(view.startsAt),
    endDateTime: isoTime(view.endsAt),
    key: isWithKey ? view.certificate : null,
  };
}
