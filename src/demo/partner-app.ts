// The demo's multi-tenant app: a partner's connector, registered in Contoso, that Fabrikam has consented to.
import type { ApplicationView } from '../applications/application-view.ts';
import { consentForTenant } from '../applications/consent.ts';
import { registerApplication } from '../applications/registrations.ts';
import { addSecret } from '../applications/secrets.ts';
import type { Ctx } from '../context.ts';

export interface SeededApp {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Slugs, as `tenants` of demo.json has them. */
  readonly homeTenant: string;
  readonly consentedIn: readonly string[];
}

export interface RegisteredApp {
  readonly application: ApplicationView;
  readonly clientSecret: string;
}

/** Registers the connector as somebody of the home tenant, with one secret. It has no rights anywhere yet. */
export async function registerPartnerApp(ctx: Ctx): Promise<RegisteredApp> {
  const application = await registerApplication(ctx, {
    displayName: 'Contoso MSSP Connector',
    description: 'Reads incidents, alerts and activities of the organisations that Contoso looks after.',
    signInAudience: 'AzureADMultipleOrgs',
    redirectUris: { web: ['https://portal.azure.com', 'http://localhost:3000/signed-in'] },
    requiredAccess: [
      {
        resource: 'Microsoft Threat Protection',
        roles: ['Incident.Read.All', 'AdvancedHunting.Read.All'],
        scopes: ['Incident.Read'],
      },
      { resource: 'WindowsDefenderATP', roles: ['Alert.Read.All', 'AdvancedQuery.Read.All'] },
      { resource: 'Microsoft Cloud App Security', roles: ['Investigation.read'] },
    ],
  });
  const { value } = await addSecret(ctx, application.appId, { description: 'demo.json' });
  return { application, clientSecret: value };
}

/** Consents to everything that the connector asks for, as an administrator of the tenant that `ctx` belongs to. */
export async function consentToPartnerApp(ctx: Ctx, { application }: RegisteredApp): Promise<void> {
  await consentForTenant(ctx, application.appId, application.requiredAccess);
}
