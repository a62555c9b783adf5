import { queryOptions } from '@tanstack/react-query';
import { call, managementPath } from '../../api/client.ts';

/** GET /management/v1/about. */
export interface About {
  readonly name: string;
  readonly version: string;
  readonly region: string;
  readonly tenant: {
    readonly id: string;
    readonly slug: string;
    readonly displayName: string;
    readonly number: number;
  };
  readonly aadTenantId: string;
  readonly apiUrl: string;
  readonly portalUrl: string;
}

export const aboutQuery = queryOptions({
  queryKey: ['about'],
  queryFn: ({ signal }) => call<About>(managementPath('about'), { signal }),
  staleTime: 300_000,
});
