// Collectors at which nothing comes in any more: an alert after 48 hours (cloud-apps reference 3.6), one for each silence.

import type { AlertDraft } from '../alerts/alert.ts';
import { alertIdFor } from '../alerts/alert-keys.ts';
import type { Services } from '../context.ts';
import { raiseAlertsIn } from '../incidents/raise.ts';
import { hourMs, isoTime, minuteMs } from '../lib/clock.ts';
import { type Rounds, startRounds } from '../lib/rounds.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import * as store from './collectors-store.ts';

export type SilenceServices = Pick<Services, 'store' | 'clock' | 'config' | 'log'>;

const silentMs = 48 * hourMs;

/** Looks through all collectors once an hour. */
export function watchSilence(services: SilenceServices): Rounds {
  return startRounds(
    { firstMs: minuteMs, everyMs: hourMs },
    () => tellOfSilence(services),
    (error) => services.log.error({ err: error }, 'log collectors could not be looked through'),
  );
}

/** Raises what is due. Safe to repeat, and on several nodes: the same silence is the same alert. */
export async function tellOfSilence(services: SilenceServices): Promise<void> {
  const now = services.clock();
  for (const row of await store.listSilent(services.store.db, now - silentMs)) {
    try {
      await tellOf(services, row, now);
    } catch (error) {
      // One organisation's trouble keeps no other from being told.
      services.log.error({ err: error, tenantId: row.tenantId }, 'the silence of a log collector could not be told');
    }
  }
}

async function tellOf(services: SilenceServices, row: store.SilentRow, now: number): Promise<void> {
  const { tenantId, agentId } = row;
  // Loaded when there is something to look at (docs/decisions/0008).
  const [{ dataSourcesOf }, { streamsOfTenant }] = await Promise.all([
    import('./collectors.ts'),
    import('../discovery/streams/streams.ts'),
  ]);
  const inputs = dataSourcesOf(row, await streamsOfTenant(services.store.db, tenantId));
  // All that it received was deleted meanwhile: there is nothing that could come in.
  if (inputs.length === 0) return;
  const silentSince = row.lastDataAt ?? row.createdAt;
  await services.store.change(tenantId, async (trx) => {
    await raiseAlertsIn(trx, services, tenantId, [draftOf(row, silentSince, now)]);
    await store.updateCollector(trx, tenantId, agentId, { alertedSilenceAt: silentSince });
  });
}

/** The risk category DISCOVERY (cloud-apps reference 2.4): whoever looks after cloud discovery sees it. */
const discoveryStory = 4;
const detectorId = 'log-collector-silent';
/** The documented list has no number for it; of our own ones the next. */
const alertType = 9_000_011;

function draftOf(
  { agentId, name }: { readonly agentId: string; readonly name: string },
  silentSince: number,
  now: number,
): AlertDraft {
  const hours = Math.floor((now - silentSince) / hourMs);
  return {
    alertId: alertIdFor(detectorId, `${agentId} ${silentSince}`),
    title: `No traffic logs come in at the log collector ${name}`,
    description: `Nothing has come in at the log collector ${name} for ${hours} hours, since ${isoTime(silentSince)}. Cloud discovery does not see what the appliances behind it see. Look whether they still send, and at the status of the collector: sallyport log-collector status.`,
    category: 'Discovery',
    severity: 'low',
    createdTicks: ticksOfMs(now),
    firstActivityTicks: ticksOfMs(silentSince),
    lastActivityTicks: ticksOfMs(now),
    serviceSource: 'MicrosoftCloudAppSecurity',
    detectionSource: 'MCAS',
    detectorId,
    policyId: null,
    alertType,
    stories: [discoveryStory],
    ...{ intents: [], mitreTechniques: [], entities: [], devices: [], activityIds: [] },
    evidence: [{ text: `Last log: ${isoTime(silentSince)}`, values: { collector: name, hours } }],
    extra: { policyName: 'Log collector silent' },
  };
}
