import { getExplanation } from '../../access/explain.ts';
import type { Services } from '../../context.ts';
import { Type } from '../../lib/schema.ts';
import { begunOf } from '../arrival.ts';
import { Explanation } from './explanations-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** Why a call was refused, by the correlation id that its answer carried. */
export function explanationRoutes(app: ManagementApp, _services: Services): void {
  const params = Type.Object({ correlationId: Type.String({ maxLength: 100 }) });
  app.get('/explanations/:correlationId', { schema: { params, response: { 200: Explanation } } }, async (request) => {
    const ctx = await personCtx(request);
    await begunOf(request).gate.refusals.flush();
    return toWire(await getExplanation(ctx, request.params.correlationId));
  });
}
