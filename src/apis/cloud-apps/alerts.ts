// /alerts/: list, fetch, read and unread (cloud-apps reference 2.4). Closing is alerts-closing.ts.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AlertSort, getAlert } from '../../alerts/alerts.ts';
import { openAlertList } from '../../alerts/long-lists.ts';
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
  const found = await openAlertList(ctx, 'Alerts.read', {
    conditions: alertConditions(filters, ctx.clock()),
    sort: sortOf(asked.sortField),
    direction: asked.direction,
    skip: asked.skip,
    limit: Math.min(asked.limit ?? max, max),
  });
  const { total, moreThanTotal } = found;
  const pieces = async function* (): AsyncGenerator<string> {
    let comma = '{"data":[';
    for await (const alerts of found.pieces) {
      yield comma + alerts.map((alert) => JSON.stringify(recordFor(ctx, alert))).join(',');
      comma = ',';
    }
    const rest = JSON.stringify({ hasNext: found.next() !== null, max, total, moreThanTotal }).slice(1);
    yield `${comma === ',' ? '' : comma}],${rest}`;
  };
  return reply.type('application/json; charset=utf-8').send(Readable.from(pieces(), { objectMode: false }));
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
