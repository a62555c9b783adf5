// A fresh tenant with alerts in it, and an app that may read and change them over Graph.
import type { AlertDraft } from '../../src/alerts/alert.ts';
import { raiseAlerts } from '../../src/incidents/raise.ts';
import { makeStory } from './bearers.ts';
import { user } from './drafts.ts';
import { GraphCalls, graphUri } from './graph.ts';
import type { TestServer } from './server.ts';

export const securityNames = [
  'SecurityIncident.Read.All',
  'SecurityIncident.ReadWrite.All',
  'SecurityAlert.Read.All',
  'SecurityAlert.ReadWrite.All',
];

export interface SecurityStory {
  readonly graph: GraphCalls;
  /** An app that may read and change both. */
  readonly token: string;
  /** Raises the alerts a second later, and gives the incident of the first one. */
  raise(...drafts: AlertDraft[]): Promise<string>;
}

export async function beginSecurity(server: TestServer): Promise<SecurityStory> {
  const access = [{ resource: graphUri, roles: securityNames, scopes: securityNames }];
  const graph = new GraphCalls(server, await makeStory(server.services, access));
  return {
    graph,
    token: await graph.appToken(securityNames),
    async raise(...drafts) {
      server.services.testClock.advance(1000);
      const [first] = await raiseAlerts(server.services, graph.story.tenant.id, drafts);
      return String(first?.incidentId);
    },
  };
}

export const person = (name: string) => user(`${name}@contoso.example`);
export const incidents = '/security/incidents';
export const alerts = '/security/alerts_v2';
