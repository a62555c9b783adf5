// Alerts, made up, and raised as a detection would raise them.
import type { Alert, AlertDraft } from '../../src/alerts/alert.ts';
import { alertIdFor } from '../../src/alerts/alert-keys.ts';
import type { Services } from '../../src/context.ts';
import { raiseAlerts } from '../../src/incidents/raise.ts';
import { secondMs } from '../../src/lib/clock.ts';
import type { TenantId } from '../../src/lib/ids.ts';
import { ticksOfMs } from '../../src/lib/ticks.ts';
import { testStart } from './clock.ts';

/** The policy behind {@link sampleDraft}. */
export const samplePolicy = '5f1a00000000000000000001';

/** An alert about one person, one address and one app; each number was raised a second after the one before it. */
export function sampleDraft(number: number, changes: Partial<AlertDraft> = {}): AlertDraft {
  const at = ticksOfMs(testStart + number * secondMs);
  return {
    alertId: alertIdFor('tests', `alert ${number}`),
    title: `Impossible travel ${number}`,
    description: 'Signed in from two countries within an hour.',
    category: 'InitialAccess',
    severity: 'medium',
    createdTicks: at,
    firstActivityTicks: at - 36_000_000_000n,
    lastActivityTicks: at,
    serviceSource: 'MicrosoftCloudAppSecurity',
    detectionSource: 'MCAS',
    detectorId: samplePolicy,
    policyId: samplePolicy,
    alertType: 15_859_716,
    stories: [0],
    intents: [2],
    mitreTechniques: ['T1078'],
    entities: [
      {
        entityType: 'User',
        userPrincipalName: 'Ada@contoso.example',
        accountObjectId: '0f1d2c3b-0000-4000-8000-000000000001',
        evidenceRole: 'Source',
      },
      { entityType: 'Ip', ipAddress: '192.0.2.17', countryCode: 'FR', evidenceRole: 'Related' },
      { entityType: 'CloudApplication', appId: 20893, instanceId: 0, appName: 'Exchange Online' },
    ],
    devices: [],
    activityIds: ['1700000000000_a', '1700000000001_b'],
    evidence: [{ text: 'Two countries in an hour: {first}, {second}.', values: { first: 'US', second: 'FR' } }],
    extra: {},
    ...changes,
  };
}

/** Raises these alerts for the tenant; they come back in the order of the drafts. */
export async function raise(
  services: Services,
  tenantId: TenantId,
  drafts: readonly AlertDraft[],
): Promise<readonly Alert[]> {
  const raised = await raiseAlerts(services, tenantId, drafts);
  return drafts.flatMap(({ alertId }) => raised.find((alert) => alert.alertId === alertId) ?? []);
}
