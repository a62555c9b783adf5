// Pages of alerts that are sent piece by piece. A page may have thousands of alerts, and one alert hundreds of kilobytes:
// whoever asks for so many gets so many, but they are never all held at once. Clients that count with skip lose or repeat
// none by it.
import type { Ctx } from '../context.ts';
import type { Alert } from './alert.ts';
import {
  type AlertList,
  type AlertPosition,
  type AlertQuery,
  type AlertReadPermission,
  type AlertSort,
  listAlerts,
} from './alerts.ts';

/** So many alerts are read at a time, fewer where they are large. */
const heldAlertsMax = 250;

/** Where the page after this one begins: behind an alert; in a list that is sorted by severity, behind so many. */
export interface NextPage {
  readonly skip: number;
  readonly after: AlertPosition | null;
}

export interface LongAlertList extends Pick<AlertList, 'total' | 'moreThanTotal'> {
  /** The alerts of the page in their order; to be gone through once. */
  readonly pieces: AsyncIterable<readonly Alert[]>;
  /** Once the pieces have been gone through: where the next page begins, null when there is none. */
  next(): NextPage | null;
}

/** Reads the first alerts, so that a refusal is an answer and no broken list. Needs the permission. */
export async function openAlertList(
  ctx: Ctx,
  permission: AlertReadPermission,
  query: AlertQuery,
): Promise<LongAlertList> {
  const first = await listAlerts(ctx, permission, { ...query, limit: Math.min(query.limit, heldAlertsMax) });
  let next: NextPage | null = null;
  async function* pieces(): AsyncGenerator<readonly Alert[]> {
    let [page, sent] = [first, 0];
    for (;;) {
      if (page.alerts.length > 0) yield page.alerts;
      sent += page.alerts.length;
      const last = page.alerts.at(-1);
      if (!page.hasNext || last === undefined) return;
      const from = behind(query, sent, last);
      if (sent >= query.limit) {
        next = from;
        return;
      }
      const limit = Math.min(query.limit - sent, heldAlertsMax);
      page = await listAlerts(ctx, permission, { ...query, ...from, limit, totalMax: 0 });
    }
  }
  return { total: first.total, moreThanTotal: first.moreThanTotal, pieces: pieces(), next: () => next };
}

/** What comes in meanwhile moves nothing in a list that is sorted by a time. */
function behind({ sort, skip }: AlertQuery, sent: number, last: Alert): NextPage {
  const ticks = ticksOf(sort, last);
  return ticks === null ? { skip: skip + sent, after: null } : { skip: 0, after: { ticks, id: last.id } };
}

function ticksOf(sort: AlertSort, alert: Alert): bigint | null {
  return sort === 'severity' ? null : alert[`${sort}Ticks`];
}
