// Who is signed in, as the server sees it now.
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import type { PresentSession } from '../../src/apis/management/sessions-schemas.ts';
import type { Type } from '../../src/lib/schema.ts';
import { call, keepCsrfToken, managementPath } from './client.ts';

type Session = Type.Static<typeof PresentSession>;

/** Roles change and end by themselves, so it is asked again now and then and whenever the window is looked at again. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const session = await call<Session>(managementPath('session'), { signal });
    keepCsrfToken(session.csrfToken ?? '');
    return session;
  },
  staleTime: 30_000,
  retry: false,
});

/** The session; only below the signed-in routes. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}

/** True when the person's permissions in force have one of these. */
export function may(session: Session, ...permissions: readonly string[]): boolean {
  return permissions.some((each) => session.permissions.includes(each));
}
