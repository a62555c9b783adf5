// What the pages of alerts ask of the server: lists and changes of the documented API, and one alert in one piece.
import { queryOptions } from '@tanstack/react-query';
import type { AlertView } from '../../../src/apis/management/alerts-schemas.ts';
import { call, managementPath } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import type { ListQuery } from '../../components/list-state.ts';
import type { Page } from '../../components/ServerTable.tsx';
import { alertFilters } from './filters.ts';

export type { AlertView };

interface RecordEntity {
  readonly type: string;
  readonly id: string | number;
  readonly label: string;
}

/** `POST /api/v1/alerts/` (cloud-apps reference 2.4), as far as the list reads it. */
export interface AlertRecord {
  readonly _id: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly title: string;
  readonly entities: readonly RecordEntity[];
  readonly policy: { readonly id: string; readonly label: string } | null;
  readonly statusValue: number;
  readonly severityValue: number;
  readonly resolutionStatusValue: number;
  readonly handledByUser: string | null;
}

interface RecordPage {
  readonly data: readonly AlertRecord[];
  readonly total: number;
  readonly moreThanTotal: boolean;
}

export const readAlerts = 'Alerts.read';
export const markAlerts = 'Alerts.mark';
export const manageAlerts = 'Alerts.manage';

export const alertsKey = ['alerts'] as const;
const base = '/api/v1/alerts';

/** One page of the queue. */
export async function listAlerts(query: ListQuery, signal: AbortSignal): Promise<Page<AlertRecord>> {
  const { limit, skip, sort = 'date', direction = 'desc' } = query;
  const body = {
    filters: alertFilters(query.filters, Date.now()),
    ...{ limit, skip, sortField: sort, sortDirection: direction },
  };
  const { data, total, moreThanTotal } = await call<RecordPage>(`${base}/`, { body, signal });
  return { items: data, total, moreThanTotal };
}

export function alertQuery(id: string) {
  return queryOptions({
    queryKey: [...alertsKey, id],
    queryFn: async ({ signal }) => await call<AlertView>(managementPath('alerts', id), { signal }),
  });
}

export const closings = ['close_false_positive', 'close_benign', 'close_true_positive'] as const;
export type Closing = (typeof closings)[number];

/** The documented reasons of each way of closing, by their numbers. */
export const closeReasons = {
  close_false_positive: [0, 1, 3, 4],
  close_benign: [2, 4, 5, 6],
  close_true_positive: [],
} as const satisfies Record<Closing, readonly number[]>;

/** Resolves with false when some of them were closed already, or are not there (any more). */
export async function closeAlerts(
  ids: readonly string[],
  closing: Closing,
  reasonId: number | null,
  comment: string,
): Promise<boolean> {
  return await changeOf(ids, closing, { reasonId, comment: comment === '' ? null : comment });
}

/** Resolves with false when some of them were open already, or are not there (any more). */
export async function reopenAlerts(ids: readonly string[]): Promise<boolean> {
  return await changeOf(ids, 'reopen', {});
}

async function changeOf(ids: readonly string[], verb: string, rest: object): Promise<boolean> {
  try {
    await call(`${base}/${verb}/`, { body: { filters: { id: { eq: ids } }, ...rest } });
    return true;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return false;
    throw error;
  }
}

export async function markAlert(id: string, isRead: boolean): Promise<void> {
  await call(`${base}/${encodeURIComponent(id)}/${isRead ? 'read' : 'unread'}/`, { method: 'POST' });
}

/** Texts of this API come made safe for pages that put them into HTML; this one shows them as they were. */
export function plainText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
