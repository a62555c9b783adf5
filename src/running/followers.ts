// What works through activities and changes as they come in. Loaded when the server is ready, because nobody waits for it.
import { type ActivityFollower, type Following, startFollowing } from '../activities/following.ts';
import { watchSilence } from '../agents/silence.ts';
import type { Services } from '../context.ts';
import { startScheduler } from '../custom-detections/scheduler.ts';
import { startDiscoveryRetention } from '../discovery/uploads/retention.ts';
import { startReadingLogs } from '../discovery/uploads/worker.ts';
import { entitiesFollower } from '../entities/follower.ts';
import { filesFollower } from '../files/follower.ts';
import { huntingFollower } from '../hunting/projections/activities.ts';
import { startInventory } from '../hunting/projections/inventorying.ts';
import { startProjecting } from '../hunting/projections/projecting.ts';
import { startHuntingRetention } from '../hunting/retention.ts';
import { startRetention } from '../incidents/retention.ts';
import { startAging } from '../machines/aging.ts';
import { startDelivering } from '../notifications/worker.ts';
import { startBackfills } from '../policies/backfills.ts';
import { policiesFollower } from '../policies/follower.ts';

const followers: readonly ActivityFollower[] = [policiesFollower, entitiesFollower, filesFollower, huntingFollower];

/** Follows what comes in, works off what people asked for over what is stored, and tells those who want to know. */
export function followEverything(services: Services): Following {
  const following = startFollowing(services, followers);
  const backfills = startBackfills(services);
  const delivering = startDelivering(services);
  const projecting = startProjecting(services);
  const inventory = startInventory(services);
  const aging = startAging(services);
  const detecting = startScheduler(services);
  const logs = startReadingLogs(services);
  const silence = watchSilence(services);
  const retention = startRetention(services);
  const huntingRetention = startHuntingRetention(services);
  const discoveryRetention = startDiscoveryRetention(services);
  return {
    settled: async () => {
      await Promise.all([following.settled(), backfills.settled(), logs.settled()]);
      await detecting.settled();
      await Promise.all([delivering.settled(), projecting.settled(), inventory.settled()]);
    },
    stop: async () => {
      await Promise.all([
        following.stop(),
        backfills.stop(),
        delivering.stop(),
        projecting.stop(),
        inventory.stop(),
        aging.stop(),
        detecting.stop(),
        silence.stop(),
        retention.stop(),
        huntingRetention.stop(),
        logs.stop(),
        discoveryRetention.stop(),
      ]);
    },
  };
}
