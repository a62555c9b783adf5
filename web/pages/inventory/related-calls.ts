// Activities and alerts about an account or a file: the latest few, for its page. The lists themselves are pages of their own.
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';

const relatedRows = 10;

export interface RelatedActivity {
  readonly _id: string;
  readonly timestamp: number;
  readonly description: string;
  readonly appName: string;
  readonly device: { readonly clientIP?: string | null; readonly countryCode?: string | null } | null;
  readonly user: { readonly userName?: string | null } | null;
}

export interface RelatedAlert {
  readonly _id: string;
  readonly timestamp: number;
  readonly title: string;
  readonly severityValue: number;
  readonly resolutionStatusValue: number;
  readonly policy: { readonly id: string; readonly label: string } | null;
}

interface Found<Row> {
  readonly data: readonly Row[];
  readonly total: number;
  readonly moreThanTotal: boolean;
}

/** `filters` as the documented API takes them. */
export function activitiesQuery(filters: object) {
  return queryOptions({
    queryKey: ['activities', 'related', filters],
    queryFn: ({ signal }) =>
      call<Found<RelatedActivity>>('/api/v1/activities/', { body: { filters, limit: relatedRows }, signal }),
  });
}

/** `filters` as the documented API takes them. */
export function alertsQuery(filters: object) {
  return queryOptions({
    queryKey: ['alerts', 'related', filters],
    queryFn: ({ signal }) =>
      call<Found<RelatedAlert>>('/api/v1/alerts/', {
        body: { filters, limit: relatedRows, sortField: 'date', sortDirection: 'desc' },
        signal,
      }),
  });
}
