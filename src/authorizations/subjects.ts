import { createHmac } from 'node:crypto';
import type { AppId, UserId } from '../lib/ids.ts';
import type { Keys } from '../master-key.ts';

/**
 * The claim `sub` of a person: another one for every app, so that two apps cannot put together what they know of
 * somebody by it (OpenID Connect Core section 8.1), the same for one app for ever.
 */
export function subjectOf(keys: Pick<Keys, 'subjects'>, appId: AppId, userId: UserId): string {
  return createHmac('sha256', keys.subjects).update(`${appId} ${userId}`).digest('base64url');
}
