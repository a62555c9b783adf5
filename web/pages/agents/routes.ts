import type { AreaRoutes } from '../../app/area-routes.ts';

export const agentsRoutes: AreaRoutes = [
  {
    path: '/settings/security-extensions/siem-agents',
    load: () => import('./SiemAgentsPage.tsx'),
    name: 'SiemAgentsPage',
  },
  {
    path: '/settings/log-upload/data-sources',
    load: () => import('./DataSourcesPage.tsx'),
    name: 'DataSourcesPage',
  },
  {
    path: '/settings/log-upload/log-collectors',
    load: () => import('./CollectorsPage.tsx'),
    name: 'CollectorsPage',
  },
];
