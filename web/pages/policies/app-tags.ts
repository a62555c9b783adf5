// Tags that app discovery policies give.
import { queryOptions } from '@tanstack/react-query';
import type { AppTags } from '../../../src/apis/management/discovery-apps-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';

/** All tags of the organization, which are few, built-in ones first. */
export const appTagsQuery = queryOptions({
  queryKey: ['discovery-app-tags'],
  queryFn: ({ signal }) => call<Type.Static<typeof AppTags>>(managementPath('discovery', 'app-tags'), { signal }),
});
