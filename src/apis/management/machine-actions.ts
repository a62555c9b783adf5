import type { Services } from '../../context.ts';
import { reportAction, reportActionAsReceiver } from '../../machines/actions.ts';
import { arrivalOf, begunOf } from '../arrival.ts';
import { ActionReportBody, ActionState } from './machine-actions-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';

/**
 * How machine actions end: the receiver of the tenant's webhook reports with the value that came with the action, which
 * opens nothing else, or a person who may isolate machines does it by hand.
 */
export function machineActionRoutes(app: ManagementApp, services: Services): void {
  app.post(
    '/machine-actions/:id/result',
    { schema: { params: IdParams, body: ActionReportBody, response: { 200: ActionState } } },
    async (request) => {
      const { id } = request.params;
      const { report, ...result } = request.body;
      if (report === undefined) return toState(await reportAction(await personCtx(request), id, result));
      const { origin } = arrivalOf(request);
      const { correlationId } = begunOf(request);
      return toState(await reportActionAsReceiver(services, { origin, correlationId }, id, report, result));
    },
  );
}

function toState(action: Readonly<Record<string, unknown>>) {
  const text = (name: string): string => String(action[name]);
  return {
    id: text('id'),
    type: text('type'),
    status: text('status'),
    machineId: text('machineId'),
    lastUpdateDateTimeUtc: text('lastUpdateDateTimeUtc'),
  };
}
