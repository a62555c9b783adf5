// Drafts of alerts, made up.
import type { AlertDraft, AlertEntity } from '../../src/alerts/alert.ts';
import { ticksOfMs } from '../../src/lib/ticks.ts';
import { testStart } from './clock.ts';

export const user = (name: string): AlertEntity => ({ entityType: 'User', userPrincipalName: name });
export const address = (ipAddress: string): AlertEntity => ({ entityType: 'Ip', ipAddress });

/** An alert about these things with one activity, `minutes` after the start of the tests' time. */
export function sampleDraft(
  alertId: string,
  entities: readonly AlertEntity[] = [],
  { minutes = 0, ...changes }: Partial<AlertDraft> & { minutes?: number } = {},
): AlertDraft {
  const ticks = ticksOfMs(testStart + minutes * 60_000);
  return {
    alertId,
    title: 'Mass download',
    description: 'Many files were downloaded in a short time.',
    category: 'Exfiltration',
    severity: 'medium',
    createdTicks: ticks,
    firstActivityTicks: ticks,
    lastActivityTicks: ticks,
    serviceSource: 'MicrosoftCloudAppSecurity',
    detectionSource: 'MCAS',
    detectorId: 'mass-download',
    policyId: null,
    alertType: 15_859_712,
    stories: [0],
    intents: [11],
    mitreTechniques: ['T1530'],
    entities,
    devices: [],
    activityIds: ['a1'],
    evidence: [{ text: '120 files in 5 minutes; usually 3.' }],
    extra: {},
    ...changes,
  };
}
