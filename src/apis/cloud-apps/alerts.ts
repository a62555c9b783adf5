// /alerts/: list, fetch, read and unread (cloud-apps reference 2.4). Closing is alerts-closing.ts.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AlertSort, getAlert, listAlerts } from '../../alerts/alerts.ts';
import type { Ctx } from '../../context.ts';
import { changeAlerts } from '../../incidents/alert-changes.ts';
import { InvalidInput, NotFound } from '../../lib/failures.ts';
import { alertConditions, alertFields } from './alert-filters.ts';
import { type AlertRecord, alertRecord } from './alert-wire.ts';
import { parseFilters } from './filter-grammar.ts';
import { readListRequest } from './list-request.ts';
import { cloudAppsCtx } from './surface.ts';

type OfOne = { Params: { pk: string } };

export async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { config } = ctx;
  const asked = readListRequest(request, config);
  const filters = parseFilters(asked.filters, alertFields, config.filterValuesMax);
  const max = config.pageRowsMax;
  const found = await listAlerts(ctx, 'Alerts.read', {
    conditions: alertConditions(filters, ctx.clock()),
    sort: sortOf(asked.sortField),
    direction: asked.direction,
    skip: asked.skip,
    limit: Math.min(asked.limit ?? max, max),
  });
  const { alerts, hasNext, total, moreThanTotal } = found;
  return reply.send({ data: alerts.map((alert) => recordFor(ctx, alert)), hasNext, max, total, moreThanTotal });
}

function sortOf(field: string | undefined = 'date'): AlertSort {
  if (field === 'date') return 'created';
  if (field === 'severity') return 'severity';
  throw new InvalidInput('sortField', 'sortField must be date or severity.');
}

function recordFor({ caller, names }: Ctx, alert: Parameters<typeof alertRecord>[0]): AlertRecord {
  return alertRecord(alert, { tenant: caller.tenant, names });
}

export async function fetch(request: FastifyRequest<OfOne>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  return reply.send(recordFor(ctx, await getAlert(ctx, 'Alerts.read', request.params.pk)));
}

/** Doing it again changes nothing. The answer is not documented: it is an empty object. */
export function mark(isRead: boolean) {
  return async (request: FastifyRequest<OfOne>, reply: FastifyReply): Promise<FastifyReply> => {
    const ctx = await cloudAppsCtx(request);
    const { missing } = await changeAlerts(
      ctx,
      'Alerts.mark',
      { ids: [request.params.pk] },
      (alert) => (alert.isRead === isRead ? null : { isRead }),
      { action: isRead ? 'alert.read' : 'alert.unread' },
    );
    if (missing.length > 0) throw new NotFound('The alert');
    return reply.send({});
  };
}
