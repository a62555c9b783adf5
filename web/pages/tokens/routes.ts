import type { AreaRoutes } from '../../app/area-routes.ts';

export const tokensRoutes: AreaRoutes = [
  { path: '/settings/security-extensions/api-tokens', load: () => import('./TokensPage.tsx'), name: 'TokensPage' },
];
