// The host names of the documented services, for deployments that answer to them (`sallyport serve --vendor-hosts`).
// Scripts with hard-coded hosts then need a line in the hosts file and trust in our authority, and no change.

/** Sign-in and token hosts (Entra protocol reference), security hosts (Defender reference 1.1), Graph. */
export const vendorHosts: readonly string[] = [
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
  'security.microsoft.com',
  'api.security.microsoft.com',
  'api-us.security.microsoft.com',
  'api-eu.security.microsoft.com',
  'api-uk.security.microsoft.com',
  'us.api.security.microsoft.com',
  'eu.api.security.microsoft.com',
  'uk.api.security.microsoft.com',
  'au.api.security.microsoft.com',
  'swa.api.security.microsoft.com',
  'api-gcc.security.microsoft.us',
  'api-gov.security.microsoft.us',
  'api.securitycenter.microsoft.com',
  'api-us.securitycenter.microsoft.com',
  'api-eu.securitycenter.microsoft.com',
  'api-uk.securitycenter.microsoft.com',
  'api-gcc.securitycenter.microsoft.us',
  'api-gov.securitycenter.microsoft.us',
  'api.securitycenter.windows.com',
  'graph.microsoft.com',
  'portal.cloudappsecurity.com',
];

/** Parents of a tenant's own host, <slug>.<parent> (cloud-apps reference 1.4: with the region label or without). */
export const vendorTenantParents: readonly string[] = [
  'portal.cloudappsecurity.com',
  'us.portal.cloudappsecurity.com',
  'us2.portal.cloudappsecurity.com',
  'us3.portal.cloudappsecurity.com',
  'eu.portal.cloudappsecurity.com',
  'eu2.portal.cloudappsecurity.com',
];
