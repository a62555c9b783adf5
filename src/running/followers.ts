// What works through activities as they come in. Loaded when the server is ready, because nobody waits for it.
import { type ActivityFollower, type Following, type FollowServices, startFollowing } from '../activities/following.ts';
import { entitiesFollower } from '../entities/follower.ts';
import { filesFollower } from '../files/follower.ts';
import { startDelivering } from '../notifications/worker.ts';
import { startBackfills } from '../policies/backfills.ts';
import { policiesFollower } from '../policies/follower.ts';

const followers: readonly ActivityFollower[] = [policiesFollower, entitiesFollower, filesFollower];

/** Follows what comes in, works off what people asked for over what is stored, and tells those who want to know. */
export function followEverything(services: FollowServices): Following {
  const following = startFollowing(services, followers);
  const backfills = startBackfills(services);
  const delivering = startDelivering(services);
  return {
    settled: async () => {
      await Promise.all([following.settled(), backfills.settled()]);
      await delivering.settled();
    },
    stop: async () => {
      await Promise.all([following.stop(), backfills.stop(), delivering.stop()]);
    },
  };
}
