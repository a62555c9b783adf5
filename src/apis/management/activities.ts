// What is known of an activity besides its record, which the cloud-apps surface has.
import { isoTime } from '../../lib/clock.ts';
import { PoliciesOfActivity } from './activities-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

export function activityRoutes(app: ManagementApp): void {
  const schema = { params: IdParams, response: { 200: PoliciesOfActivity } };
  app.get('/activities/:id/policies', { schema }, async (request) => {
    const ctx = await personCtx(request);
    const { listPoliciesOfActivity } = await import('../../policies/matches.ts');
    const found = await listPoliciesOfActivity(ctx, request.params.id);
    const items = found.map(({ policy: { id, name, type }, matchedAt, alert }) => ({
      ...{ policyId: id, name, type },
      matchedAt: isoTime(matchedAt),
      alertId: alert,
    }));
    return { items };
  });
}
