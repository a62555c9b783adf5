// The portal's table of contents: every address and the page behind it. Pages are loaded when they are opened.
import { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  parseSearchWith,
  redirect,
  stringifySearchWith,
} from '@tanstack/react-router';
import { whenSessionEnds } from './api/client.ts';
import { ApiProblem } from './api/problem.ts';
import { sessionQuery } from './api/session.ts';
import type { AreaRoutes } from './app/area-routes.ts';
import { Frame } from './app/Frame.tsx';
import { readSearchValue } from './app/search-values.ts';
import { FailedPage, LoadingPage, MissingPage } from './components/states.tsx';
import type { Areas } from './i18n/areas.ts';
import { loadArea } from './i18n/languages.ts';
import { activitiesRoutes } from './pages/activities/routes.ts';
import { agentsRoutes } from './pages/agents/routes.ts';
import { appsRoutes } from './pages/apps/routes.ts';
import { discoveryRoutes } from './pages/discovery/routes.ts';
import { helpRoutes } from './pages/help/routes.ts';
import { homeRoutes } from './pages/home/routes.ts';
import { huntingRoutes } from './pages/hunting/routes.ts';
import { securityRoutes } from './pages/incidents/routes.ts';
import { inventoryRoutes } from './pages/inventory/routes.ts';
import { peopleRoutes } from './pages/people/routes.ts';
import { policiesRoutes } from './pages/policies/routes.ts';
import { settingsRoutes } from './pages/settings/routes.ts';
import { tokensRoutes } from './pages/tokens/routes.ts';

/** Areas in the order of the navigation, each with the name of its texts. */
const areas: readonly (readonly [texts: keyof Areas, routes: AreaRoutes])[] = [
  ['home', homeRoutes],
  ['apps', appsRoutes],
  ['hunting', huntingRoutes],
  ['security', securityRoutes],
  ['activities', activitiesRoutes],
  ['policies', policiesRoutes],
  ['inventory', inventoryRoutes],
  ['discovery', discoveryRoutes],
  ['people', peopleRoutes],
  ['tokens', tokensRoutes],
  ['agents', agentsRoutes],
  ['settings', settingsRoutes],
  ['help', helpRoutes],
];

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server refused it refuses again; what did not reach it may.
      retry: (count, error) => count < 2 && error instanceof ApiProblem && (error.status === 0 || error.status >= 500),
    },
  },
});

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: MissingPage,
});

/**
 * A page comes with its texts. Without them it would wait while it is being shown, and React shows nothing that waited
 * before a third of a second has passed.
 */
function pageOf(texts: keyof Areas, load: AreaRoutes[number]['load'], name: string) {
  return lazyRouteComponent(async () => {
    const [page] = await Promise.all([load(), loadArea(texts)]);
    return page;
  }, name);
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: pageOf('sign-in', () => import('./pages/sign-in/SignInPage.tsx'), 'SignInPage'),
});

/** The page's files come while the server is asked who is signed in; whoever is not needs a few of them for nothing. */
function askEarly(routeId: string | undefined): void {
  const route = Object.values(router.routesById).find(({ id }) => id === routeId);
  if (route) void router.loadRouteChunk(route);
}

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Frame,
  beforeLoad: async ({ context, location, matches }) => {
    askEarly(matches.at(-1)?.routeId);
    try {
      await context.queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      throw redirect({ to: '/sign-in', search: { returnTo: location.href } });
    }
  },
});

const pages = areas.flatMap(([texts, routes]) =>
  routes.map(({ path, load, name }) =>
    createRoute({ getParentRoute: () => signedIn, path, component: pageOf(texts, load, name) }),
  ),
);

/** Whatever else is asked for: told inside of the frame, to people who are signed in. */
const missing = createRoute({ getParentRoute: () => signedIn, path: '$', component: MissingPage });

export const router = createRouter({
  routeTree: root.addChildren([signIn, signedIn.addChildren([...pages, missing])]),
  basepath: '/portal',
  context: { queryClient },
  parseSearch: parseSearchWith(readSearchValue),
  stringifySearch: stringifySearchWith(JSON.stringify, readSearchValue),
  defaultPreload: 'intent',
  defaultPendingComponent: LoadingPage,
  defaultErrorComponent: FailedPage,
  defaultNotFoundComponent: MissingPage,
});

whenSessionEnds(() => {
  if (router.state.location.pathname === '/sign-in') return;
  // Forgotten when its pages are gone: they cannot be shown without it.
  const forget = () => queryClient.removeQueries({ queryKey: sessionQuery.queryKey });
  void router
    .navigate({ to: '/sign-in', search: { returnTo: router.state.location.href, ended: true } })
    .then(forget, forget);
});
