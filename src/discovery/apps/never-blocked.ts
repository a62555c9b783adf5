// Portals that an organisation needs to get out of trouble: the documented service lets nobody block them, by hand or by policy,
// and neither do we. An app whose domain such a portal lies below would take it along.
import { type Catalog, openCatalog } from '../catalog/catalog.ts';

interface Protected {
  readonly title: string;
  readonly domains: readonly string[];
}

/** The documented list, by what serves it today; portals that were renamed stand under both names. */
const protectedServices: readonly Protected[] = [
  { title: 'Microsoft Defender for Cloud Apps', domains: ['cloudappsecurity.com', 'cloudappsecurity-gov.us'] },
  { title: 'Microsoft Conditional Access application control', domains: ['cas.ms', 'mcas.ms', 'mcas-gov.us'] },
  { title: 'Microsoft 365 security center', domains: ['security.microsoft.com'] },
  { title: 'Microsoft Defender Security Center', domains: ['securitycenter.windows.com'] },
  { title: 'Microsoft Defender for Identity', domains: ['atp.azure.com'] },
  { title: 'Microsoft Purview', domains: ['purview.microsoft.com', 'compliance.microsoft.com', 'purview.azure.com'] },
  { title: 'Microsoft Entra', domains: ['entra.microsoft.com', 'cloudknox.io'] },
  { title: 'Microsoft Secure Score', domains: ['securescore.microsoft.com', 'securescore.office.com'] },
  { title: 'Microsoft Intune', domains: ['manage.microsoft.com', 'intune.microsoft.com', 'endpoint.microsoft.com'] },
  { title: 'Microsoft Support', domains: ['support.microsoft.com'] },
  { title: 'Microsoft AD FS Help', domains: ['adfshelp.microsoft.com'] },
  { title: 'Microsoft Online Services', domains: ['microsoftonline.com', 'login.microsoft.com'] },
];

/** The service that blocking these domains would cut off; undefined when there is none. */
export function serviceBehind(domains: readonly string[]): string | undefined {
  const isCut = (domain: string, host: string) => host === domain || host.endsWith(`.${domain}`);
  // Below a protected domain everything is protected, above it everything would take it along.
  return protectedServices.find((each) =>
    each.domains.some((host) => domains.some((domain) => isCut(domain, host) || isCut(host, domain))),
  )?.title;
}

/** Whether an app of the catalogue can never be blocked. */
export async function isNeverBlockable(appId: number): Promise<boolean> {
  return isProtected(await openCatalog(), appId);
}

export function isProtected(catalog: Catalog, appId: number): boolean {
  const app = catalog.app(appId);
  return app !== undefined && serviceBehind(app.domains) !== undefined;
}
