import type { AreaRoutes } from '../../app/area-routes.ts';

export const activitiesRoutes: AreaRoutes = [
  { path: '/activities', load: () => import('./ActivitiesPage.tsx'), name: 'ActivitiesPage' },
  { path: '/activities/$id', load: () => import('./ActivityPage.tsx'), name: 'ActivityPage' },
];
