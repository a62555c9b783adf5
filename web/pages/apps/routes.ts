import type { AreaRoutes } from '../../app/area-routes.ts';

export const appsRoutes: AreaRoutes = [
  { path: '/applications', load: () => import('./ApplicationsPage.tsx'), name: 'ApplicationsPage' },
  { path: '/applications/$id', load: () => import('./ApplicationPage.tsx'), name: 'ApplicationPage' },
  { path: '/enterprise-applications', load: () => import('./EnterprisePage.tsx'), name: 'EnterprisePage' },
  { path: '/enterprise-applications/$id', load: () => import('./PrincipalPage.tsx'), name: 'PrincipalPage' },
  { path: '/consent-requests', load: () => import('./ConsentRequestsPage.tsx'), name: 'ConsentRequestsPage' },
];
